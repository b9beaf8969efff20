import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, onTestFinished } from "vitest";

const root = resolve(import.meta.dirname, "../..");
/** The program as `npm run build:cli` leaves it. */
export const program = join(root, "dist/cli/fluxion.js");

/** Milliseconds that a program may take before it is ended: somewhat less than a test may. */
export const patience = 500_000;

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

/** Tunings are kept in a place of the tests' own, once for all programs of a file. */
const env = { ...process.env };
// A file whose tests are only listed, or all left out, calls neither: nothing is made that stays.
beforeAll(() => {
  env.XDG_CACHE_HOME = mkdtempSync(join(tmpdir(), "fluxion-test-caches-"));
});
afterAll(() => rmSync(env.XDG_CACHE_HOME ?? "", { recursive: true, force: true }));

/** Runs `fluxion` in a directory. */
export function runProgram(directory: string, ...flags: readonly string[]): Ending {
  return spawnSync(process.execPath, [program, ...flags], {
    cwd: directory,
    env,
    encoding: "utf8",
    timeout: patience,
  });
}

/** Starts `fluxion` in a directory. */
export function startProgram(directory: string, ...flags: readonly string[]) {
  const child = spawn(process.execPath, [program, ...flags], { cwd: directory, env, timeout: patience });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].on("data", (chunk: Buffer) => {
      output[name] += chunk.toString();
    });
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  const ended = new Promise<Ending>((resolve) =>
    child.once("close", (status) => resolve({ status, ...output })),
  );
  return { child, output, running, ended };
}

/** Waits until `reached` holds or the program has ended. */
export async function waitFor(reached: () => boolean, running: () => boolean): Promise<void> {
  while (running() && !reached()) await setTimeout(5);
}

/** Milliseconds: longer than a Ctrl-C that arrives twice. */
const pauseBetweenSignals = 200;

/**
 * Runs `fluxion` in a directory and sends it signals, the first as soon as `path` exists there, any other after the
 * program has said that it stops.
 */
export async function interruptProgram(
  directory: string,
  signals: readonly NodeJS.Signals[],
  path: string,
  ...flags: readonly string[]
): Promise<Ending> {
  const { child, output, running, ended } = startProgram(directory, ...flags);
  await waitFor(() => existsSync(join(directory, path)), running);
  for (const [i, signal] of signals.entries()) {
    if (i > 0) {
      await waitFor(() => output.stderr.includes("stopping: "), running);
      await setTimeout(pauseBetweenSignals);
    }
    child.kill(signal);
  }
  return ended;
}

/** A directory that is gone when the test is over. */
export function testDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "fluxion-test-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
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
