/** The program within the process of the tests: for all that needs neither a device nor a process of its own. */
import { afterAll, vi } from "vitest";
import { run } from "../../src/cli/program";
import type { Ending } from "./program";

/** Runs `fluxion` in a directory. */
export async function callProgram(directory: string, ...words: readonly string[]): Promise<Ending> {
  const output = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((name) =>
    vi.spyOn(process[name], "write").mockImplementation((text) => {
      output[name] += text;
      return true;
    }),
  );
  const before = process.cwd();
  process.chdir(directory);
  try {
    await run(words);
    return { status: Number(process.exitCode ?? 0), ...output };
  } finally {
    process.chdir(before);
    process.exitCode = undefined;
    for (const spy of spies) spy.mockRestore();
  }
}

/** Takes back, when the tests of a file are over, what the program does at signals: the runner ends this process by one. */
export function restoreSignals(): void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const before = new Set(signals.flatMap((signal) => process.rawListeners(signal)));
  afterAll(() => {
    for (const signal of signals)
      for (const listener of process.rawListeners(signal))
        if (!before.has(listener)) process.off(signal, listener as NodeJS.SignalsListener);
  });
}
