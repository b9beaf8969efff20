import { describe, expect, test } from "vitest";
import { generateCurves } from "../../../src/calculus/curves";
import { molerBilstm } from "../../../src/calculus/networks";
import { biLstm, dense, dropout, lstm, type NetworkSpec } from "../../../src/engine";
import type { KernelChoice } from "../../../src/engine/layers/layer";
import { initialise } from "../../../src/engine/training/initialise";
import { adam, defaultTrainingOptions, type TrainingOptions } from "../../../src/engine/training/options";
import { batchOrder } from "../../../src/engine/training/resolve";
import { halfMSE } from "../../../src/reference/halfmse";
import { inferenceForward } from "../../../src/reference/network";
import { trainReference } from "../../../src/reference/training";
import { gpu } from "../../browser/client";
import { expectRelative, expectWithin } from "../kernels/bounds";
import { train } from "./train";

test("ten steps with Adam and two dropout layers follow the reference, and so does the validation", async () => {
  const spec: NetworkSpec = {
    input: { channels: 2, steps: 17 },
    layers: [dropout(0.2), lstm({ hidden: 6 }), dropout(0.5), biLstm({ hidden: 9 }), dense({ outputs: 1 })],
    loss: "observations-and-steps",
  };
  const curves = generateCurves({ curves: 12, samples: 17, seed: 3 });
  const batch = 6;
  const options: TrainingOptions = {
    ...defaultTrainingOptions,
    ...{ solver: adam(), learnRate: 0.01, epochs: 5, batch, seed: 4294967295 },
    clip: 0.1,
    clipMethod: "l2norm",
    initialisation: "glorot",
  };
  const { progress, tensors, result } = await train({
    spec,
    batch,
    config: { train: curves, validation: curves, options },
  });

  const epoch = Array.from(batchOrder(curves.rows, options));
  const batches = Array.from({ length: 10 * batch }, (_, i) => epoch[i % epoch.length]);
  const start = initialise(spec, options.initialisation, options.seed);
  const reference = trainReference(spec, options, start, curves, batches);
  expectRelative(
    "losses",
    progress.map(({ loss }) => loss),
    reference.losses,
    1e-5,
  );
  // Adam moves every learnable by about the rate in each step, whatever its size and that of its gradient.
  for (const [name, expected] of reference.learnables)
    expectWithin(name, tensors.get(name)?.data, expected, (i) => 1e-5 * (Math.abs(expected[i]) + 0.1));
  const prediction = inferenceForward(spec, reference.learnables, new Map(), Float64Array.from(curves.x));
  const { loss } = halfMSE(prediction, Float64Array.from(curves.target), spec.loss, { batch: 12, steps: 17 });
  expect(Math.abs(result.validation.loss / loss - 1)).toBeLessThan(1e-5);
});

test("eighty steps of the post's BiLSTM, narrower, learn as the reference does", async () => {
  const spec = molerBilstm({ hidden: 8, samples: 20 });
  const curves = generateCurves({ curves: 30, samples: 20, seed: 0 });
  const batch = 10;
  const options: TrainingOptions = {
    ...defaultTrainingOptions,
    ...{ solver: adam(), learnRate: 0.005, batch, epochs: 27 },
  };
  const epoch = Array.from(batchOrder(curves.rows, options));
  const batches = Uint32Array.from({ length: 80 * batch }, (_, i) => epoch[i % epoch.length]);
  const start = initialise(spec, options.initialisation, options.seed);
  const { progress } = await train({
    spec,
    batch,
    config: { train: curves, validation: curves, options, batches },
  });
  const { losses } = trainReference(spec, options, start, curves, batches);
  expect(losses[79] / losses[0]).toBeLessThan(0.5);
  expectWithin(
    "losses",
    progress.map(({ loss }) => loss),
    losses,
    (i) => 1e-5 * losses[i],
  );
});

/** Two steps of training, of three curves each. */
async function shortly(spec: NetworkSpec, kernels: Partial<KernelChoice>) {
  const curves = generateCurves({ curves: 6, samples: spec.input.steps, seed: 1 });
  const options = { solver: adam(), epochs: 1, validationEvery: 1 };
  const { result } = await train({
    spec,
    batch: 3,
    kernels,
    config: { train: curves, validation: curves, options },
  });
  expect(result).toMatchObject({ stopReason: "completed", iterations: 2, buffersCreatedWhileTraining: 0 });
  return result;
}

/** Dispatches of a step, as they are planned. */
const dispatchesOf = (spec: NetworkSpec, kernels: Partial<KernelChoice>) =>
  gpu.run(
    async ({ fluxion, device }, { spec, kernels }) => {
      const { channels, steps } = spec.input;
      const curves = {
        rows: 3,
        x: new Float32Array(3 * channels * steps),
        target: new Float32Array(3 * steps),
      };
      const network = await fluxion.Network.build(device, { ...spec, batch: 3 }, kernels);
      const trainer = await fluxion.Trainer.build(network, { train: curves, validation: curves });
      const { dispatchesPerStep } = trainer;
      trainer.dispose();
      network.dispose();
      return dispatchesPerStep;
    },
    { spec, kernels },
  );

test("the post's BiLSTM has at most 60 dispatches a step, as many at any T", async () => {
  const counts = new Set<number>();
  for (const [samples, hidden] of [
    [1, 12],
    [100, 128],
  ]) {
    const whole = { dispatchFlops: Number.POSITIVE_INFINITY };
    counts.add(await dispatchesOf(molerBilstm({ samples, hidden }), whole));
  }
  expect(counts.size).toBe(1);
  expect(Math.max(...counts)).toBeLessThanOrEqual(60);
});

test("a dispatch holds 512 steps at most", async () => {
  const whole = { dispatchFlops: Number.POSITIVE_INFINITY };
  const one = await shortly(molerBilstm({ hidden: 1, samples: 512 }), whole);
  const three = await shortly(molerBilstm({ hidden: 1, samples: 1025 }), whole);
  expect(three.dispatchesPerStep - one.dispatchesPerStep).toBe(4 * 2);
});

describe("seven steps of a BiLSTM", () => {
  const spec = molerBilstm({ hidden: 5, samples: 7 });
  /** 8 · H² · batch · directions, of one step. */
  const flops = 8 * 5 * 5 * 3 * 2;
  /** States of two steps: 16 bytes for each of eight units, five and those that pad them. */
  const bytes = 2 * 16 * 8;

  test.for([
    { kernels: { dispatchFlops: 7 * flops }, dispatches: 1 },
    { kernels: { dispatchFlops: 7 * flops - 1 }, dispatches: 2 },
    { kernels: { dispatchFlops: 3 * flops }, dispatches: 3 },
    { kernels: { dispatchFlops: 2 * flops }, dispatches: 4 },
    { kernels: { dispatchFlops: 1 }, dispatches: 7 },
    { kernels: { workgroupBytes: bytes }, dispatches: 1 },
    { kernels: { workgroupBytes: bytes - 1 }, dispatches: 7 },
  ])("are $dispatches dispatches with $kernels", async ({ kernels, dispatches }) => {
    const { dispatchesPerStep } = await shortly(spec, {});
    // Two layers, forward and backward.
    expect((await shortly(spec, kernels)).dispatchesPerStep - dispatchesPerStep).toBe(4 * (dispatches - 1));
  });
});
