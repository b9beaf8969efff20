import { describe, expect, test } from "vitest";
import {
  averagePool,
  batchNorm,
  biGru,
  biLstm,
  conv1d,
  dense,
  dropout,
  globalAveragePool,
  globalMaxPool,
  gru,
  type LayerSpec,
  lastStep,
  layerNorm,
  leakyReLU,
  lstm,
  maxPool,
  type NetworkSpec,
  relu,
  resolveLayers,
  sigmoid,
  tanh,
} from "../../../src/engine";
import { outputOf, tensorShapes } from "../../../src/engine/network/spec";
import { initialise } from "../../../src/engine/training/initialise";
import { defaultTrainingOptions, sgdm } from "../../../src/engine/training/options";
import { batchOrder } from "../../../src/engine/training/resolve";
import { globalNorm } from "../../../src/reference/clip";
import { halfMSE } from "../../../src/reference/halfmse";
import {
  inferenceForward,
  tensorOf,
  trainingBackward,
  trainingForward,
} from "../../../src/reference/network";
import { populationStatistics } from "../../../src/reference/statistics";
import { trainReference } from "../../../src/reference/training";
import { gpu } from "../../browser/client";
import { largest } from "../../reference/differences";
import { dataOf, train } from "../training/train";
import { kernelsFor } from "./adapter";
import { expectRelative } from "./bounds";
import { singles } from "./layer";

/** Normalisation and rectifier fused, with odd channels and an even kernel, and a dense head. */
const headed: NetworkSpec = {
  input: { channels: 2, steps: 31 },
  layers: [
    conv1d({ filters: 33, kernel: 5 }),
    batchNorm(),
    leakyReLU(0.5),
    conv1d({ filters: 6, kernel: 4 }),
    batchNorm(),
    leakyReLU(0.1),
    dense({ outputs: 1 }),
  ],
  loss: "observations",
};

/** Normalisation without a rectifier, at the beginning and at the end, and a rectifier by itself. */
const apart: NetworkSpec = {
  input: { channels: 3, steps: 9 },
  layers: [
    batchNorm({ epsilon: 1e-3 }),
    conv1d({ filters: 5, kernel: 3 }),
    leakyReLU(0.2),
    conv1d({ filters: 2, kernel: 2 }),
    batchNorm(),
  ],
  loss: "observations-and-steps",
};

/** Recurrent layers in both forms one above another, with dropout between and in front. */
const stacked: NetworkSpec = {
  input: { channels: 3, steps: 13 },
  layers: [
    dropout(0.1),
    biLstm({ hidden: 5 }),
    dropout(0.5),
    lstm({ hidden: 6 }),
    biLstm({ hidden: 4 }),
    dense({ outputs: 2 }),
  ],
  loss: "observations-and-steps",
};

/** Time steps change on the way, and no lane beyond a last channel may come to hold anything. */
const shrinking: NetworkSpec = {
  input: { channels: 3, steps: 29 },
  layers: [
    conv1d({ filters: 6, kernel: 3 }),
    layerNorm(),
    relu(),
    maxPool({ size: 3, stride: 2 }),
    biLstm({ hidden: 3 }),
    averagePool({ size: 2, stride: 3 }),
    dense({ outputs: 5 }),
    sigmoid(),
  ],
  loss: "observations-and-steps",
};

/** From a sequence to one step. */
const pooled = (pool: LayerSpec): NetworkSpec => ({
  input: { channels: 2, steps: 17 },
  layers: [conv1d({ filters: 5, kernel: 3 }), tanh(), pool, layerNorm(), dense({ outputs: 3 })],
  loss: "observations-and-steps",
});

const gated: NetworkSpec = {
  input: { channels: 3, steps: 13 },
  layers: [biGru({ hidden: 5 }), gru({ hidden: 6 }), dense({ outputs: 2 })],
  loss: "observations-and-steps",
};

const batch = 7;

/** Learnables away from their initial values, so that every one matters. */
function scattered(spec: NetworkSpec): Map<string, Float32Array> {
  const start = initialise(spec, "glorot", 1);
  return new Map(
    Array.from(start, ([name, values], seed) => {
      const moves = singles(values.length, seed);
      return [name, values.map((value, i) => value + 0.2 * moves[i])];
    }),
  );
}

function curvesFor(spec: NetworkSpec, rows: number) {
  const output = outputOf(resolveLayers(spec));
  const { channels, steps } = spec.input;
  return {
    rows,
    x: singles(rows * channels * steps, 8).map((value) => 1 + value),
    target: singles(rows * output.channels * output.steps, 9),
  };
}

const exactly = (tensors: ReadonlyMap<string, Float32Array>) =>
  new Map(Array.from(tensors, ([name, data]) => [name, Float64Array.from(data)]));

describe("gradients of a whole network", () => {
  const cases = [
    { name: "fused, dense head", spec: headed, kind: "software" },
    { name: "fused, dense head", spec: headed, kind: "hardware" },
    { name: "apart", spec: apart, kind: "software" },
    { name: "recurrent", spec: stacked, kind: "software" },
    { name: "recurrent", spec: stacked, kind: "hardware" },
    { name: "fewer and fewer steps", spec: shrinking, kind: "software" },
    { name: "the last step", spec: pooled(lastStep()), kind: "hardware" },
    { name: "the mean over time", spec: pooled(globalAveragePool()), kind: "software" },
    { name: "the largest over time", spec: pooled(globalMaxPool()), kind: "software" },
    { name: "gated", spec: gated, kind: "software" },
  ] as const;

  test.for(cases)("$name, $kind", async ({ spec, kind }) => {
    const start = scattered(spec);
    const curves = curvesFor(spec, batch);
    const learnables = exactly(start);
    const pass = trainingForward(spec, learnables, Float64Array.from(curves.x), { seed: 0, step: 0 });
    const { loss, dprediction } = halfMSE(pass.prediction, Float64Array.from(curves.target), spec.loss, {
      batch,
      steps: outputOf(resolveLayers(spec)).steps,
    });
    const { gradients } = trainingBackward(spec, learnables, pass, dprediction);
    // Where z is next to zero the slope may be taken on either side; these data have no such z.
    spec.layers.forEach(({ kind }, i) => {
      if (kind === "leakyrelu" || kind === "relu")
        expect(Math.min(...pass.inputs[i].map(Math.abs))).toBeGreaterThan(1e-5);
    });

    // One plain step at a rate so large that the weights become −rate·gradient, to the last bits.
    const learnRate = 2 ** 12;
    const { progress, tensors } = await train({
      spec,
      batch,
      kernels: kernelsFor(kind),
      config: {
        train: curves,
        validation: curves,
        learnables: new Map(Array.from(start, ([name, data]) => [name, { data }])),
        batches: Uint32Array.from({ length: batch }, (_, row) => row),
        options: { solver: sgdm({ momentum: 0 }), learnRate, l2: 0, clip: Number.POSITIVE_INFINITY },
      },
    });

    expect(Math.abs(progress[0].loss / loss - 1)).toBeLessThan(1e-5);
    expect(Math.abs(progress[0].gradientNorm / globalNorm(gradients.values()) - 1)).toBeLessThan(1e-5);
    for (const [name, gradient] of gradients) {
      const before = tensorOf(learnables, name);
      const after = tensors.get(name)?.data ?? new Float32Array();
      const got = Float64Array.from(after, (value, i) => (before[i] - value) / learnRate);
      // A bias in front of a normalisation has no gradient but rounding errors of what its weight sums.
      const scale = Math.max(largest(gradient), largest(gradients.get(name.replace("bias", "weight")) ?? []));
      expectRelative(name, got, gradient, 2e-5, scale);
    }
  });
});

describe("prediction", () => {
  const start = new Map(
    Array.from(tensorShapes(resolveLayers(headed)), ([name, shape], seed) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const positive = name.endsWith(".variance");
      const data = singles(count, seed).map((value) => (positive ? 0.5 + value ** 2 : value));
      return [name, { shape, data }];
    }),
  );

  test.for([1, batch, 2 * batch + 3])(
    "of %i curves at batch 7 follows the inference statistics",
    async (rows) => {
      const { x } = curvesFor(headed, rows);
      const { predicted, tensors } = await gpu.run(
        async ({ fluxion, device }, { spec, tensors, x }) => {
          const network = await fluxion.Network.build(device, spec);
          network.writeTensors(tensors);
          const predicted = await network.predict(x);
          const result = { predicted, tensors: await network.readTensors() };
          network.dispose();
          return result;
        },
        { spec: { ...headed, batch }, tensors: start, x },
      );
      const exact = exactly(dataOf(start));
      const expected = inferenceForward(headed, exact, exact, Float64Array.from(x));
      expectRelative("prediction", predicted, expected, 1e-5);
      expect(tensors).toEqual(start);
    },
  );

  test("is the same for curves asked for together, apart and at once", async () => {
    const { x } = curvesFor(headed, 9);
    const { together, apart } = await gpu.run(
      async ({ fluxion, device }, { spec, tensors, x }) => {
        const network = await fluxion.Network.build(device, spec);
        network.writeTensors(tensors);
        const curve = x.length / 9;
        const together = await network.predict(x);
        const apart = await Promise.all(
          Array.from({ length: 9 }, (_, row) => network.predict(x.slice(row * curve, (row + 1) * curve))),
        );
        network.dispose();
        return { together, apart };
      },
      { spec: { ...headed, batch }, tensors: start, x },
    );
    expect(Float32Array.from(apart.flatMap((curve) => Array.from(curve)))).toEqual(together);
  });

  test("predicts nothing before it has learnables, unless it has none to have", async () => {
    const answers = await gpu.run(
      async ({ fluxion, device }, { spec, tensors, x, dy }) => {
        const answerOf = async (network: Awaited<ReturnType<typeof fluxion.Network.build>>) =>
          Promise.all(
            [() => network.predict(x), () => network.inputGradient(x, dy)].map((ask) =>
              ask().then(
                ({ length }) => length,
                ({ message }: Error) => message,
              ),
            ),
          );
        const network = await fluxion.Network.build(device, spec);
        const before = await answerOf(network);
        network.resetStatistics();
        const still = await answerOf(network);
        network.writeLearnables(tensors);
        const after = await answerOf(network);
        network.dispose();
        const without = await fluxion.Network.build(device, { ...spec, layers: [fluxion.tanh()] });
        const own = await without.predict(x);
        without.dispose();
        return { before, still, after, own: own.length };
      },
      { spec: { ...headed, batch }, tensors: start, x: new Float32Array(62), dy: new Float32Array(31) },
    );
    const refusal =
      "the network was neither trained nor loaded: build a Trainer, or write a model's tensors, first";
    expect(answers).toEqual({
      before: [refusal, refusal],
      still: [refusal, refusal],
      after: [31, 62],
      own: 62,
    });
  });

  test("refuses tensors and curves of other shapes in one line", async () => {
    const errors = await gpu.run(
      async ({ fluxion, device }, { spec, tensors }) => {
        const network = await fluxion.Network.build(device, spec);
        const messageOf = async (act: () => unknown) => {
          try {
            await act();
            return "nothing was thrown";
          } catch (error) {
            return error instanceof RangeError ? error.message : String(error);
          }
        };
        const bias = { shape: [6], data: new Float32Array(6) };
        const without = new Map(tensors);
        without.delete("bn1.mean");
        const errors = [
          await messageOf(() => network.writeTensors(without)),
          await messageOf(() => network.writeTensors(new Map([...tensors, ["conv1.bias", bias]]))),
          await messageOf(() => network.writeTensors(new Map([...tensors, ["conv3.bias", bias]]))),
          await messageOf(() => network.predict(new Float32Array(61))),
          await messageOf(() => network.predict(new Float32Array(0))),
          await messageOf(() => fluxion.Network.build(device, { ...spec, batch: 0 })),
        ];
        network.dispose();
        return errors;
      },
      { spec: { ...headed, batch }, tensors: start },
    );
    expect(errors).toEqual([
      "tensor bn1.mean [33] is missing",
      "tensor conv1.bias has shape [6] and 6 values, expected [33]",
      "tensor conv3.bias does not belong here",
      "expected samples of 62 values (C·T) each, got 61 values",
      "expected samples of 62 values (C·T) each, got 0 values",
      "batch must be a whole number from 1 to 1000000, got 0",
    ]);
  });
});

describe("inference statistics after training", () => {
  // Four full batches and three curves over.
  const curves = curvesFor(headed, 31);
  const options = { ...defaultTrainingOptions, batch, epochs: 2, initialisation: "glorot", seed: 3 } as const;
  const start = initialise(headed, "glorot", 3);
  const held = curvesFor(headed, 10);
  const request = (batchNormStatistics: "population" | "moving") => ({
    spec: headed,
    batch,
    config: { train: curves, validation: held, options: { ...options, batchNormStatistics } },
  });

  test.for(["population", "moving"] as const)("%s, and the validation with them", async (kind) => {
    const { tensors, result } = await train(request(kind));
    const learnables = exactly(dataOf(tensors));
    const epoch = Array.from(batchOrder(31, options));
    const reference = trainReference(headed, options, start, curves, [...epoch, ...epoch]);
    const statistics =
      kind === "population"
        ? populationStatistics(headed, learnables, Float64Array.from(curves.x), batch)
        : reference.movingStatistics;
    expect([...statistics.keys()]).toEqual(["bn1.mean", "bn1.variance", "bn2.mean", "bn2.variance"]);
    for (const [name, expected] of statistics) {
      // A mean may lie near zero: its error is relative to the deviation.
      const variance = tensorOf(statistics, name.replace("mean", "variance"));
      const scale = name.endsWith("mean") ? Math.sqrt(largest(variance)) : largest(variance);
      expectRelative(name, tensors.get(name)?.data, expected, 1e-5, scale);
    }

    const prediction = inferenceForward(headed, learnables, learnables, Float64Array.from(held.x));
    const { loss } = halfMSE(prediction, Float64Array.from(held.target), headed.loss, {
      batch: 10,
      steps: 31,
    });
    // ½ Σ e² / 10 curves = loss, and Σ e² / 310 points = rmse².
    expect(Math.abs(result.validation.loss / loss - 1)).toBeLessThan(1e-5);
    expect(Math.abs(result.validation.rmse / Math.sqrt((20 * loss) / 310) - 1)).toBeLessThan(1e-5);
  });

  test("a batch normalisation that was never trained starts at mean 0, variance 1", async () => {
    const tensors = await gpu.run(
      async ({ fluxion, device }, spec) => {
        const network = await fluxion.Network.build(device, spec);
        const tensors = await network.readTensors();
        network.dispose();
        return tensors;
      },
      { ...headed, batch },
    );
    expect(tensors.get("bn1.mean")?.data).toEqual(new Float32Array(33));
    expect(tensors.get("bn1.variance")?.data).toEqual(new Float32Array(33).fill(1));
  });
});
