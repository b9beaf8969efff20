import { describe, expect, test } from "vitest";
import {
  batchNorm,
  biLstm,
  conv1d,
  dense,
  dropout,
  leakyReLU,
  lstm,
  type NetworkSpec,
} from "../../../src/engine";
import { readCheckpoint, writeCheckpoint } from "../../../src/engine/files/checkpoint";
import { adam, adamw, rmsprop, type SolverSpec, sgdm } from "../../../src/engine/training/options";
import type { Progress } from "../../../src/engine/training/progress";
import type { TrainingState } from "../../../src/engine/training/state";
import { gpu } from "../../browser/client";
import { singles } from "../kernels/layer";
import { dataOf, type Trained, type TrainingRequest, train } from "./train";

const spec: NetworkSpec = {
  input: { channels: 1, steps: 8 },
  layers: [conv1d({ filters: 5, kernel: 3 }), batchNorm(), leakyReLU(0.5), dense({ outputs: 1 })],
  loss: "observations-and-steps",
};
const rows = 9;
const curves = { rows, x: singles(rows * 8, 1), target: singles(rows * 8, 2) };
const others = { rows: 3, x: singles(24, 3), target: singles(24, 4) };

/** Four steps an epoch, 20 in all. */
function request(options: TrainingRequest["config"]["options"], checkpointEvery = 6): TrainingRequest {
  return {
    spec,
    batch: 2,
    checkpointEvery,
    config: {
      train: curves,
      validation: others,
      options: { epochs: 5, validationEvery: 4, initialisation: "glorot", learnRate: 0.05, ...options },
    },
  };
}

const resumed = (from: TrainingRequest, resume: TrainingState): Promise<Trained> =>
  train({ ...from, config: { ...from.config, resume } });

/** What must agree bit for bit: all but the times. */
const traces = ({ progress, result, tensors }: Trained) => ({
  progress: untimed(progress),
  ending: [result.stopReason, result.iterations, result.best, result.validation],
  tensors: dataOf(tensors),
});
const untimed = (progress: readonly Progress[]) => progress.map((each) => ({ ...each, seconds: 0 }));
const timeless = (state: TrainingState): TrainingState => ({
  ...state,
  seconds: 0,
  history: untimed(state.history),
});

/** The run as it would look if its first `done` iterations had been told before. */
const following = (done: number, run: Trained) => ({
  ...traces(run),
  progress: untimed(run.progress.slice(done)),
});

describe("a resumed training equals the uninterrupted one", () => {
  test.for(["best", "last"] as const)(
    "with BiLSTMs and dropout, whose masks follow the iteration, restoring the %s",
    async (restore) => {
      const recurrent: NetworkSpec = {
        ...spec,
        layers: [
          biLstm({ hidden: 3 }),
          dropout(0.5),
          lstm({ hidden: 2 }),
          dropout(0.2),
          dense({ outputs: 1 }),
        ],
      };
      const from = { ...request({ solver: adam(), learnRate: 0.02, seed: 5, restore }), spec: recurrent };
      const whole = await train(from);
      for (const state of whole.states)
        expect(traces(await resumed(from, state))).toEqual(following(state.iteration, whole));
    },
  );

  test.for<SolverSpec>([sgdm(), adam(), adamw(), rmsprop()])("with $kind", async (solver) => {
    const options = { solver, learnRate: 0.02, restore: "best", shuffle: "every-epoch" } as const;
    const whole = await train(request(options));
    expect(whole.states.map(({ iteration }) => iteration)).toEqual([6, 12, 18]);
    expect(whole.result).toMatchObject({ stopReason: "completed", buffersCreatedWhileTraining: 0 });
    for (const state of whole.states) {
      const rest = await resumed(request(options), state);
      expect(traces(rest)).toEqual(following(state.iteration, whole));
      expect(rest.states.map(timeless)).toEqual(
        whole.states.filter(({ iteration }) => iteration > state.iteration).map(timeless),
      );
      expect(rest.result.buffersCreatedWhileTraining).toBe(0);
    }
  });

  test.for([
    { batchNormStatistics: "moving", restore: "best", clipMethod: "global-l2norm" },
    { batchNormStatistics: "moving", restore: "last", schedule: { kind: "cosine", warmup: 7 } },
    { batchNormStatistics: "population", restore: "last", shuffle: "never" },
  ] as const)("with $batchNormStatistics statistics, restoring the $restore", async (options) => {
    const whole = await train(request(options));
    expect(traces(await resumed(request(options), whole.states[1]))).toEqual(following(12, whole));
  });

  test("through a file, with other steps a submit", async () => {
    const options = { solver: adam(), restore: "best", patience: 100 } as const;
    const whole = await train(request(options));
    const bytes = await writeCheckpoint(whole.states[0], new Map([["data", "curves"]]));
    const { state, metadata } = await readCheckpoint(bytes, "checkpoint");
    expect(state).toEqual(whole.states[0]);
    expect([...metadata]).toEqual([["data", "curves"]]);
    const { config, ...from } = request(options);
    const pace = { stepsPerSubmit: 5, submitMilliseconds: 1e-6 };
    expect(traces(await resumed({ ...from, config: { ...config, ...pace } }, state))).toEqual(
      following(6, whole),
    );
  });

  test("from the last iteration, where only the end is left", async () => {
    const options = { restore: "best" } as const;
    const whole = await train(request(options, 20));
    expect(whole.states).toHaveLength(1);
    const rest = await resumed(request(options, 20), whole.states[0]);
    expect(traces(rest)).toEqual(following(20, whole));
    expect(rest.result.submits).toBe(0);
  });

  test("from the first, which is that of the state and not of its own seed's weights", async () => {
    const { states } = await train({ ...request({}), stopAt: 0 });
    expect(states.map(({ iteration }) => iteration)).toEqual([0]);
    const whole = await train(request({}));
    expect(traces(await resumed(request({}), states[0]))).toEqual(traces(whole));
  });
});

test("a resumed training draws no weights, because those of the state replace them", async () => {
  const { config, ...from } = request({});
  const { states } = await train({ ...from, config, stopAt: 6 });
  const [afresh, resumed] = await gpu.run(
    async ({ fluxion, device }, { spec, batch, config, resume }) => {
      // Normal numbers come from logarithms, which neither plain SGDM nor the order of the curves needs.
      const { log } = Math;
      const drawn: number[] = [];
      const network = await fluxion.Network.build(device, { ...spec, batch });
      try {
        for (const given of [config, { ...config, resume }]) {
          let logarithms = 0;
          Math.log = (value) => {
            logarithms++;
            return log(value);
          };
          const trainer = await fluxion.Trainer.build(network, given);
          trainer.dispose();
          drawn.push(logarithms);
        }
      } finally {
        Math.log = log;
        network.dispose();
      }
      return drawn;
    },
    {
      ...from,
      config: { ...config, options: { ...config.options, initialisation: "narrow-normal" as const } },
      resume: {
        ...states[0],
        options: { ...states[0].options, initialisation: "narrow-normal" as const },
      },
    },
  );
  expect(afresh).toBeGreaterThan(0);
  expect(resumed).toBe(0);
});

test("a network predicts from where its Trainer begins: drawn weights, or those of a state", async () => {
  const { config, ...from } = request({});
  const { states } = await train({ ...from, config, stopAt: 6 });
  const [drawn, resumed] = await gpu.run(
    async ({ fluxion, device }, { spec, batch, config, resume }) => {
      const answers: Float32Array[] = [];
      for (const given of [config, { ...config, resume }]) {
        const network = await fluxion.Network.build(device, { ...spec, batch });
        const trainer = await fluxion.Trainer.build(network, given);
        answers.push(await network.predict(config.train.x));
        trainer.dispose();
        network.dispose();
      }
      return answers;
    },
    { ...from, config, resume: states[0] },
  );
  expect(resumed).not.toEqual(drawn);
  expect(resumed.some((value) => value !== 0)).toBe(true);
});

describe("checkpoints", () => {
  test("change nothing and cut no submit but where they fall", async () => {
    const { checkpointEvery: _, ...plain } = request({ restore: "best" });
    const pace = { stepsPerSubmit: 7, submitMilliseconds: 1e-6 };
    const without = await train({ ...plain, config: { ...plain.config, ...pace } });
    const withThem = await train({ ...plain, checkpointEvery: 9, config: { ...plain.config, ...pace } });
    expect(traces(withThem)).toEqual(traces(without));
    expect(without.states).toEqual([]);
    // 7 7 6, and 7 2 7 2 2.
    expect([without.result.submits, withThem.result.submits]).toEqual([3, 5]);
  });

  test("hold the iterations so far, the time and a state of their own", async () => {
    const { states, progress } = await train(request({}, 5));
    expect(states.map(({ iteration }) => iteration)).toEqual([5, 10, 15, 20]);
    for (const { iteration, history, seconds, best } of states) {
      expect(history).toEqual(progress.slice(0, iteration));
      expect(seconds).toBe(progress[iteration - 1].seconds);
      const lowest = Math.min(
        ...history.map(({ validation }) => validation?.loss ?? Number.POSITIVE_INFINITY),
      );
      expect(best?.loss).toBe(lowest);
    }
    const weights = states.map(({ learnables }) => learnables.get("conv1.weight")?.data.join());
    expect(new Set(weights).size).toBe(4);
  });

  test("are saved once more at a stop, from where training goes on", async () => {
    const from = request({ batchNormStatistics: "population", restore: "best" });
    const whole = await train(from);
    const config = { ...from.config, stepsPerSubmit: 1, submitMilliseconds: 1e-6 };
    const stopped = await train({ ...from, config, stopAt: 8 });
    expect(stopped.result).toMatchObject({ stopReason: "stopped", iterations: 8 });
    expect(stopped.states.map(({ iteration }) => iteration)).toEqual([6, 8]);
    expect(traces(await resumed(from, stopped.states[1]))).toEqual(following(8, whole));
  });

  test("are not saved twice where a stop meets one", async () => {
    const { states } = await train({ ...request({}, 6), stopAt: 6 });
    expect(states.map(({ iteration }) => iteration)).toEqual([6]);
  });

  test("time goes on where it stood", async () => {
    const { states } = await train(request({}));
    const late = { ...states[0], seconds: 1000 };
    const { progress, result } = await resumed(request({}), late);
    expect(progress[0].seconds).toBeGreaterThan(1000);
    expect(result.seconds).toBeGreaterThan(1000);
    expect(result.seconds).toBeLessThan(1100);
  });
});

describe("patience", () => {
  // Weights that hardly move, and no statistics that could: the validation loss stays as it is.
  const still: NetworkSpec = { ...spec, layers: [conv1d({ filters: 1, kernel: 3 })] };
  const options = { epochs: 50, learnRate: 1e-30, validationEvery: 3, patience: 6 };
  const from = (every: number) => ({ ...request(options, every), spec: still });

  test("counts on over a resumption", async () => {
    const whole = await train(from(7));
    // Validations at 1, 3, 6, …, 18, all alike: the first one is the best.
    expect(whole.result).toMatchObject({ stopReason: "patience", iterations: 18, best: { iteration: 1 } });
    expect(whole.states.map(({ iteration }) => iteration)).toEqual([7, 14, 18]);
    for (const state of whole.states) {
      const rest = await resumed(from(7), state);
      expect(traces(rest)).toEqual(following(state.iteration, whole));
    }
  });
});

test("an error of save ends training and is thrown", async () => {
  const { told, message, saved } = await gpu.run(async ({ fluxion, device }, { spec, batch, config }) => {
    const network = await fluxion.Network.build(device, { ...spec, batch });
    let saved = 0;
    const trainer = await fluxion.Trainer.build(network, {
      ...config,
      checkpoint: {
        every: 3,
        // Late, so that a training that did not wait would have gone on.
        save: async ({ iteration }) => {
          await new Promise((resolve) => setTimeout(resolve, 50));
          saved = iteration;
          if (iteration === 6) throw new Error("the disk is full");
        },
      },
    });
    let told = 0;
    let message = "nothing was thrown";
    try {
      for await (const { iteration } of trainer.run()) told = iteration;
    } catch (error) {
      message = (error as Error).message;
    }
    trainer.dispose();
    network.dispose();
    return { told, message, saved };
  }, request({}));
  expect({ told, message, saved }).toEqual({ told: 6, message: "the disk is full", saved: 6 });
});
