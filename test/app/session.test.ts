import { describe, expect, test } from "vitest";
import type { Run, Settings } from "../../src/app/session/run";
import { Session } from "../../src/app/session/session";
import type { Interrupted, Store } from "../../src/app/session/state";
import type { Command, Event } from "../../src/app/worker/protocol";
import { resolveExperiment } from "../../src/calculus";
import type { Progress } from "../../src/engine";
import { begun, finished } from "./run";

const settings: Settings = { preset: "quick", network: "cnn", options: { seed: 3 } };
const { facts, test: curves } = begun;
const { adapter } = facts;

const iteration = (number: number, validation?: Progress["validation"]): Progress => ({
  iteration: number,
  epoch: 1,
  seconds: number,
  learnRate: 0.01,
  gradientNorm: 1,
  loss: 1,
  rmse: 1,
  ...(validation && { validation }),
});

const result = (stopReason: "completed" | "stopped" | "diverged") => ({
  stopReason,
  iterations: 2,
  seconds: 1,
  submits: 1,
  dispatchesPerStep: 32,
  buffersCreatedWhileTraining: 0,
  validation: { loss: 1, rmse: 0.5 },
});

/** A worker that writes down what it is told, and has no recorded runs. */
class SilentWorker extends EventTarget {
  readonly commands: Command[] = [];
  terminated = false;
  postMessage(command: Command): void {
    if (command.kind === "ask" && command.request.kind === "recorded")
      this.tell({ kind: "answered", id: command.id, answer: [] });
    else this.commands.push(command);
  }
  terminate(): void {
    this.terminated = true;
  }
  tell(event: Event): void {
    this.dispatchEvent(new MessageEvent("message", { data: event }));
  }
  get last(): Command | undefined {
    return this.commands.at(-1);
  }
}

class MemoryStore implements Store {
  readonly saved: Run[] = [];
  interruption: Interrupted | undefined;
  runs = async () => ({ runs: [...this.saved], broken: 0 });
  saveRun = async (run: Run) => void this.saved.push(run);
  deleteRun = async () => undefined;
  interrupted = async () => this.interruption;
  saveInterrupted = async (interrupted: Interrupted | undefined) => {
    this.interruption = interrupted;
  };
}

async function openSession(store = new MemoryStore()) {
  const workers: SilentWorker[] = [];
  const session = new Session(settings, {
    store,
    worker: () => {
      const worker = new SilentWorker();
      workers.push(worker);
      return worker as unknown as Worker;
    },
  });
  await session.open();
  workers[0].tell({ kind: "opened", adapter, timestamps: false });
  return { session, store, workers, worker: workers[0] };
}

/** A session with a run under way. */
async function startSession() {
  const opened = await openSession();
  opened.session.train();
  const command = opened.worker.last;
  if (command?.kind !== "start") throw new Error("nothing was started");
  opened.worker.tell({ kind: "started", run: command.run, facts, test: curves, history: [] });
  return { ...opened, run: command.run };
}

const speed = { seconds: 1, iterationsPerSecond: 2 };

describe("a run", () => {
  test("is what the settings say, and gathers its history", async () => {
    const { session, worker, run } = await startSession();
    expect(worker.last).toMatchObject({
      kind: "start",
      experiment: resolveExperiment("quick", "cnn", { seed: 3 }),
    });
    expect(session.phase).toBe("running");
    const told: number[] = [];
    session.on("progress", (iterations) => told.push(...iterations.map((each) => each.iteration)));
    worker.tell({ kind: "progress", run, iterations: [iteration(1), iteration(2)], speed });
    expect(told).toEqual([1, 2]);
    expect(session.active?.history.map((each) => each.iteration)).toEqual([1, 2]);
    expect(session.selected?.id).toBe(run);
  });

  test("ends with an outcome, is kept, and counts on", async () => {
    const { session, store, worker, run } = await startSession();
    worker.tell({ kind: "progress", run, iterations: [iteration(1)], speed });
    worker.tell({
      kind: "finished",
      run,
      outcome: { result: result("completed"), finishedAt: "2026-01-01" },
    });
    expect(session.phase).toBe("idle");
    expect(session.runs.map(({ number, history }) => [number, history.length])).toEqual([[1, 1]]);
    expect(session.selected?.outcome?.result.stopReason).toBe("completed");
    expect(store.saved.map(({ id }) => id)).toEqual([run]);
    session.train();
    worker.tell({ kind: "started", run: "next", facts, test: curves, history: [] });
    expect(session.active?.number).toBe(2);
  });

  test("that diverged is told with what to do", async () => {
    const { session, worker, run } = await startSession();
    worker.tell({
      kind: "finished",
      run,
      outcome: {
        result: { ...result("diverged"), detail: "iteration 2: bn1 output is not finite" },
        finishedAt: "",
      },
    });
    expect(session.notices).toMatchObject([{ tone: "danger", title: "Training diverged" }]);
    expect(session.notices[0].message).toContain("bn1 output");
  });

  test("follows pause, step, resume and stop, and asks nothing twice", async () => {
    const { session, worker, run } = await startSession();
    session.pause();
    session.pause();
    expect(session.phase).toBe("pausing");
    worker.tell({ kind: "paused", run });
    expect(session.phase).toBe("paused");
    session.step();
    expect(worker.last).toEqual({ kind: "step" });
    worker.tell({ kind: "paused", run });
    session.resume();
    session.stop();
    worker.tell({ kind: "paused", run });
    expect(session.phase).toBe("stopping");
    expect(worker.commands.map(({ kind }) => kind)).toEqual([
      "open",
      "start",
      "pause",
      "step",
      "resume",
      "stop",
    ]);
  });

  test("is left by a restart, which trains what is chosen then", async () => {
    const { session, worker, run } = await startSession();
    session.adopt({ ...settings, options: { seed: 3, epochs: 2 } });
    expect(session.changed).toBe(true);
    session.restart();
    expect(worker.last).toEqual({ kind: "stop" });
    worker.tell({ kind: "finished", run, outcome: { result: result("stopped") } });
    expect(worker.last).toMatchObject({ kind: "start", experiment: { training: { epochs: 2, seed: 3 } } });
    expect(session.runs.map(({ id }) => id)).toEqual([run]);
  });

  test("that is stopped while it is built leaves nothing", async () => {
    const { session, worker } = await openSession();
    session.train();
    session.stop();
    expect(worker.last).toEqual({ kind: "stop" });
    worker.tell({ kind: "started", run: "r", facts, test: curves, history: [] });
    expect(session.phase).toBe("stopping");
    worker.tell({ kind: "discarded", run: "r" });
    expect([session.phase, session.runs, session.active]).toEqual(["idle", [], undefined]);
  });

  test("that fails leaves a notice and a session that can train again", async () => {
    const { session, worker, run } = await startSession();
    worker.tell({ kind: "failed", run, failure: { reason: "out-of-memory", message: "weights need 9 GiB" } });
    expect(session.notices[0]).toMatchObject({ title: "Out of memory" });
    session.train();
    expect(worker.last?.kind).toBe("start");
  });

  test("goes on after a lost device without the iterations that were lost", async () => {
    const { session, worker, run } = await startSession();
    worker.tell({ kind: "progress", run, iterations: [1, 2, 3].map((each) => iteration(each)), speed });
    worker.tell({ kind: "recovering", run, message: "gone", from: 1 });
    expect(session.phase).toBe("recovering");
    worker.tell({ kind: "started", run, facts, test: curves, history: [iteration(1)] });
    worker.tell({ kind: "progress", run, iterations: [iteration(2)], speed });
    expect(session.phase).toBe("running");
    expect(session.active?.history.map((each) => each.iteration)).toEqual([1, 2]);
    expect(session.selected?.history).toHaveLength(2);
  });

  test("announces validations, not iterations", async () => {
    const { session, worker, run } = await startSession();
    const said: string[] = [];
    session.on("announce", (sentence) => said.push(sentence));
    const iterations = [iteration(1), iteration(2, { loss: 1, rmse: 0.25 })];
    worker.tell({ kind: "progress", run, iterations, speed });
    expect(said).toEqual(["Iteration 2: validation RMSE 0.250."]);
    // A quick training validates too often to be read out.
    worker.tell({ kind: "progress", run, iterations: [iteration(3, { loss: 1, rmse: 0.2 })], speed });
    expect(said).toHaveLength(1);
  });
});

describe("settings", () => {
  test("that contradict each other are refused at the option, and cannot be trained", async () => {
    const { session, worker } = await openSession();
    session.adopt({ ...settings, options: { seed: 3, batch: 5000 } });
    expect(session.refusal?.option).toBe("batch");
    session.train();
    expect(worker.last?.kind).toBe("open");
    session.reset();
    expect(session.refusal).toBeUndefined();
    expect(session.settings.options).toEqual({});
  });
});

describe("a worker", () => {
  test("that breaks ends the run, answers its questions with an error, and is replaced", async () => {
    const { session, worker, workers } = await startSession();
    const answer = session.ask({ kind: "self-test" });
    worker.dispatchEvent(Object.assign(new globalThis.Event("error"), { message: "syntax" }));
    await expect(answer).rejects.toThrow("syntax");
    expect(worker.terminated).toBe(true);
    expect(session.phase).toBe("idle");
    session.train();
    expect(workers).toHaveLength(2);
  });

  test("answers the question that was asked", async () => {
    const { session, worker } = await openSession();
    const answers = [
      session.ask({ kind: "inspect", layer: "conv1" }),
      session.ask({ kind: "inspect", layer: "conv2" }),
    ];
    const [first, second] = worker.commands.flatMap((command) =>
      command.kind === "ask" ? [command.id] : [],
    );
    worker.tell({ kind: "refused", id: second, message: "no run" });
    worker.tell({ kind: "answered", id: first, answer: [] });
    await expect(answers[0]).resolves.toEqual([]);
    await expect(answers[1]).rejects.toThrow("no run");
  });
});

describe("an earlier visit", () => {
  test("brings its runs back, and the interrupted one paused where it was", async () => {
    const first = await startSession();
    first.worker.tell({ kind: "progress", run: first.run, iterations: [iteration(1)], speed });
    const checkpoint = Uint8Array.of(1, 2, 3);
    first.worker.tell({ kind: "snapshot", run: first.run, checkpoint });
    const { session, worker } = await openSession(first.store);
    expect(worker.last).toMatchObject({ kind: "start", run: first.run, resume: checkpoint, paused: true });
    worker.tell({ kind: "started", run: first.run, facts, test: curves, history: [iteration(1)] });
    worker.tell({ kind: "paused", run: first.run });
    expect(session.phase).toBe("paused");
    expect(session.active?.history).toHaveLength(1);
  });

  test("tells once of runs that could not be read, and shows the others", async () => {
    const store = new MemoryStore();
    store.saved.push(finished(4));
    store.runs = async () => ({ runs: [...store.saved], broken: 2 });
    const { session } = await openSession(store);
    expect(session.notices).toMatchObject([{ title: "2 runs could not be read" }]);
    expect(session.selected?.number).toBe(4);
  });

  test.each([
    ["a device that was lost twice", "device-lost", true],
    ["a worker that broke", "error", true],
    ["options that do not fit", "options", false],
  ] as const)("can go on after %s: %s, %s", async (_, reason, kept) => {
    const { store, worker, run } = await startSession();
    worker.tell({ kind: "snapshot", run, checkpoint: Uint8Array.of(1) });
    worker.tell({ kind: "failed", run, failure: { reason, message: "gone" } });
    expect(store.interruption !== undefined).toBe(kept);
  });

  test("whose run does not come back is told so", async () => {
    const first = await startSession();
    first.worker.tell({ kind: "snapshot", run: first.run, checkpoint: Uint8Array.of(1) });
    const { session, worker } = await openSession(first.store);
    worker.tell({ kind: "failed", run: first.run, failure: { reason: "options", message: "cut short" } });
    expect(session.notices).toMatchObject([{ title: "The interrupted run cannot go on" }]);
    expect(first.store.interruption).toBeUndefined();
  });
});
