import { describe, expect, it } from "vitest";
import { batchNormBackward, batchNormForward, batchNormInference } from "../../src/reference/batchnorm";
import { conv1dBackward, conv1dForward } from "../../src/reference/conv1d";
import { halfMSE } from "../../src/reference/halfmse";
import { layerNormBackward, layerNormForward } from "../../src/reference/layernorm";
import { leakyReLUBackward, leakyReLUForward } from "../../src/reference/leakyrelu";
import {
  averagePoolBackward,
  averagePoolForward,
  lastStepBackward,
  lastStepForward,
  maxPoolBackward,
  maxPoolForward,
} from "../../src/reference/pool";
import { reluBackward, reluForward } from "../../src/reference/relu";
import { sigmoidBackward, sigmoidForward } from "../../src/reference/sigmoid";
import { tanhBackward, tanhForward } from "../../src/reference/tanh";
import { dot, expectGradient, normals } from "./differences";

describe("conv1d", () => {
  const cases = [1, 2, 3, 4, 5, 7].flatMap((kernel) => [1, 3, 8].map((steps) => ({ kernel, steps })));
  it.each(cases)("gradients agree with differences: kernel $kernel, T $steps", ({ kernel, steps }) => {
    const shape = { batch: 2, inputChannels: 3, outputChannels: 5, kernel, steps };
    const x = normals(2 * 3 * steps, 1);
    const weight = normals(5 * 3 * kernel, 2);
    const bias = normals(5, 3);
    const dy = normals(2 * 5 * steps, 4);
    const loss = () => dot(dy, conv1dForward(x, weight, bias, shape));
    const { dx, dweight, dbias } = conv1dBackward(dy, x, weight, shape);
    expectGradient("dx", dx, x, loss);
    expectGradient("dweight", dweight, weight, loss);
    expectGradient("dbias", dbias, bias, loss);
  });

  it("pads an even kernel with one zero less on the left", () => {
    const shape = { batch: 1, inputChannels: 1, outputChannels: 1, kernel: 4, steps: 3 };
    const y = conv1dForward(
      Float64Array.of(1, 2, 3),
      Float64Array.of(1, 10, 100, 1000),
      Float64Array.of(0.5),
      shape,
    );
    // Windows of 0 1 2 3 0 0.
    expect(Array.from(y)).toEqual([3210.5, 321.5, 32.5]);
  });
});

describe("batchnorm", () => {
  it.each([
    { batch: 3, channels: 5, steps: 7 },
    { batch: 4, channels: 2, steps: 1 },
    { batch: 1, channels: 3, steps: 3 },
  ])("gradients agree with differences: $batch × $channels × $steps", (shape) => {
    const { batch, channels, steps } = shape;
    const x = normals(batch * channels * steps, 1);
    const scale = normals(channels, 2);
    const offset = normals(channels, 3);
    const dy = normals(x.length, 4);
    const epsilon = 1e-2;
    const loss = () => dot(dy, batchNormForward(x, scale, offset, epsilon, shape).y);
    const { mean, variance } = batchNormForward(x, scale, offset, epsilon, shape);
    const { dx, dscale, doffset } = batchNormBackward(dy, x, scale, mean, variance, epsilon, shape);
    expectGradient("dx", dx, x, loss);
    expectGradient("dscale", dscale, scale, loss);
    expectGradient("doffset", doffset, offset, loss);
  });

  it("normalises by the biased variance of batch and time, or by given statistics", () => {
    const shape = { batch: 2, channels: 1, steps: 2 };
    const x = Float64Array.of(1, 3, 5, 7);
    const one = Float64Array.of(1);
    const { y, mean, variance } = batchNormForward(x, one, one, 11, shape);
    expect([mean[0], variance[0]]).toEqual([4, 5]);
    expect(Array.from(y)).toEqual([0.25, 0.75, 1.25, 1.75]);
    const inferred = batchNormInference(x, Float64Array.of(2), one, one, Float64Array.of(5), 11, shape);
    expect(Array.from(inferred)).toEqual([1, 2, 3, 4]);
  });
});

describe("layernorm", () => {
  it.each([
    { batch: 3, channels: 5, steps: 7 },
    { batch: 2, channels: 33, steps: 1 },
    { batch: 1, channels: 2, steps: 3 },
  ])("gradients agree with differences: $batch × $channels × $steps", (shape) => {
    const { batch, channels, steps } = shape;
    const x = normals(batch * channels * steps, 1);
    const scale = normals(channels, 2);
    const offset = normals(channels, 3);
    const dy = normals(x.length, 4);
    const epsilon = 1e-2;
    const loss = () => dot(dy, layerNormForward(x, scale, offset, epsilon, shape));
    const { dx, dscale, doffset } = layerNormBackward(dy, x, scale, epsilon, shape);
    expectGradient("dx", dx, x, loss);
    expectGradient("dscale", dscale, scale, loss);
    expectGradient("doffset", doffset, offset, loss);
  });

  it("normalises by the biased variance of the channels of a step", () => {
    const shape = { batch: 1, channels: 2, steps: 2 };
    const x = Float64Array.of(1, 10, 5, 4);
    const y = layerNormForward(x, Float64Array.of(1, 2), Float64Array.of(0, 1), 5, shape);
    // Means 3 and 7, variances 4 and 9.
    expect(Array.from(y)).toEqual([-2 / 3, 3 / Math.sqrt(14), 1 + 4 / 3, 1 - 6 / Math.sqrt(14)]);
  });
});

describe("leaky ReLU", () => {
  it("gradient agrees with differences", () => {
    const x = normals(31, 1);
    const dy = normals(31, 2);
    const loss = () => dot(dy, leakyReLUForward(x, 0.3));
    expectGradient("dx", leakyReLUBackward(dy, x, 0.3), x, loss);
  });

  it("has derivative 1 at 0", () => {
    const dx = leakyReLUBackward(Float64Array.of(1, 1, 1), Float64Array.of(-2, 0, 2), 0.5);
    expect(Array.from(dx)).toEqual([0.5, 1, 1]);
  });
});

describe("tanh", () => {
  it("gradient agrees with differences", () => {
    const x = normals(60, 1);
    const dy = normals(60, 2);
    expectGradient("dx", tanhBackward(dy, x), x, () => dot(dy, tanhForward(x)));
  });
});

describe("pools", () => {
  const cases = [1, 2, 5].flatMap((size) =>
    [1, 2, 3, 5].map((stride) => ({ rows: 6, steps: 11, size, stride })),
  );
  it.each(cases)("gradients agree with differences: size $size, stride $stride", (shape) => {
    const x = normals(66, 1);
    const dy = normals(6 * (Math.floor((11 - shape.size) / shape.stride) + 1), 2);
    const max = () => dot(dy, maxPoolForward(x, shape));
    expectGradient("dx of the largest", maxPoolBackward(dy, x, shape), x, max);
    const average = () => dot(dy, averagePoolForward(x, shape));
    expectGradient("dx of the mean", averagePoolBackward(dy, shape), x, average);
  });

  it.each([1, 2, 11])("gradient of the last step agrees with differences: T %i", (steps) => {
    const x = normals(6 * steps, 1);
    const dy = normals(6, 2);
    expectGradient("dx", lastStepBackward(dy, steps), x, () => dot(dy, lastStepForward(x, steps)));
  });

  it("takes the first of equals, and a NaN before all", () => {
    const shape = { rows: 1, steps: 5, size: 3, stride: 2 };
    const x = Float64Array.of(1, 2, 2, Number.NaN, 3);
    expect(Array.from(maxPoolForward(x, shape))).toEqual([2, Number.NaN]);
    expect(Array.from(maxPoolBackward(Float64Array.of(1, 10), x, shape))).toEqual([0, 1, 0, 10, 0]);
  });
});

describe("ReLU", () => {
  it("gradient agrees with differences", () => {
    const x = normals(60, 1);
    const dy = normals(60, 2);
    expectGradient("dx", reluBackward(dy, x), x, () => dot(dy, reluForward(x)));
  });

  it("has derivative 0 at 0", () => {
    expect(Array.from(reluBackward(Float64Array.of(1, 1, 1), Float64Array.of(-2, 0, 2)))).toEqual([0, 0, 1]);
  });
});

describe("sigmoid", () => {
  it("gradient agrees with differences", () => {
    const x = normals(60, 1);
    const dy = normals(60, 2);
    expectGradient("dx", sigmoidBackward(dy, x), x, () => dot(dy, sigmoidForward(x)));
  });
});

describe("half mean squared error", () => {
  const shape = { batch: 3, steps: 5 };
  it.each(["observations", "observations-and-steps"] as const)(
    "gradient agrees with differences: %s",
    (normalisation) => {
      const prediction = normals(3 * 2 * 5, 1);
      const target = normals(3 * 2 * 5, 2);
      const { dprediction } = halfMSE(prediction, target, normalisation, shape);
      const loss = () => halfMSE(prediction, target, normalisation, shape).loss;
      expectGradient("dprediction", dprediction, prediction, loss);
    },
  );

  it("divides by curves, or by curves and time steps", () => {
    const prediction = new Float64Array(15).fill(3);
    const target = new Float64Array(15).fill(1);
    expect(halfMSE(prediction, target, "observations", shape).loss).toBe(10);
    expect(halfMSE(prediction, target, "observations-and-steps", shape).loss).toBe(2);
  });
});
