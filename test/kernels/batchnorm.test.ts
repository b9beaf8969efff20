import { test } from "vitest";
import { batchNorm } from "../../src/nn/spec";
import { batchNormBackward, batchNormForward } from "../../src/reference/batchnorm";
import { type AdapterKind, kernelsFor } from "./adapter";
import { expectSums, expectWithin, sumError, unit } from "./bounds";
import { magnitudes, runLayer, singles } from "./layer";

interface Case {
  readonly batch: number;
  readonly channels: number;
  readonly steps: number;
  /** Mean of each channel's x: these numbers in turn. */
  readonly means: readonly number[];
  /** Standard deviation of each channel's x: these numbers in turn. */
  readonly deviations: readonly number[];
  readonly kind: AdapterKind;
}

const cases: readonly Case[] = [
  { batch: 1, channels: 1, steps: 1, means: [3], deviations: [1], kind: "software" },
  { batch: 1, channels: 3, steps: 3, means: [0], deviations: [1], kind: "software" },
  { batch: 31, channels: 33, steps: 33, means: [0, 5], deviations: [1, 0.01], kind: "software" },
  { batch: 33, channels: 31, steps: 31, means: [1000, -1000, 1e4], deviations: [1], kind: "software" },
  { batch: 129, channels: 3, steps: 127, means: [-1e4, 1000, 0], deviations: [1], kind: "software" },
  { batch: 3, channels: 127, steps: 33, means: [0, 1000, -7.7], deviations: [0, 1], kind: "software" },
  { batch: 67, channels: 5, steps: 129, means: [1000, -1e4, 0.1], deviations: [1, 0, 3], kind: "hardware" },
];

const epsilon = 1e-5;

test.for(cases)(
  "(B $batch, C $channels, T $steps), means $means, deviations $deviations, $kind",
  async (sizes) => {
    const { batch, channels, steps, kind } = sizes;
    const shape = { batch, channels, steps };
    const channelOf = (i: number) => Math.floor(i / steps) % channels;
    const x = singles(batch * channels * steps, 1).map((value, i) => {
      const c = channelOf(i);
      return sizes.means[c % sizes.means.length] + sizes.deviations[c % sizes.deviations.length] * value;
    });
    const dy = singles(x.length, 2).map((value) => value + 0.5);
    // Scales of both signs.
    const scale = singles(channels, 3);
    const offset = singles(channels, 4);

    const got = await runLayer(
      batchNorm({ epsilon }),
      {
        shape: [batch, channels, steps],
        x,
        dy,
        learnables: new Map([
          ["scale", scale],
          ["offset", offset],
        ]),
      },
      kernelsFor(kind),
    );

    const [x64, dy64, scale64] = [x, dy, scale].map((values) => Float64Array.from(values));
    const { y, mean, variance } = batchNormForward(x64, scale64, Float64Array.from(offset), epsilon, shape);
    const back = batchNormBackward(dy64, x64, scale64, mean, variance, epsilon, shape);

    // The mean that is subtracted first is a float32 sum, off by `lost`; what is then summed are deviations from that,
    // so every later error is relative to `spread`, and a channel's distance from zero does not matter any more.
    const n = batch * steps;
    const relative = sumError(n);
    const spread = mean.map((value, c) => Math.sqrt(variance[c]) + relative * Math.abs(value));
    const inverse = variance.map((value) => 1 / Math.sqrt(value + epsilon));
    const normalised = x64.map((value, i) => (value - mean[channelOf(i)]) * inverse[channelOf(i)]);
    // Relative to `relative`: the mean's error moves x̂ by `spread`, the variance's stretches it.
    const normalisedError = (i: number) =>
      Math.abs(normalised[i]) + spread[channelOf(i)] * inverse[channelOf(i)];
    expectWithin("mean", got.get("mean"), mean, (c) => unit * Math.abs(mean[c]) + relative * spread[c]);
    expectWithin("variance", got.get("variance"), variance, (c) => relative * spread[c] ** 2);
    expectWithin("y", got.get("y"), y, (i) => {
      const c = channelOf(i);
      return (
        relative * Math.abs(scale[c]) * normalisedError(i) + 2 * unit * (Math.abs(y[i]) + Math.abs(offset[c]))
      );
    });

    const dyMagnitudes = new Float64Array(channels);
    const productMagnitudes = new Float64Array(channels);
    for (let i = 0; i < dy.length; i++) {
      dyMagnitudes[channelOf(i)] += Math.abs(dy[i]);
      productMagnitudes[channelOf(i)] += Math.abs(dy[i]) * (Math.abs(normalised[i]) + normalisedError(i));
    }
    expectSums("doffset", got.get("doffset"), back.doffset, { terms: n, magnitudes: dyMagnitudes });
    expectSums("dscale", got.get("dscale"), back.dscale, { terms: n, magnitudes: productMagnitudes });
    const ady = magnitudes(dy);
    expectWithin("dx", got.get("dx"), back.dx, (i) => {
      const c = channelOf(i);
      const meanProduct = productMagnitudes[c] / n;
      const terms =
        ady[i] + (2 * dyMagnitudes[c]) / n + (Math.abs(normalised[i]) + normalisedError(i)) * meanProduct;
      return relative * Math.abs(scale[c]) * inverse[c] * terms;
    });
  },
);
