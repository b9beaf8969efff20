/** What a signal does to a process. When it comes, and what is kept then, is tested in session.test.ts. */
import { spawnSync } from "node:child_process";
import { closeSync, constants, existsSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startProgram, testDirectory, waitFor } from "./program";

it("a signal before anything is trained ends all and leaves nothing", async () => {
  const data = "--preset quick --tune off".split(" ");
  for (const [signal, said, flags, expected] of [
    ["SIGTERM", "running on", ["cnn"], 143],
    ["SIGHUP", "cnn, seed 0, run 1 of 2\n", ["both", "--out", "results/a"], 129],
  ] as const) {
    const directory = testDirectory();
    const { child, output, running, ended } = startProgram(directory, "train", ...flags, ...data);
    await waitFor(() => output.stderr.includes(said) && readdirSync(directory).length > 0, running);
    child.kill(signal);
    const ending = await ended;
    expect(ending.stderr).toMatch(/^stopped before training began: nothing was written$/m);
    // Graphics drivers write errors of their own.
    expect(ending.stderr).not.toMatch(/^fluxion: |Error/m);
    expect([ending.status, ending.stdout]).toEqual([expected, ""]);
    expect(readdirSync(directory)).toEqual([]);
  }
});

it("a signal stops a training early, keeps it, begins no other and is the exit status", async () => {
  const directory = testDirectory();
  const flags =
    "--curves 36 --samples 40 --batch 10 --filters 4 --preset quick --tune off --epochs 20000 --out out";
  const { child, output, running, ended } = startProgram(
    directory,
    ...["train", "both", "--checkpoint-every", "10", ...flags.split(" ")],
  );
  const checkpoint = join(directory, "out/cnn/checkpoint.safetensors");
  await waitFor(() => output.stderr.includes("iteration") && existsSync(checkpoint), running);
  child.kill("SIGINT");
  const ending = await ended;
  expect(ending.stdout).toMatch(/Stopped after \d+ iterations: cnn, seed 0\. Not made: 1 of 2 runs\.\n/);
  expect(ending.status).toBe(130);
  expect(readdirSync(join(directory, "out")).sort()).toEqual(["cnn", "report.html", "summary.json"]);
  expect(readdirSync(join(directory, "out/cnn")).sort()).toEqual([
    ...["checkpoint.safetensors", "metrics.csv", "model.safetensors"],
    ...["predictions.csv", "report.html", "summary.json"],
  ]);
});

it.runIf(process.platform !== "win32")("a signal ends the wait for what comes through a pipe", async () => {
  const directory = testDirectory();
  const pipe = join(directory, "pipe");
  spawnSync("mkfifo", [pipe]);
  const { child, running, ended } = startProgram(directory, "check", "pipe");
  let writer: number | undefined;
  const connect = (): boolean => {
    try {
      // Refused until someone reads.
      writer = openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {}
    return writer !== undefined;
  };
  await waitFor(connect, running);
  child.kill("SIGTERM");
  // A program that the pipe holds would wait until a limit ends it.
  const limit = setTimeout(() => child.kill("SIGKILL"), 20_000);
  expect((await ended).status).toBe(143);
  clearTimeout(limit);
  if (writer !== undefined) closeSync(writer);
});
