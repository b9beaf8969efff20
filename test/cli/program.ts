import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";

const root = resolve(import.meta.dirname, "../..");
const program = join(root, "dist/cli/fluxion.js");

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
  return spawnSync(process.execPath, [program, ...flags], {
    cwd: directory,
    encoding: "utf8",
    timeout: 60_000,
  });
}

/** Runs `fluxion` in a directory and sends it a signal as soon as `path` exists there. */
export async function interruptProgram(
  directory: string,
  signal: NodeJS.Signals,
  path: string,
  ...flags: readonly string[]
): Promise<Ending> {
  const child = spawn(process.execPath, [program, ...flags], { cwd: directory, timeout: 60_000 });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (chunk: Buffer) => {
      output[name] += chunk.toString();
    });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  while (child.exitCode === null && child.signalCode === null && !existsSync(join(directory, path)))
    await setTimeout(5);
  child.kill(signal);
  return { status: await ended, ...output };
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
