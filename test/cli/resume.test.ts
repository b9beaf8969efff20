import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCheckpoint, writeCheckpoint } from "../../src/engine/files/checkpoint";
import { writeSafetensors } from "../../src/engine/files/safetensors";
import { callProgram, restoreSignals } from "./call";
import { cachesOfTests, runProgram, startProgram, testDirectory, waitFor } from "./program";

restoreSignals();

const name = "checkpoint.safetensors";
const small = [
  ..."train bilstm --preset quick --curves 36 --samples 10 --batch 10 --hidden 5 --epochs 40".split(" "),
  ..."--validation-every 7 --restore best --shuffle every-epoch --family twelve --recurrent-weights f16".split(
    " ",
  ),
];

/** The history without the times. */
const metricsOf = (directory: string): string[] =>
  readFileSync(join(directory, "metrics.csv"), "utf8")
    .split("\n")
    .map((line) => line.split(",").toSpliced(2, 1).join(","));

/** Trains until there is a later checkpoint than before, and kills the process. Returns it. */
async function killAtCheckpoint(directory: string, ...flags: readonly string[]): Promise<Buffer> {
  const path = join(directory, "killed", name);
  const before = existsSync(path) ? statSync(path).mtimeMs : 0;
  const { child, running, ended } = startProgram(directory, ...flags);
  await waitFor(() => existsSync(path) && statSync(path).mtimeMs > before, running);
  expect(running()).toBe(true);
  child.kill("SIGKILL");
  await ended;
  return readFileSync(path);
}

/** Where a run was killed, and the checkpoint that it has left. */
let place = "";
let file: Buffer;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), "fluxion-test-"));
  file = await killAtCheckpoint(place, ...small, "--out", "killed", "--checkpoint-every", "1");
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

it("a run that is killed again and again ends as the run that was not, with the kernels it began with", async () => {
  const tunings = join(cachesOfTests(), "fluxion/tuning.json");
  const measured = readFileSync(tunings);
  // What is measured meanwhile, or no more, is not asked.
  rmSync(tunings);
  const resume = ["train", "--resume", join("killed", name)];
  const iterations = [await killAtCheckpoint(place, ...resume), file].map(async (bytes) => {
    const { state } = await readCheckpoint(bytes, name);
    return state.iteration;
  });
  const [later, earlier] = await Promise.all(iterations);
  expect(later).toBeGreaterThan(earlier);
  expect(later).toBeLessThan(120);
  const resumed = runProgram(place, ...resume, "--json");
  expect(existsSync(tunings)).toBe(false);
  writeFileSync(tunings, measured);
  const whole = runProgram(place, ...small, "--out", "whole", "--json");
  expect(resumed.stderr).toContain(`bilstm, seed 0, on from iteration ${later}\n`);
  expect(resumed.stderr + whole.stderr).not.toContain("tuned");
  const [a, b] = [resumed, whole].map(({ stdout }) => JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? ""));
  expect(a.iterations).toBe(120);
  expect([a.rmse, a.best, a.stopReason]).toEqual([b.rmse, b.best, b.stopReason]);
  expect(a.buffersCreatedWhileTraining).toBe(0);
  const [killed, other] = ["killed", "whole"].map((run) => join(place, run));
  expect(metricsOf(killed)).toEqual(metricsOf(other));
  for (const of of ["model.safetensors", "predictions.csv"])
    expect(readFileSync(join(killed, of)).equals(readFileSync(join(other, of))), of).toBe(true);
  expect(readdirSync(killed).filter((one) => one.endsWith(".lock"))).toEqual([]);
});

describe("a checkpoint that cannot be resumed", () => {
  /** Resumes from a file that must be refused in one line, and that all in its directory stays as it was. */
  async function expectRefusal(bytes: Uint8Array, message: RegExp, ...flags: readonly string[]) {
    const directory = testDirectory();
    mkdirSync(join(directory, "run"));
    writeFileSync(join(directory, "run", name), bytes);
    const words = ["train", ...flags, "--resume", join("run", name)];
    const { status, stdout, stderr } = await callProgram(directory, ...words);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^fluxion: [^\n]+\n$/);
    expect([status, stdout]).toEqual([2, ""]);
    expect(readdirSync(join(directory, "run"))).toEqual([name]);
    expect(readFileSync(join(directory, "run", name)).equals(bytes)).toBe(true);
  }

  it("because it is no whole checkpoint", async () => {
    const damaged = Buffer.from(file);
    damaged[damaged.length - 99] ^= 4;
    const model = writeSafetensors(new Map(), new Map([["format", "fluxion-model/1"]]));
    await expectRefusal(file.subarray(0, -1000), /^fluxion: run\/checkpoint.safetensors: .*truncated/);
    await expectRefusal(new Uint8Array(), /^fluxion: run\/checkpoint.safetensors: header length/);
    await expectRefusal(damaged, /^fluxion: run\/checkpoint.safetensors: .* damaged or altered/);
    await expectRefusal(model, /format: must be "fluxion-checkpoint\/2", is "fluxion-model\/1"/);
    await expectRefusal(Buffer.from("iteration,epoch\n"), /^fluxion: run\/checkpoint.safetensors: header/);
  });

  it("because of what stands beside --resume", async () => {
    await expectRefusal(file, /^fluxion: --epochs 3: cannot stand beside --resume/, "--epochs", "3");
    await expectRefusal(file, /^fluxion: --preset quick: cannot stand/, "--preset", "quick");
    await expectRefusal(file, /^fluxion: --tune again: cannot stand/, "--tune", "again");
    await expectRefusal(file, /^fluxion: train cnn --resume .*: is a checkpoint of bilstm\n$/, "cnn");
    const resume = async (path: string) => (await callProgram(place, "train", "--resume", path)).stderr;
    expect(await resume("nowhere")).toBe("fluxion: --resume nowhere: no such file or directory\n");
    spawnSync("mkfifo", [join(place, "pipe")]);
    expect(await resume("pipe")).toBe(
      "fluxion: --resume pipe: is a pipe, so name with --out where the results go\n",
    );
  });

  it("because it describes other data or another network", async () => {
    const { state, metadata } = await readCheckpoint(file, name);
    const changed: [string, string, RegExp][] = [
      ["name", "cnn", /__metadata__ network: is not the cnn/],
      ["name", "gru", /__metadata__ name: must be cnn or bilstm/],
      ["hidden", "6", /__metadata__ network: is not the bilstm/],
      ["samples", "11", /__metadata__ network: is not the bilstm/],
      ["family", "seven", /__metadata__ family: must be one of six, twelve, sixty, continuous/],
      ["curves", "0", /__metadata__ curves: must be a whole number from 6/],
      ["curves", "37", /__metadata__ curves: must be a multiple of 6/],
      ["curves", "6", /__metadata__ options batch: must be at most 5/],
      ["checkpointEvery", "never", /__metadata__ checkpointEvery: must be a whole number from 1/],
      ["recurrentWeights", "f8", /__metadata__ recurrentWeights: must be f32 or f16/],
      ["tuning", "{", /__metadata__ tuning: must name a variant for each problem/],
      ["tuning", '{"convolution":{"variant":3}}', /__metadata__ tuning: must name a variant/],
    ];
    for (const [key, value, message] of changed)
      await expectRefusal(await writeCheckpoint(state, new Map([...metadata, [key, value]])), message);
  });
});
