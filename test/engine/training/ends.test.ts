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
import { initialise } from "../../../src/engine/training/initialise";
import { adam } from "../../../src/engine/training/options";
import { gpu } from "../../browser/client";
import { singles } from "../kernels/layer";
import { dataOf, type TrainingRequest, train } from "./train";

const spec: NetworkSpec = {
  input: { channels: 1, steps: 8 },
  layers: [conv1d({ filters: 4, kernel: 3 }), batchNorm(), leakyReLU(0.5), conv1d({ filters: 1, kernel: 3 })],
  loss: "observations-and-steps",
};
const rows = 8;
const curves = { rows, x: singles(rows * 8, 1), target: singles(rows * 8, 2) };

/** Four steps an epoch. */
function request(
  options: TrainingRequest["config"]["options"],
  config: Partial<TrainingRequest["config"]> = {},
): TrainingRequest {
  return {
    spec,
    batch: 2,
    config: {
      train: curves,
      validation: curves,
      options: { shuffle: "never", initialisation: "glorot", ...options },
      ...config,
    },
  };
}

/** One step a submit, however quick. */
const oneByOne = { stepsPerSubmit: 1, submitMilliseconds: 1e-6 };
/** Ever longer submits, the next begun before the last is read. */
const farAhead = { submitMilliseconds: 1000 };

function spoilt(values: Float32Array, row: number, value: number): Float32Array {
  const copy = values.slice();
  copy[row * 8 + 3] = value;
  return copy;
}

describe("training that diverges", () => {
  const twoSteps = () => train(request({ epochs: 1 }, { batches: Uint32Array.of(0, 1, 2, 3) }));

  test.for([
    { what: "a target too large to square", set: "target", value: 1e25, detail: "the loss" },
    { what: "a loss too large, gradients not", set: "target", value: 2.5e19, detail: "the loss" },
    { what: "a curve too large to square", set: "x", value: 3e38, detail: "bn1 output" },
  ] as const)("stops at $what, before it reaches the learnables", async ({ set, value, detail }) => {
    // Row 5 is first seen by the third step, in the middle of a submit.
    const data = { ...curves, [set]: spoilt(curves[set], 5, value) };
    const { progress, result, tensors } = await train(
      request({ epochs: 5 }, { train: data, stepsPerSubmit: 8 }),
    );
    expect(result).toMatchObject({
      stopReason: "diverged",
      iterations: 2,
      detail: expect.stringContaining(`iteration 3: ${detail}`),
    });
    expect(result.detail).toMatch(/ is not finite$/);
    expect(progress.map(({ iteration }) => iteration)).toEqual([1, 2]);
    const good = await twoSteps();
    for (const { name } of [{ name: "conv1.weight" }, { name: "bn1.scale" }, { name: "conv2.bias" }])
      expect(tensors.get(name), name).toEqual(good.tensors.get(name));
  });

  test.for([1e20, 1e30])("stops at a learning rate of %f and keeps finite learnables", async (learnRate) => {
    const { result, tensors } = await train(
      request({ epochs: 50, learnRate, clip: Number.POSITIVE_INFINITY }, { stepsPerSubmit: 8 }),
    );
    expect(result.stopReason).toBe("diverged");
    expect(result.detail).toMatch(/^iteration \d+: (conv|bn)\d output( gradient)? is not finite$/);
    for (const [name, data] of dataOf(tensors)) expect(data.every(Number.isFinite), name).toBe(true);
  });
});

describe("a learnable that is not finite, which an LSTM hides from loss and gradients", () => {
  const recurrent: NetworkSpec = {
    ...spec,
    layers: [biLstm({ hidden: 5 }), dropout(0.2), lstm({ hidden: 3 }), dense({ outputs: 1 })],
  };

  test.for([
    { name: "bilstm1.reverse.bias", value: Number.NaN, l2: 0, software: true },
    { name: "bilstm1.reverse.bias", value: Number.NaN, l2: 0, software: false },
    { name: "lstm1.forward.bias", value: Number.NaN, l2: 1e-4, software: true },
    { name: "lstm1.forward.weight_hh", value: Number.NaN, l2: 0, software: true },
    { name: "bilstm1.forward.weight_ih", value: Number.POSITIVE_INFINITY, l2: 0, software: true },
    { name: "bilstm1.forward.weight_ih", value: Number.NEGATIVE_INFINITY, l2: 0, software: false },
  ])("stops it: $value in $name, L2 $l2, software kernels $software", async (spoiling) => {
    const { name, value, l2, software } = spoiling;
    const learnables = new Map(
      Array.from(initialise(recurrent, "glorot", 0), ([key, data]) => [
        key,
        { data: key === name ? data.map((w, i) => (i === 1 ? value : w)) : data },
      ]),
    );
    const options = { solver: adam(), l2, epochs: 1 };
    const { result, tensors } = await train({
      ...request(options, { learnables }),
      spec: recurrent,
      kernels: { software },
    });
    expect(result).toMatchObject({
      stopReason: "diverged",
      iterations: 0,
      detail: `iteration 1: ${name} is not finite`,
    });
    for (const [key, { data }] of learnables) expect(tensors.get(key)?.data, key).toEqual(data);
  });

  test("stops it where the last update made it so", async () => {
    const bounded: NetworkSpec = { ...spec, layers: [lstm({ hidden: 1 })] };
    const far = { ...curves, target: curves.target.map((value) => 1e6 * (value + 4)) };
    const { result } = await train({
      ...request(
        { epochs: 1, learnRate: 3e38, clip: Number.POSITIVE_INFINITY },
        { train: far, batches: Uint32Array.of(0, 1) },
      ),
      spec: bounded,
    });
    expect(result).toMatchObject({
      stopReason: "diverged",
      iterations: 1,
      detail: "after iteration 1: lstm1.forward.weight_ih is not finite",
    });
  });
});

describe("training that is ended", () => {
  test("by stop(): what was submitted is finished and told", async () => {
    const { progress, result, planned } = await gpu.run(
      async ({ fluxion, device }, { spec, batch, config }) => {
        const network = await fluxion.Network.build(device, { ...spec, batch });
        const trainer = await fluxion.Trainer.build(network, config);
        const progress: number[] = [];
        const steps = trainer.run();
        let step = await steps.next();
        for (; !step.done; step = await steps.next()) {
          progress.push(step.value.iteration);
          if (step.value.iteration === 5) trainer.stop();
        }
        trainer.dispose();
        network.dispose();
        return { progress, result: step.value, planned: trainer.iterations };
      },
      request({ epochs: 1000 }),
    );
    expect(planned).toBe(4000);
    expect(result.stopReason).toBe("stopped");
    expect(result.iterations).toBeLessThan(1000);
    expect(progress).toEqual(Array.from({ length: result.iterations }, (_, i) => i + 1));
    expect(Number.isFinite(result.validation.loss)).toBe(true);
  });

  test("by patience, at one iteration however far the submits reach", async () => {
    // Weights that hardly move, and no statistics that could: the validation loss stays as it is.
    const still: NetworkSpec = { ...spec, layers: [conv1d({ filters: 1, kernel: 3 })] };
    const options = { epochs: 500, learnRate: 1e-30, validationEvery: 5, patience: 60 };
    for (const pace of [oneByOne, farAhead, { stepsPerSubmit: 100 }]) {
      const { progress, result } = await train({ ...request(options, pace), spec: still });
      expect(result).toMatchObject({ stopReason: "patience", iterations: 300 });
      expect(progress.map(({ iteration }) => iteration)).toEqual(
        Array.from({ length: 300 }, (_, i) => i + 1),
      );
    }
  });

  test("by leaving the loop: the network predicts and can be trained again", async () => {
    const { reached, predicted, again } = await gpu.run(
      async ({ fluxion, device }, { spec, batch, config }) => {
        const network = await fluxion.Network.build(device, { ...spec, batch });
        const first = await fluxion.Trainer.build(network, config);
        let reached = 0;
        for await (const { iteration } of first.run()) {
          reached = iteration;
          if (iteration === 3) break;
        }
        first.dispose();
        const predicted = await network.predict(config.train.x);
        const second = await fluxion.Trainer.build(network, config);
        let again = 0;
        for await (const { iteration } of second.run()) again = iteration;
        second.dispose();
        network.dispose();
        return { reached, predicted, again };
      },
      request({ epochs: 30 }),
    );
    expect(reached).toBe(3);
    expect(predicted.length).toBe(rows * 8);
    expect(predicted.every(Number.isFinite)).toBe(true);
    expect(predicted.some((value) => value !== 0)).toBe(true);
    expect(again).toBe(120);
  });

  test.for([
    { learnRate: 1e25, bad: "the validation loss" },
    { learnRate: 3e38, bad: "conv1.weight" },
  ])("by a last update at rate $learnRate that leaves no finite validation", async ({ learnRate, bad }) => {
    const { result } = await train(
      request({ epochs: 1, learnRate, clip: 3e38 }, { batches: Uint32Array.of(0, 1) }),
    );
    expect(result).toMatchObject({ stopReason: "diverged", iterations: 1 });
    expect(result.detail).toBe(`after iteration 1: ${bad} is not finite`);
  });

  test("by disposal: a trainer that was freed or has run refuses to run, and the device stays sound", async () => {
    const { refusals, predicted } = await gpu.run(
      async ({ fluxion, device }, { spec, batch, config }) => {
        const network = await fluxion.Network.build(device, { ...spec, batch });
        const refusals: string[] = [];
        const run = async (trainer: Awaited<ReturnType<typeof fluxion.Trainer.build>>) => {
          try {
            for await (const { iteration } of trainer.run()) if (iteration === 0) break;
          } catch (error) {
            refusals.push((error as Error).message);
          }
        };
        const freed = await fluxion.Trainer.build(network, config);
        freed.dispose();
        await run(freed);
        const twice = await fluxion.Trainer.build(network, config);
        await run(twice);
        await run(twice);
        twice.dispose();
        const predicted = await network.predict(config.train.x);
        network.dispose();
        return { refusals, predicted };
      },
      request({ epochs: 1 }),
    );
    expect(refusals).toEqual([
      "the Trainer was disposed",
      "a Trainer trains once: build another to train again",
    ]);
    expect(predicted.every(Number.isFinite)).toBe(true);
  });
});

test("a second trainer on a network starts where the first one started", async () => {
  const runs = await gpu.run(
    async ({ fluxion, device }, { spec, batch, config }) => {
      const network = await fluxion.Network.build(device, { ...spec, batch });
      const runs: unknown[] = [];
      for (let i = 0; i < 2; i++) {
        const trainer = await fluxion.Trainer.build(network, config);
        const scores: unknown[] = [];
        for await (const { loss, validation } of trainer.run()) scores.push([loss, validation]);
        runs.push([scores, await network.readTensors()]);
        trainer.dispose();
      }
      network.dispose();
      return runs;
    },
    request({ epochs: 2, batchNormStatistics: "moving" }),
  );
  expect(runs[1]).toEqual(runs[0]);
});

test("a lost device ends training with an error that says so, and nothing is built on it", async () => {
  const names = await gpu.run(
    async ({ fluxion }, { spec, batch, config }) => {
      const device = await fluxion.openDevice();
      const network = await fluxion.Network.build(device, { ...spec, batch });
      const trainer = await fluxion.Trainer.build(network, config);
      const nameOf = (promise: Promise<unknown>) =>
        promise.then(
          () => "nothing was thrown",
          (error: Error) => error.name,
        );
      const training = (async () => {
        for await (const { iteration } of trainer.run()) if (iteration === 2) device.dispose();
      })();
      return [
        await nameOf(training),
        await nameOf(network.predict(config.train.x)),
        await nameOf(fluxion.Network.build(device, { ...spec, batch })),
      ];
    },
    request({ epochs: 1000 }, oneByOne),
  );
  expect(names).toEqual(["DeviceLostError", "DeviceLostError", "DeviceLostError"]);
});
