import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, test } from "vitest";
import { readCheckpoint, writeCheckpoint } from "../../src/formats/checkpoint";
import { buildProgram, inDirectory, runProgram, startProgram, testDirectory, waitFor } from "./program";

beforeAll(buildProgram);

const name = "checkpoint.safetensors";
const small = [
  ..."train bilstm --preset quick --curves 36 --samples 10 --batch 10 --hidden 5 --epochs 40".split(" "),
  ..."--validation-every 7 --restore best --shuffle every-epoch --family twelve".split(" "),
];

/** The history without the times. */
const metricsOf = (directory: string): string[] =>
  readFileSync(join(directory, "metrics.csv"), "utf8")
    .split("\n")
    .map((line) => line.split(",").toSpliced(2, 1).join(","));

/** The process that trains may be a child of the one that was started: it dies at once, like its parent. */
function kill(pid: number): void {
  const children = `/proc/${pid}/task/${pid}/children`;
  const pids = existsSync(children) ? readFileSync(children, "utf8").trim().split(" ").filter(Boolean) : [];
  for (const process_ of [...pids.map(Number), pid]) process.kill(process_, "SIGKILL");
}

describe("a run that is killed again and again", () => {
  it("leaves a whole checkpoint each time and ends as the run that was not", async () => {
    const directory = testDirectory();
    const path = join(directory, "killed", name);
    const iterations: number[] = [];
    for (let i = 0; i < 4; i++) {
      const before = existsSync(path) ? statSync(path).mtimeMs : 0;
      const flags =
        i === 0 ? [...small, "--out", "killed", "--checkpoint-every", "1"] : ["train", "--resume", path];
      const { child, running, ended } = startProgram(directory, ...flags);
      await waitFor(() => existsSync(path) && statSync(path).mtimeMs > before, running);
      // Some time into later iterations and writes.
      await new Promise((resolve) => setTimeout(resolve, 20 * i));
      expect(running()).toBe(true);
      if (child.pid !== undefined) kill(child.pid);
      await ended;
      const { state } = await readCheckpoint(readFileSync(path), name);
      iterations.push(state.iteration);
    }
    expect(iterations).toEqual([...new Set(iterations)].sort((a, b) => a - b));
    expect(iterations[3]).toBeLessThan(120);

    const resumed = runProgram(directory, "train", "--resume", path, "--json");
    const whole = runProgram(directory, ...small, "--out", "whole", "--json");
    expect(resumed.stderr).toContain(`bilstm, seed 0, on from iteration ${iterations[3]}\n`);
    const [a, b] = [resumed, whole].map(({ stdout }) =>
      JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? ""),
    );
    expect(a.iterations).toBe(120);
    expect([a.rmse, a.best, a.stopReason]).toEqual([b.rmse, b.best, b.stopReason]);
    expect(a.buffersCreatedWhileTraining).toBe(0);
    expect(metricsOf(join(directory, "killed"))).toEqual(metricsOf(join(directory, "whole")));
    for (const file of ["model.safetensors", "predictions.csv"])
      expect(
        readFileSync(join(directory, "killed", file)).equals(readFileSync(join(directory, "whole", file))),
        file,
      ).toBe(true);
    expect(readdirSync(join(directory, "killed")).filter((file) => file.endsWith(".tmp"))).toEqual([]);
  });
});

test("a run goes on with the kernels that it began with, whatever is measured meanwhile", () => {
  const directory = testDirectory();
  const half = [...small, "--recurrent-weights", "f16"];
  expect(runProgram(directory, ...half, "--out", "half", "--checkpoint-every", "50").status).toBe(0);
  const model = (run: string) => readFileSync(join(directory, run, "model.safetensors"));
  const before = model("half");
  expect(runProgram(directory, ...small, "--out", "whole", "--tune", "again").stderr).toContain("tuned");
  expect(runProgram(directory, "train", "--resume", join("half", name), "--out", "resumed").status).toBe(0);
  expect(model("resumed").equals(before)).toBe(true);
  expect(model("whole").equals(before)).toBe(false);
});

describe("a checkpoint that cannot be resumed", () => {
  const files = new Map<string, Buffer>();
  beforeAll(() =>
    inDirectory((directory) => {
      const { status } = runProgram(directory, ...small, "--out", ".", "--checkpoint-every", "50");
      expect(status).toBe(0);
      for (const file of readdirSync(directory)) files.set(file, readFileSync(join(directory, file)));
    }),
  );

  const file = (which: string): Buffer => files.get(which) ?? Buffer.alloc(0);
  const damaged = (at: number): Buffer => {
    const bytes = Buffer.from(file(name));
    bytes[bytes.length + at] ^= 4;
    return bytes;
  };
  it.each<[string, () => Buffer, RegExp]>([
    ["truncated", () => file(name).subarray(0, -1000), /^fluxion: run\/checkpoint.safetensors: .*truncated/],
    ["empty", () => Buffer.alloc(0), /^fluxion: run\/checkpoint.safetensors: header length/],
    ["damaged", () => damaged(-99), /^fluxion: run\/checkpoint.safetensors: .* damaged or altered/],
    [
      "a model",
      () => file("model.safetensors"),
      /format: must be "fluxion-checkpoint\/1", is "fluxion-model\/1"/,
    ],
    ["no tensors at all", () => file("metrics.csv"), /^fluxion: run\/checkpoint.safetensors: header/],
  ])(
    "because it is %s, is one line and status 2, and the directory stays as it was",
    (_, content, message) => {
      const directory = testDirectory();
      const before = new Map([...files, [name, content()]]);
      mkdirSync(join(directory, "run"));
      for (const [file, bytes] of before) writeFileSync(join(directory, "run", file), bytes);
      const { status, stdout, stderr } = runProgram(directory, "train", "--resume", join("run", name));
      expect(stderr).toMatch(message);
      expect(stderr).toMatch(/^fluxion: [^\n]+\n$/);
      expect([status, stdout]).toEqual([2, ""]);
      expect(readdirSync(join(directory, "run")).sort()).toEqual([...before.keys()].sort());
      for (const [file, bytes] of before)
        expect(readFileSync(join(directory, "run", file)).equals(bytes), file).toBe(true);
    },
  );

  it("because of what stands beside --resume, is refused likewise", () => {
    const path = join(testDirectory(), name);
    writeFileSync(path, file(name));
    const refuse = (...flags: readonly string[]) => runProgram("/", "train", ...flags).stderr;
    expect(refuse("--resume", path, "--epochs", "3")).toMatch(
      /^fluxion: --epochs 3: cannot stand beside --resume/,
    );
    expect(refuse("--resume", path, "--preset", "quick")).toMatch(/^fluxion: --preset quick: cannot stand/);
    expect(refuse("--resume", path, "--tune", "again")).toMatch(/^fluxion: --tune again: cannot stand/);
    expect(refuse("cnn", "--resume", path)).toMatch(
      /^fluxion: train cnn --resume .*: is a checkpoint of bilstm\n$/,
    );
    expect(refuse("--resume", "/nowhere")).toBe("fluxion: --resume /nowhere: no such file or directory\n");
  });

  it("because it describes other data or another network, is refused", async () => {
    const { state, metadata } = await readCheckpoint(file(name), name);
    const directory = testDirectory();
    const changed: [string, string, RegExp][] = [
      ["name", "cnn", /__metadata__ network: is not the cnn/],
      ["name", "gru", /__metadata__ name: must be cnn or bilstm/],
      ["hidden", "6", /__metadata__ network: is not the bilstm/],
      ["samples", "11", /__metadata__ network: is not the bilstm/],
      ["family", "seven", /__metadata__ family: must be one of six, twelve, sixty, continuous/],
      ["curves", "0", /__metadata__ curves: must be a whole number from 6/],
      ["curves", "37", /__metadata__ curves: must be a multiple of 6/],
      ["curves", "6", /__metadata__ options batch: must be at most 5/],
      ["curves", "42", /resume: the number of training curves was 30, is 35/],
      ["checkpointEvery", "never", /__metadata__ checkpointEvery: must be a whole number from 1/],
      ["recurrentWeights", "f8", /__metadata__ recurrentWeights: must be f32 or f16/],
      ["tuning", "{", /__metadata__ tuning: must name a variant for each problem/],
      ["tuning", '{"convolution":{"variant":3}}', /__metadata__ tuning: must name a variant/],
    ];
    for (const [key, value, message] of changed) {
      const bytes = await writeCheckpoint(state, new Map([...metadata, [key, value]]));
      writeFileSync(join(directory, name), bytes);
      const { status, stderr } = runProgram(directory, "train", "--resume", name);
      expect(stderr, `${key} ${value}`).toMatch(message);
      expect(status).toBe(2);
      expect(readdirSync(directory)).toEqual([name]);
    }
  });
});
