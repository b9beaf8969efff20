import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
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

/** Tunings are kept in a place of the tests' own, once for all programs of a file. */
const env = { ...process.env };
// A file whose tests are only listed, or all left out, calls neither: nothing is made that stays.
beforeAll(() => {
  env.XDG_CACHE_HOME = mkdtempSync(join(tmpdir(), "fluxion-test-caches-"));
});
afterAll(() => rmSync(env.XDG_CACHE_HOME ?? "", { recursive: true, force: true }));

/** Where the programs of this file keep what they can measure again. */
export const cachesOfTests = (): string => env.XDG_CACHE_HOME ?? "";

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
