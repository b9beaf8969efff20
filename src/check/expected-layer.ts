/** What the float64 reference expects of one layer, forward and backward, with the error that float32 may make. */

import type { Tolerance } from "../engine/layers/kind";
import { kindOf, type LayerSpec } from "../engine/layers/registry";
import { type NetworkSpec, resolveLayers } from "../engine/network/spec";
import { tensorOf, trainingBackward, trainingForward } from "../reference/network";
import { type Expectation, sumError, unit, withinRelative, withinSums } from "./bounds";
import { layerNormalisation } from "./expected-layernorm";
import type { LayerValues } from "./values";

type Reference = ReadonlyMap<string, Float64Array>;

/**
 * y, dx, d<learnable> for each, and mean and variance of a batch normalisation, by the names of `layerGradients`. Dropout
 * draws by seed 0 in the first iteration.
 */
export function layerReference(spec: LayerSpec, values: LayerValues): Map<string, Float64Array> {
  return computed(spec, values, (data) => Float64Array.from(data));
}

function computed(
  spec: LayerSpec,
  { x, dy, lengths, learnables }: LayerValues,
  exact: (data: Float32Array) => Float64Array,
): Map<string, Float64Array> {
  const [, channels, steps] = x.shape;
  const network: NetworkSpec = { input: { channels, steps }, layers: [spec], loss: "observations" };
  const [{ name }] = resolveLayers(network);
  const own = (tensor: string) => tensor.slice(name.length + 1);
  const named = new Map(Array.from(learnables, ([key, data]) => [`${name}.${key}`, exact(data)]));
  const pass = trainingForward(network, named, exact(x.data), { seed: 0, step: 0 }, lengths);
  const { dx, gradients } = trainingBackward(network, named, pass, exact(dy));
  return new Map([
    ["y", pass.prediction],
    ["dx", dx],
    ...Array.from(gradients, ([key, gradient]) => [`d${own(key)}`, gradient] as const),
    ...Array.from(pass.statistics, ([key, statistic]) => [own(key), statistic] as const),
  ]);
}

/**
 * What `layerGradients` should return.
 * @param tolerance other than that of the layer
 */
export function expectedOfLayer(
  spec: LayerSpec,
  values: LayerValues,
  tolerance: Tolerance = kindOf(spec).tolerance(spec),
): Expectation[] {
  const reference = layerReference(spec, values);
  switch (tolerance.kind) {
    case "products":
      return products(spec, tolerance.kernel, values, reference);
    case "normalisation":
      return tolerance.over === "batch"
        ? normalisation(tolerance.epsilon, values, reference)
        : layerNormalisation(tolerance.epsilon, values, reference);
    case "rounding":
      // One rounding of the slope or the scale, one of the product.
      return Array.from(reference, ([tensor, expected]) => ({
        tensor,
        expected,
        allowed: (i) => 2 * unit * Math.abs(expected[i]),
      }));
    case "relative":
      return Array.from(reference, ([tensor, expected]) =>
        withinRelative(tensor, expected, tolerance[tensor === "y" ? "y" : "gradient"]),
      );
    default:
      throw new RangeError(`unknown tolerance ${JSON.stringify(tolerance satisfies never)}`);
  }
}

/** Every number is a sum of products. */
function products(spec: LayerSpec, kernel: number, values: LayerValues, reference: Reference): Expectation[] {
  const [batch, channels, steps] = values.x.shape;
  const output = kindOf(spec).output(spec, { channels, steps });
  const magnitudes = computed(spec, values, (data) => Float64Array.from(data, Math.abs));
  const terms = (tensor: string): number => {
    if (tensor === "y") return channels * kernel + 1;
    return tensor === "dx" ? output.channels * kernel : batch * output.steps;
  };
  return Array.from(reference, ([tensor, expected]) =>
    withinSums(tensor, expected, terms(tensor), tensorOf(magnitudes, tensor)),
  );
}

/**
 * The mean that is subtracted first is a float32 sum, off by a part of `spread`; what is then summed are deviations from
 * that, so every later error is relative to `spread`, and a channel's distance from zero does not matter any more.
 */
function normalisation(epsilon: number, values: LayerValues, reference: Reference): Expectation[] {
  const { x, dy, learnables } = values;
  const [batch, channels, steps] = x.shape;
  const n = batch * steps;
  const relative = sumError(n);
  const channelOf = (i: number) => Math.floor(i / steps) % channels;
  const [mean, variance, y, dx] = ["mean", "variance", "y", "dx"].map((name) => tensorOf(reference, name));
  const scale = learnables.get("scale") ?? new Float32Array(channels);
  const offset = learnables.get("offset") ?? new Float32Array(channels);
  const spread = mean.map((value, c) => Math.sqrt(variance[c]) + relative * Math.abs(value));
  const inverse = variance.map((value) => 1 / Math.sqrt(value + epsilon));
  // |x̂| and its error relative to `relative`: the mean's moves it by `spread`, the variance's stretches it.
  const normalised = Float64Array.from(x.data, (value, i) =>
    Math.abs((value - mean[channelOf(i)]) * inverse[channelOf(i)]),
  );
  const normalisedError = normalised.map((value, i) => value + spread[channelOf(i)] * inverse[channelOf(i)]);
  const dyMagnitudes = new Float64Array(channels);
  const productMagnitudes = new Float64Array(channels);
  for (let i = 0; i < dy.length; i++) {
    dyMagnitudes[channelOf(i)] += Math.abs(dy[i]);
    productMagnitudes[channelOf(i)] += Math.abs(dy[i]) * (normalised[i] + normalisedError[i]);
  }
  return [
    {
      tensor: "mean",
      expected: mean,
      allowed: (c) => unit * Math.abs(mean[c]) + relative * spread[c],
    },
    { tensor: "variance", expected: variance, allowed: (c) => relative * spread[c] ** 2 },
    {
      tensor: "y",
      expected: y,
      allowed(i) {
        const c = channelOf(i);
        return (
          relative * Math.abs(scale[c]) * normalisedError[i] +
          2 * unit * (Math.abs(y[i]) + Math.abs(offset[c]))
        );
      },
    },
    withinSums("doffset", tensorOf(reference, "doffset"), n, dyMagnitudes),
    withinSums("dscale", tensorOf(reference, "dscale"), n, productMagnitudes),
    {
      tensor: "dx",
      expected: dx,
      allowed(i) {
        const c = channelOf(i);
        const terms =
          Math.abs(dy[i]) +
          (2 * dyMagnitudes[c]) / n +
          ((normalised[i] + normalisedError[i]) * productMagnitudes[c]) / n;
        return relative * Math.abs(scale[c]) * inverse[c] * terms;
      },
    },
  ];
}
