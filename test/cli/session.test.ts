/** What is done between and around the runs of a command. The trainings here are of a trainer that computes nothing. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Device, DivergedError, TrainerConfig, TrainingState } from "../../src/engine";
import { callProgram, restoreSignals } from "./call";
import { testDirectory } from "./program";

restoreSignals();

const hooks = vi.hoisted(() => {
  const nothing = (): void => undefined;
  const none = {
    /** What happens as a network is built, in mid-training and as it predicts. */
    build: nothing,
    train: nothing,
    predict: nothing,
    /** How trainings end, one after the other, unless they are stopped; then completed. */
    ends: [] as ("diverged" | "completed")[],
    /** Files for which there is room on the disk. */
    room: Number.POSITIVE_INFINITY,
  };
  return { ...none, reset: () => Object.assign(hooks, none, { ends: [] }) };
});

vi.mock(import("../../src/cli/host"), async (original) => ({
  ...(await original()),
  openHost: async () => ({ adapter: { description: "none", software: true } }) as Device,
}));

vi.mock(import("node:fs"), async (original) => {
  const actual = await original();
  const fsyncSync: typeof actual.fsyncSync = (file) => {
    if (--hooks.room < 0) throw Object.assign(new Error("full"), { code: "ENOSPC" });
    actual.fsyncSync(file);
  };
  return { ...actual, fsyncSync, default: { ...actual.default, fsyncSync } };
});

vi.mock(import("../../src/engine"), async (original) => {
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
  const buildTrainer = async (_: unknown, config: TrainerConfig) => {
    let stopped = false;
    const run = async function* () {
      await config.checkpoint?.save({} as TrainingState);
      hooks.train();
      await config.checkpoint?.save({} as TrainingState);
      yield { iteration: 1, epoch: 1, learnRate: 0.1, loss: 1, rmse: 1, gradientNorm: 1, seconds: 1 };
      const result = { iterations: 1, seconds: 1, dispatchesPerStep: 1, submits: 1 };
      const stopReason = stopped ? "stopped" : (hooks.ends.shift() ?? "completed");
      if (stopReason !== "diverged") return { ...result, stopReason };
      const detail = "iteration 2: conv1 output is not finite";
      throw new actual.DivergedError({ ...result, stopReason, detail } as DivergedError["result"]);
    };
    const stop = (): void => {
      stopped = true;
    };
    return { iterations: 1, bytesOnDevice: 1, stop, dispose: () => undefined, run };
  };
  const build = async () => {
    hooks.build();
    return network;
  };
  return Object.assign({}, actual, {
    Network: { build },
    Trainer: { build: buildTrainer },
    writeCheckpoint: async () => new Uint8Array([1]),
    writeModel: () => new Uint8Array(),
  });
});

beforeEach(() => {
  hooks.reset();
  return () => vi.restoreAllMocks();
});

const small = "--preset quick --curves 36 --samples 10 --batch 10 --tune off --out out".split(" ");
const files = ["metrics.csv", "model.safetensors", "predictions.csv", "report.html", "summary.json"];
/** Trains in a new directory, into `out` there. */
async function train(...flags: readonly string[]) {
  const directory = testDirectory();
  const list = (path: string): string[] => readdirSync(join(directory, path)).sort();
  const read = (path: string): string => readFileSync(join(directory, path), "utf8");
  return { ...(await callProgram(directory, "train", ...flags, ...small)), list, read };
}
const signals = [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const;

/** Ends the process no more; returns the statuses with which it would have ended. */
function keepProcess(): (number | string | null | undefined)[] {
  const statuses: (number | string | null | undefined)[] = [];
  vi.spyOn(process, "exit").mockImplementation((status): never => {
    statuses.push(status);
    throw new Error("ended");
  });
  return statuses;
}

describe("a signal", () => {
  it("in mid-training stops it, keeps what it has, begins no other and is the exit status", async () => {
    for (const [signal, expected] of signals) {
      hooks.train = () => void process.emit(signal, signal);
      const { status, stdout, stderr, list, read } = await train("both");
      expect(status).toBe(expected);
      expect(stderr).toContain("stopping: finishing the steps already submitted, then evaluating");
      expect(stdout).toContain("Stopped after 1 iterations: cnn, seed 0. Not made: 1 of 2 runs.");
      expect(list("out")).toEqual(["cnn", "report.html", "summary.json"]);
      expect(list("out/cnn")).toEqual(files);
      expect(read("out/summary.json")).toContain("Not made: 1 of 2 runs.");
    }
  });

  it("that stops the only run is the exit status, and the way to go on is told", async () => {
    hooks.train = () => void process.emit("SIGTERM", "SIGTERM");
    const { status, stderr, list } = await train("cnn", "--checkpoint-every", "1");
    expect(status).toBe(143);
    expect(stderr).toContain("to go on: fluxion train --resume out/checkpoint.safetensors\n");
    expect(list("out")).toEqual(["checkpoint.safetensors", ...files]);
  });

  it("while a run is evaluated begins no further one, and changes nothing where there is none", async () => {
    hooks.predict = () => void process.emit("SIGINT", "SIGINT");
    const first = await train("both");
    expect(first.status).toBe(130);
    expect(first.stdout).toContain("Not made: 1 of 2 runs.");
    expect(first.list("out")).toEqual(["cnn", "report.html", "summary.json"]);
    const last = await train("cnn");
    expect(last.status).toBe(0);
    expect(last.list("out")).toEqual(files);
  });

  it("before the second run is trained ends all and keeps the first", async () => {
    const statuses = keepProcess();
    let built = 0;
    hooks.build = () => void (++built === 2 && process.emit("SIGINT", "SIGINT"));
    const { stderr, list } = await train("both");
    expect(statuses).toEqual([130]);
    expect(stderr).toContain("stopped before training began: 1 of 2 runs are done, in out\n");
    expect(list("out/cnn")).toEqual(files);
    expect(list("out")).toEqual(expect.arrayContaining(["cnn", "report.html", "summary.json"]));
  });

  it("a second time abandons the run and keeps its checkpoint; an echo of the first does not", async () => {
    const statuses = keepProcess();
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    hooks.train = () => {
      for (now of [0, 99, 200]) process.emit("SIGHUP", "SIGHUP");
    };
    const { stderr, list } = await train("bilstm", "--seeds", "2", "--checkpoint-every", "1");
    expect(statuses).toEqual([129]);
    expect(stderr).toContain(
      "abandoned: the last checkpoint is kept, to go on with this run alone, without a new report of all runs in out: " +
        "fluxion train --resume out/seed-0/checkpoint.safetensors\n",
    );
    expect(list("out/seed-0")).toEqual(["checkpoint.safetensors"]);
  });

  it("that does not come changes nothing", async () => {
    const { status, stdout, list } = await train("both");
    expect(status).toBe(0);
    expect(stdout).not.toContain("Not made");
    expect(list("out")).toEqual(["bilstm", "cnn", "report.html", "summary.json"]);
  });
});

describe("a network that diverges", () => {
  it("leaves nothing, the other is kept and reported, and the status is 1", async () => {
    hooks.ends = ["diverged"];
    const flags = "both --solver sgdm --learn-rate 1e6 --clip none --json".split(" ");
    const { status, stdout, stderr, list } = await train(...flags);
    expect(stderr).toContain(
      "fluxion: training diverged (cnn, seed 0): iteration 2: conv1 output is not finite\n",
    );
    expect(status).toBe(1);
    // An empty directory goes as the process ends.
    expect([list("out/cnn"), list("out/bilstm")]).toEqual([[], files]);
    expect(stdout).toContain("Diverged: cnn, seed 0.");
    expect(stdout).toContain("--learn-rate 1000000 --clip none, seed 0");
    const { networks, verdict } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
    expect(networks.map((run: Record<string, unknown>) => run.stopReason)).toEqual(["diverged", "completed"]);
    expect(networks[0].options).toMatchObject({
      ...{ solver: "sgdm", momentum: 0.9, learnRate: 1e6, clip: "none" },
    });
    expect(verdict).toMatchObject({ answer: "undecided", doubt: "incomplete", lower: null, factor: null });
    expect(verdict.exceptions).toEqual([{ network: "cnn", seed: 0, ended: "diverged", iterations: 1 }]);
  });
});

describe("a disk that is full", () => {
  it("at a later checkpoint or the results is reported with the way to go on from the last checkpoint", async () => {
    for (const room of [1, 2]) {
      hooks.room = room;
      const { status, stderr, list } = await train("cnn", "--checkpoint-every", "1");
      expect(stderr).toMatch(
        /^fluxion: --out out cannot be written: no space left on the disk; the last checkpoint is kept, to go on: fluxion train --resume out\/checkpoint.safetensors\n$/m,
      );
      expect(status).toBe(2);
      expect(list("out")).toEqual(["checkpoint.safetensors"]);
    }
  });

  it("at the first checkpoint is reported alone", async () => {
    hooks.room = 0;
    const { status, stderr, list } = await train("cnn", "--checkpoint-every", "1");
    expect(stderr).toMatch(/^fluxion: --out out cannot be written: no space left on the disk\n$/m);
    expect(status).toBe(2);
    expect(list("out")).toEqual([]);
  });
});

describe("a directory of results", () => {
  it("with a directory in the place of a file is refused before anything is trained", async () => {
    for (const [flags, name] of [
      [["cnn"], "report.html"],
      [["cnn", "--checkpoint-every", "1"], "checkpoint.safetensors"],
      [["both"], "summary.json"],
    ] as const) {
      hooks.build = () => expect.unreachable();
      const directory = testDirectory();
      mkdirSync(join(directory, "out", name), { recursive: true });
      const { status, stdout, stderr } = await callProgram(directory, "train", ...flags, ...small);
      expect(stderr).toBe(
        `fluxion: --out out cannot be written: ${name} is a directory there, must be a file or missing\n`,
      );
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(readdirSync(join(directory, "out"))).toEqual([name]);
    }
  });

  it("that is replaced by a file in mid-training is one line, and one that is removed is made again", async () => {
    // Programs run in the directory of their test.
    hooks.train = () => {
      rmSync("out", { recursive: true });
      writeFileSync("out", "");
    };
    const replaced = await train("cnn");
    expect(replaced.stderr).toBe("fluxion: --out out cannot be written: a file of that name is in the way\n");
    expect(replaced.status).toBe(2);
    hooks.train = () => rmSync("out", { recursive: true });
    const removed = await train("cnn");
    expect(removed.status).toBe(0);
    expect(removed.list("out")).toEqual(files);
  });

  it("into which another process trains is refused", async () => {
    const directory = testDirectory();
    hooks.train = () => {
      // As another process would have written it.
      const holder = JSON.parse(readFileSync("out/.lock", "utf8"));
      writeFileSync("out/.lock", JSON.stringify({ ...holder, token: "another", process: process.ppid }));
    };
    const robbed = await callProgram(directory, "train", "cnn", ...small);
    expect(robbed.stderr).toContain(
      "fluxion: --out out cannot be written: another process has taken it, while this one stood still\n",
    );
    const refused = await callProgram(directory, "train", "cnn", ...small);
    expect(refused.stderr).toMatch(
      /^fluxion: --out out: process \d+ on \S+ is writing there; wait for its end or name another directory [^\n]+\n$/,
    );
    expect([robbed.status, refused.status]).toEqual([2, 2]);
    expect(readdirSync(join(directory, "out"))).toEqual([".lock"]);
  });

  it("that nobody named is a new one, also in the same second", async () => {
    const directory = testDirectory();
    vi.useFakeTimers({ toFake: ["Date"], now: new Date(2026, 10, 25, 2, 13, 43) });
    for (let i = 0; i < 3; i++) await callProgram(directory, "train", "cnn", ...small.slice(0, -2));
    vi.useRealTimers();
    const names = ["", "-2", "-3"].map((ending) => `2026-11-25T02-13-43-cnn${ending}`);
    expect(readdirSync(join(directory, "runs")).sort()).toEqual(names);
    for (const name of names) expect(existsSync(join(directory, "runs", name, "report.html"))).toBe(true);
  });
});
