import { describe, expect, it } from "vitest";
import { batchNorm, biLstm, conv1d, dense, dropout, leakyReLU, type NetworkSpec } from "../../src/engine";
import { initialise } from "../../src/engine/training/initialise";
import { defaultTrainingOptions, sgdm } from "../../src/engine/training/options";
import { batchNormForward } from "../../src/reference/batchnorm";
import { globalNorm } from "../../src/reference/clip";
import { conv1dForward } from "../../src/reference/conv1d";
import { halfMSE } from "../../src/reference/halfmse";
import { leakyReLUForward } from "../../src/reference/leakyrelu";
import { tensorOf, trainingForward } from "../../src/reference/network";
import { populationStatistics } from "../../src/reference/statistics";
import { trainReference } from "../../src/reference/training";
import { largest, normals } from "./differences";
import { randomLearnables } from "./learnables";

describe("trainReference", () => {
  const line: NetworkSpec = {
    input: { channels: 1, steps: 1 },
    layers: [dense({ outputs: 1 })],
    loss: "observations",
  };
  const initial = new Map([
    ["fc.weight", [4]],
    ["fc.bias", [1]],
  ]);
  const data = { rows: 2, x: [1, 2], target: [0, 0] };
  const options = {
    ...defaultTrainingOptions,
    solver: sgdm({ momentum: 0.5 }),
    learnRate: 0.25,
    batch: 1,
    epochs: 1,
    l2: 0.5,
  };

  it("decays weights but not biases, then clips, then steps", () => {
    // Row 1: x 2, prediction 9, loss 40.5, dweight 18 + 0.5·4 = 20, dbias 9; clipped to 8: 8 and 8.
    const first = trainReference(line, { ...options, clip: 8 }, initial, data, [1]);
    expect(first.losses[0]).toBe(40.5);
    expect(first.gradientNorms[0]).toBe(Math.hypot(20, 9));
    expect(tensorOf(first.learnables, "fc.weight")[0]).toBe(4 - 0.25 * 8);
    expect(tensorOf(first.learnables, "fc.bias")[0]).toBe(1 - 0.25 * 8);
    // Row 0: x 1, prediction 2 − 1 = 1, loss 0.5, dweight 1 + 0.5·2 = 2, dbias 1: velocities −1.5 and −1.25.
    const second = trainReference(line, { ...options, clip: 8 }, initial, data, [1, 0]);
    expect(second.losses[1]).toBe(0.5);
    expect(tensorOf(second.learnables, "fc.weight")[0]).toBe(2 - 1.5);
    expect(tensorOf(second.learnables, "fc.bias")[0]).toBe(-1 - 1.25);
    expect(initial.get("fc.weight")).toEqual([4]);
  });

  it("takes the learning rate from the schedule over the planned iterations", () => {
    const schedule = { kind: "piecewise", factor: 0.5, period: 1 } as const;
    const run = trainReference(line, { ...options, schedule, clip: 8, epochs: 2 }, initial, data, [1, 0, 0]);
    // Third step, second epoch: prediction 0.5 − 2.25 = −1.75; dweight −1.75 + 0.25 = −1.5.
    expect(tensorOf(run.learnables, "fc.weight")[0]).toBe(0.5 + 0.5 * -1.5 - 0.125 * -1.5);
  });

  it("clips the two directions of a BiLSTM together", () => {
    const network: NetworkSpec = {
      input: { channels: 2, steps: 3 },
      layers: [biLstm({ hidden: 2 })],
      loss: "observations",
    };
    const start = randomLearnables(network);
    const curves = { rows: 2, x: normals(12, 100), target: normals(24, 101) };
    const plain = { ...options, solver: sgdm({ momentum: 0 }), learnRate: 1, l2: 0, clip: 1e-3, batch: 2 };
    const { learnables } = trainReference(network, plain, start, curves, [0, 1]);
    const moved = (name: string) => tensorOf(learnables, name).map((w, i) => w - tensorOf(start, name)[i]);
    for (const name of ["weight_ih", "weight_hh", "bias"]) {
      const pair = [moved(`bilstm1.forward.${name}`), moved(`bilstm1.reverse.${name}`)];
      expect(globalNorm(pair), name).toBeCloseTo(1e-3, 14);
      for (const half of pair) expect(globalNorm([half]), name).toBeGreaterThan(1e-5);
    }
  });

  it("draws a new dropout mask of its seed in every step", () => {
    const network: NetworkSpec = {
      input: { channels: 2, steps: 4 },
      layers: [dropout(0.5), dense({ outputs: 1 })],
      loss: "observations",
    };
    const start = randomLearnables(network);
    const curves = { rows: 2, x: normals(16, 100), target: normals(8, 101) };
    const still = { ...options, learnRate: 0, batch: 2, seed: 7 };
    const { losses } = trainReference(network, still, start, curves, [0, 1, 0, 1, 0, 1]);
    const expected = [0, 1, 2].map((step) => {
      const { prediction } = trainingForward(network, start, curves.x, { seed: 7, step });
      return halfMSE(prediction, curves.target, network.loss, { batch: 2, steps: 4 }).loss;
    });
    expect(Array.from(losses)).toEqual(expected);
    expect(new Set(expected).size).toBe(3);
  });

  it("keeps a moving average of the batch statistics that starts at mean 0, variance 1", () => {
    const network: NetworkSpec = {
      input: { channels: 1, steps: 2 },
      layers: [batchNorm()],
      loss: "observations",
    };
    const start = initialise(network, "glorot", 0);
    const curves = { rows: 2, x: [1, 3, 5, 9], target: [0, 0, 0, 0] };
    const run = trainReference(network, { ...options, batch: 1 }, start, curves, [0, 1]);
    expect(tensorOf(run.movingStatistics, "bn1.mean")[0]).toBeCloseTo(0.9 * 0.2 + 0.7, 14);
    expect(tensorOf(run.movingStatistics, "bn1.variance")[0]).toBeCloseTo(0.9 * 1 + 0.4, 14);
  });
});

describe("populationStatistics", () => {
  const network: NetworkSpec = {
    input: { channels: 2, steps: 5 },
    layers: [
      batchNorm(),
      conv1d({ filters: 3, kernel: 3 }),
      leakyReLU(0.5),
      batchNorm(),
      conv1d({ filters: 1, kernel: 1 }),
    ],
    loss: "observations",
  };
  const rows = 7;
  const x = normals(rows * 2 * 5, 1).map((value) => 1000 + value);
  const learnables = new Map(
    Array.from(initialise(network, "glorot", 0), ([name, values]) => [name, Float64Array.from(values)]),
  );
  const one = Float64Array.of(1, 1);
  const none = Float64Array.of(0, 0);

  it("pools unequal mini-batches to the moments of all the data", () => {
    const pooled = populationStatistics(network, learnables, x, 3);
    const { mean, variance } = batchNormForward(x, one, none, 1e-5, { batch: rows, channels: 2, steps: 5 });
    expect([...pooled.keys()]).toEqual(["bn1.mean", "bn1.variance", "bn2.mean", "bn2.variance"]);
    expect(largest(tensorOf(pooled, "bn1.mean").map((value, c) => value / mean[c] - 1))).toBeLessThan(1e-14);
    expect(largest(tensorOf(pooled, "bn1.variance").map((value, c) => value / variance[c] - 1))).toBeLessThan(
      1e-11,
    );
  });

  it("feeds later layers with mini-batches normalised by their own statistics", () => {
    const pooled = populationStatistics(network, learnables, x, 3);
    const parts = [x.subarray(0, 30), x.subarray(30, 60), x.subarray(60)].map((part) => {
      const batch = part.length / 10;
      const { y } = batchNormForward(part, one, none, 1e-5, { batch, channels: 2, steps: 5 });
      const shape = { batch, inputChannels: 2, outputChannels: 3, kernel: 3, steps: 5 };
      const weight = tensorOf(learnables, "conv1.weight");
      return leakyReLUForward(conv1dForward(y, weight, tensorOf(learnables, "conv1.bias"), shape), 0.5);
    });
    const inputs = Float64Array.from(parts.flatMap((part) => Array.from(part)));
    const ones = Float64Array.of(1, 1, 1);
    const whole = batchNormForward(inputs, ones, ones, 1e-5, { batch: rows, channels: 3, steps: 5 });
    const meanError = tensorOf(pooled, "bn2.mean").map((value, c) => value - whole.mean[c]);
    const varianceError = tensorOf(pooled, "bn2.variance").map((value, c) => value - whole.variance[c]);
    expect(largest(meanError)).toBeLessThan(1e-12);
    expect(largest(varianceError)).toBeLessThan(1e-12);
  });

  it("drops nothing", () => {
    const network: NetworkSpec = {
      input: { channels: 2, steps: 5 },
      layers: [dropout(0.5), batchNorm(), dropout(0.3), conv1d({ filters: 3, kernel: 3 }), batchNorm()],
      loss: "observations",
    };
    const without: NetworkSpec = {
      ...network,
      layers: network.layers.filter(({ kind }) => kind !== "dropout"),
    };
    const values = normals(4 * 2 * 5, 1);
    const weights = randomLearnables(network);
    expect(populationStatistics(network, weights, values, 2)).toEqual(
      populationStatistics(without, weights, values, 2),
    );
  });
});
