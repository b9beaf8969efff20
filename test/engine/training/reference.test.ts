import { expect, test } from "vitest";
import { generateCurves, takeCurves } from "../../../src/calculus/curves";
import { molerBilstm, molerCnn } from "../../../src/calculus/networks";
import { expectedTraining, trainingTolerance } from "../../../src/check/expected-training";
import { batchNorm, conv1d, dense, dropout, leakyReLU, type NetworkSpec } from "../../../src/engine";
import { initialise } from "../../../src/engine/training/initialise";
import {
  adam,
  adamw,
  defaultTrainingOptions,
  rmsprop,
  sgdm,
  type TrainingOptions,
} from "../../../src/engine/training/options";
import { batchOrder } from "../../../src/engine/training/resolve";
import { learnRateAt } from "../../../src/engine/training/schedule";
import { tensorOf } from "../../../src/reference/network";
import { populationStatistics } from "../../../src/reference/statistics";
import { trainReference } from "../../../src/reference/training";
import { largest } from "../../reference/differences";
import { expectRelative, expectWithin } from "../kernels/bounds";
import { singles } from "../kernels/layer";
import { train } from "./train";

const spec = molerCnn({ filters: 12, samples: 33 });
const curves = generateCurves({ curves: 24, samples: 33, seed: 5 });
// Three batches of six an epoch, two curves left out.
const data = takeCurves(
  curves,
  Array.from({ length: 20 }, (_, i) => i),
);
const validation = takeCurves(curves, [20, 21, 22, 23]);
const batch = 6;
const steps = 12;

/**
 * For Adam and RMSProp, which divide a gradient by its own size: the bias of a convolution in front of a normalisation, whose
 * gradient is zero but for rounding, would move by that rounding as far as every other learnable.
 */
const unnormalised: NetworkSpec = {
  ...spec,
  layers: [conv1d({ filters: 12, kernel: 5 }), leakyReLU(0.5), conv1d({ filters: 1, kernel: 5 })],
};

/** The recurrent network of the post, small. Its second layer sees what dropout leaves. */
const bilstm = molerBilstm({ hidden: 5, dropout: 0.5, samples: 33 });

/** Without a network of its own, a solver trains that of those above which suits it. */
interface Variation extends Partial<TrainingOptions> {
  readonly network?: NetworkSpec;
}

const variations: readonly Variation[] = [
  { clipMethod: "l2norm", shuffle: "once", initialisation: "narrow-normal" },
  {
    clipMethod: "global-l2norm",
    shuffle: "every-epoch",
    initialisation: "glorot",
    schedule: { kind: "piecewise", factor: 0.5, period: 2 },
  },
  {
    clipMethod: "absolute-value",
    shuffle: "never",
    initialisation: "glorot",
    clip: 0.05,
    l2: 0.01,
    solver: sgdm({ momentum: 0.5 }),
    schedule: { kind: "cosine", warmup: 3 },
  },
  {
    clipMethod: "l2norm",
    shuffle: "once",
    initialisation: "glorot",
    solver: adam(),
    learnRate: 0.001,
    l2: 0.01,
  },
  {
    clipMethod: "absolute-value",
    shuffle: "never",
    initialisation: "glorot",
    clip: 0.05,
    solver: adam({ beta1: 0.5, beta2: 0.9, epsilon: 1e-3 }),
    schedule: { kind: "piecewise", factor: 0.5, period: 2 },
  },
  {
    clipMethod: "global-l2norm",
    shuffle: "every-epoch",
    initialisation: "glorot",
    solver: adamw({ weightDecay: 2 }),
    learnRate: 0.001,
    schedule: { kind: "cosine", warmup: 3 },
  },
  {
    clipMethod: "l2norm",
    shuffle: "once",
    initialisation: "glorot",
    solver: rmsprop({ epsilon: 1e-3 }),
    learnRate: 0.001,
    l2: 0.01,
    schedule: { kind: "piecewise", factor: 0.5, period: 2 },
  },
  // Thresholds small enough to clip the learnables that both directions have in common.
  {
    network: bilstm,
    clipMethod: "l2norm",
    clip: 0.05,
    shuffle: "once",
    initialisation: "narrow-normal",
    solver: adam(),
    learnRate: 0.001,
  },
  {
    network: bilstm,
    clipMethod: "l2norm",
    clip: 0.05,
    shuffle: "every-epoch",
    initialisation: "glorot",
    solver: sgdm(),
    learnRate: 0.1,
  },
];

test.for(variations)(
  "twelve steps: $solver.kind, $clipMethod, schedule $schedule.kind, shuffled $shuffle, $initialisation",
  async ({ network: own, ...variation }) => {
    const options = { ...defaultTrainingOptions, ...variation, epochs: steps / 3, batch, seed: 11 };
    const relative = options.solver.kind === "sgdm";
    const network = own ?? (relative ? spec : unnormalised);
    const { progress, tensors, result } = await train({
      spec: network,
      batch,
      config: { train: data, validation, options },
    });

    const order = Array.from(batchOrder(data.rows, options));
    const batches = Array.from({ length: steps * batch }, (_, i) => order[i % order.length]);
    const start = initialise(network, options.initialisation, options.seed);
    const reference = trainReference(network, options, start, data, batches);

    expect(result).toMatchObject({ stopReason: "completed", iterations: steps });
    expect(progress.map(({ iteration }) => iteration)).toEqual(
      Array.from({ length: steps }, (_, i) => i + 1),
    );
    expect(progress.map(({ epoch }) => epoch)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
    const got = new Map<string, ArrayLike<number> | undefined>([
      ["loss", progress.map(({ loss }) => loss)],
      ["gradientNorm", progress.map(({ gradientNorm }) => gradientNorm)],
      ...Array.from(tensors, ([name, { data }]) => [`final.${name}`, data] as const),
    ]);
    for (const { tensor, expected, allowed } of expectedTraining(network, options, reference))
      expectWithin(tensor, got.get(tensor), expected, allowed);
    // ½ Σ e² / B = loss, or ½ Σ e² / (B · T) = loss, and Σ e² / (B · T) = rmse².
    const meanOver = network.loss === "observations" ? network.input.steps : 1;
    progress.forEach(({ iteration, rmse, learnRate }, i) => {
      const expectedRmse = Math.sqrt((2 * reference.losses[i]) / meanOver);
      expect(Math.abs(rmse / expectedRmse - 1), `RMSE of step ${iteration}`).toBeLessThan(trainingTolerance);
      const position = { iteration, iterationsPerEpoch: 3, iterations: steps };
      expect(learnRate).toBe(Math.fround(learnRateAt(options.learnRate, options.schedule, position)));
    });
  },
);

test.for([
  { pull: "L2", solver: sgdm(), learnRate: 0.01, l2: 0.5 },
  { pull: "the decay of AdamW", solver: adamw({ weightDecay: 5 }), learnRate: 0.01, l2: 0 },
])("$pull pulls at weights, scales and offsets, and at no bias", async ({ solver, learnRate, l2 }) => {
  const small: NetworkSpec = {
    input: { channels: 2, steps: 33 },
    layers: [batchNorm(), conv1d({ filters: 3, kernel: 3 }), leakyReLU(0.5), dense({ outputs: 1 })],
    loss: "observations",
  };
  const options = { ...defaultTrainingOptions, solver, learnRate, l2, clip: 50, batch, epochs: 1 };
  const start = new Map(
    Array.from(initialise(small, "glorot", 2), ([name, { length }], seed) => [name, singles(length, seed)]),
  );
  const batches = Uint32Array.from({ length: 3 * batch }, (_, i) => i);
  const { progress, tensors } = await train({
    spec: small,
    batch,
    config: {
      train: data,
      validation,
      options,
      batches,
      learnables: new Map(Array.from(start, ([name, values]) => [name, { data: values }])),
    },
  });
  const { learnables, gradientNorms } = trainReference(small, options, start, data, batches);
  const norms = progress.map(({ gradientNorm }) => gradientNorm);
  expectRelative("gradient norms, L2 included", norms, gradientNorms, trainingTolerance);
  for (const [name, expected] of learnables)
    expectRelative(name, tensors.get(name)?.data, expected, trainingTolerance);
});

test("the inference statistics are taken without dropout", async () => {
  const network: NetworkSpec = {
    input: { channels: 2, steps: 33 },
    layers: [
      dropout(0.5),
      conv1d({ filters: 5, kernel: 3 }),
      dropout(0.3),
      batchNorm(),
      dense({ outputs: 1 }),
    ],
    loss: "observations",
  };
  const { tensors } = await train({
    spec: network,
    batch,
    config: { train: data, validation, options: { initialisation: "glorot", epochs: 1 } },
  });
  const learnables = new Map(
    Array.from(tensors, ([name, { data: values }]) => [name, Float64Array.from(values)]),
  );
  const statistics = populationStatistics(network, learnables, Float64Array.from(data.x), batch);
  for (const [name, expected] of statistics) {
    // A mean may lie near zero: its error is relative to the deviation.
    const variance = largest(tensorOf(statistics, "bn1.variance"));
    const scale = name === "bn1.mean" ? Math.sqrt(variance) : variance;
    expectRelative(name, tensors.get(name)?.data, expected, trainingTolerance, scale);
  }
});
