import { describe, expect, test } from "vitest";
import { batchNorm, conv1d, leakyReLU, type NetworkSpec } from "../../src/nn/spec";
import { gpu } from "../browser/client";
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
    { what: "NaN in a curve", set: "x", value: Number.NaN, detail: "a training curve" },
    { what: "an infinite curve", set: "x", value: Number.POSITIVE_INFINITY, detail: "a training curve" },
    { what: "NaN in a target", set: "target", value: Number.NaN, detail: "a training target" },
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

  test.for([oneByOne, farAhead])("by patience, with %o: every step is told", async (pace) => {
    // Weights that hardly move, and no statistics that could: the validation loss stays as it is.
    const still: NetworkSpec = { ...spec, layers: [conv1d({ filters: 1, kernel: 3 })] };
    const { progress, result } = await train({
      ...request({ epochs: 500, learnRate: 1e-30, validationEvery: 5, patience: 60 }, pace),
      spec: still,
    });
    expect(result.stopReason).toBe("patience");
    if (pace === oneByOne) expect(result.iterations).toBe(300);
    expect(result.iterations).toBeLessThan(2000);
    expect(progress.map(({ iteration }) => iteration)).toEqual(
      Array.from({ length: result.iterations }, (_, i) => i + 1),
    );
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
});
