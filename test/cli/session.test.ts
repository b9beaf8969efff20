/** What is done between the runs of a command. The trainings here are of a trainer that computes nothing. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { UsageError } from "../../src/cli/errors";
import type { PlannedRun } from "../../src/cli/experiment";
import { OutputDirectory } from "../../src/cli/files";
import { trainOne, trainSeveral } from "../../src/cli/session";
import { type Device, resolveExperiment, type TrainerConfig, type TrainingState } from "../../src/index";
import { testDirectory } from "./program";

const kernels = { tune: "off", recurrentWeights: "f32" } as const;

const hooks = vi.hoisted(() => ({
  /** What happens as a network predicts. */
  predict: (): void => undefined,
  /** Files for which there is room on the disk. */
  room: Number.POSITIVE_INFINITY,
}));

vi.mock(import("node:fs"), async (original) => {
  const actual = await original();
  const fsyncSync: typeof actual.fsyncSync = (file) => {
    if (--hooks.room < 0) throw Object.assign(new Error("full"), { code: "ENOSPC" });
    actual.fsyncSync(file);
  };
  return { ...actual, fsyncSync, default: { ...actual.default, fsyncSync } };
});

vi.mock(import("../../src/index"), async (original) => {
  const actual = await original();
  const network = {
    parameterCount: 1,
    predict: async (x: Float32Array) => {
      hooks.predict();
      return new Float32Array(x.length / 2);
    },
    readTensors: async () => new Map(),
    dispose: () => undefined,
  };
  const result = { stopReason: "completed", iterations: 1, seconds: 1, dispatchesPerStep: 1, submits: 1 };
  const trainer = {
    iterations: 1,
    bytesOnDevice: 1,
    stop: () => undefined,
    dispose: () => undefined,
  };
  const run = async function* (config: TrainerConfig) {
    for (let i = 0; i < 2; i++) await config.checkpoint?.save({} as TrainingState);
    yield { iteration: 1, epoch: 1, learnRate: 0.1, loss: 1, rmse: 1, gradientNorm: 1, seconds: 1 };
    return result;
  };
  return Object.assign({}, actual, {
    Network: { build: async () => network },
    Trainer: { build: async (_: unknown, config: TrainerConfig) => ({ ...trainer, run: () => run(config) }) },
    writeCheckpoint: async () => new Uint8Array([1]),
    writeModel: () => new Uint8Array(),
  });
});

const device = { adapter: { description: "none" } } as Device;
const experiment = (network: PlannedRun["network"]): PlannedRun => ({
  ...resolveExperiment("quick", network, { curves: 36, samples: 10, batch: 10 }),
  stepsPerSubmit: 1,
});

const listeners = process.rawListeners("SIGTERM");
afterAll(() => {
  // The runner ends this process by a signal.
  for (const listener of process.rawListeners("SIGTERM"))
    if (!listeners.includes(listener)) process.off("SIGTERM", listener as NodeJS.SignalsListener);
});

let said: string;
beforeEach(() => {
  said = "";
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((text) => {
      said += text;
      return true;
    });
  return () => {
    vi.restoreAllMocks();
    hooks.predict = () => undefined;
    hooks.room = Number.POSITIVE_INFINITY;
  };
});

describe("a signal while a run is evaluated", () => {
  it("begins no further run and keeps the one that is done", async () => {
    hooks.predict = () => void process.emit("SIGINT", "SIGINT");
    const out = testDirectory();
    const both = [experiment("cnn"), experiment("bilstm")];
    await trainSeveral(device, both, new OutputDirectory(out), "preset quick", { json: false, kernels });
    expect(readdirSync(out).sort()).toEqual(["cnn", "report.html", "summary.json"]);
    expect(said).toContain("stopping: ");
    expect(said).toContain("Not made: 1 of 2 runs.");
    expect(readFileSync(join(out, "summary.json"), "utf8")).toContain("Not made: 1 of 2 runs.");
  });

  it("changes nothing where there is none", async () => {
    const out = testDirectory();
    const both = [experiment("cnn"), experiment("bilstm")];
    await trainSeveral(device, both, new OutputDirectory(out), "preset quick", { json: false, kernels });
    expect(readdirSync(out).sort()).toEqual(["bilstm", "cnn", "report.html", "summary.json"]);
    expect(said).not.toContain("Not made");
  });
});

describe("a disk that is full", () => {
  const train = (out: string) =>
    trainOne(device, experiment("cnn"), new OutputDirectory(out), {
      json: false,
      kernels,
      checkpointEvery: 1,
    });

  it.each([
    ["at a later checkpoint", 1],
    ["at the results", 2],
  ])("%s is reported with the way to go on from the last checkpoint", async (_, room) => {
    hooks.room = room;
    const out = testDirectory();
    await expect(train(out)).rejects.toThrow(
      new UsageError(
        `--out ${out} cannot be written: no space left on the disk; the last checkpoint is kept, ` +
          `to go on: fluxion train --resume ${join(out, "checkpoint.safetensors")}`,
      ),
    );
    expect(readdirSync(out)).toEqual(["checkpoint.safetensors"]);
  });

  it("at the first checkpoint is reported alone", async () => {
    hooks.room = 0;
    const out = testDirectory();
    await expect(train(out)).rejects.toThrow(
      new UsageError(`--out ${out} cannot be written: no space left on the disk`),
    );
    expect(readdirSync(out)).toEqual([]);
  });
});
