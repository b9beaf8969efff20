import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** How a command line ended. */
export interface Ending {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Builds the program as `npm run build:cli` does. */
export function buildProgram(): void {
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const { status, stderr } = spawnSync(
    process.execPath,
    [vite, "build", "--mode", "cli", "--logLevel", "error"],
    {
      cwd: root,
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`the program cannot be built: ${stderr}`);
}

/** Runs `fluxion` in a directory. */
export function runProgram(directory: string, ...flags: readonly string[]): Ending {
  const program = join(root, "dist/cli/fluxion.js");
  return spawnSync(process.execPath, [program, ...flags], {
    cwd: directory,
    encoding: "utf8",
    timeout: 60_000,
  });
}

/** Calls `use` with a new directory and removes it. */
export function inDirectory(use: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "fluxion-test-"));
  try {
    use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
