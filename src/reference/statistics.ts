/**
 * Inference statistics in float64: mean and variance of every channel for each layer that has any, as batch normalisations
 * do (`bn1.mean`, `bn1.variance` …).
 */
import { kindOf } from "../engine/layers/registry";
import { type NetworkSpec, resolveLayers } from "../engine/network/spec";
import { type Tensors, tensorOf, trainingForward } from "./network";

/** Share of the newest batch in the moving average (PyTorch's momentum, MATLAB's MeanDecay). */
const movingDecay = 0.1;

/** Mean 0 and variance 1: where a moving average starts. */
export function initialStatistics(network: NetworkSpec): Map<string, Float64Array> {
  return new Map(
    withStatistics(network).flatMap(({ name, output: { channels } }): [string, Float64Array][] => [
      [`${name}.mean`, new Float64Array(channels)],
      [`${name}.variance`, new Float64Array(channels).fill(1)],
    ]),
  );
}

/** One step of the moving average: s ← 0.9·s + 0.1·batch, in place; the batch's variance is the biased one. */
export function updateMovingStatistics(moving: Tensors, batch: Tensors): void {
  for (const [name, average] of moving) {
    const newest = tensorOf(batch, name);
    for (let c = 0; c < average.length; c++) average[c] += movingDecay * (newest[c] - average[c]);
  }
}

/**
 * MATLAB R2018b's way: one pass over the whole training set, x (rows, C, T), with the final learnables in
 * training mode but without dropout, in mini-batches of `batch` rows (the last may be shorter), then pooled over
 * mini-batches.
 */
export function populationStatistics(
  network: NetworkSpec,
  learnables: Tensors,
  x: Float64Array,
  batch: number,
  lengths?: ArrayLike<number>,
): Map<string, Float64Array> {
  const { channels, steps } = network.input;
  const sample = channels * steps;
  const parts: { count: number; statistics: Tensors }[] = [];
  for (let start = 0; start < x.length; start += batch * sample) {
    const part = x.subarray(start, start + batch * sample);
    const own = lengths && Array.from(lengths).slice(start / sample, start / sample + batch);
    parts.push({
      count: own ? own.reduce((sum, length) => sum + length, 0) : part.length / channels,
      statistics: trainingForward(network, learnables, part, undefined, own).statistics,
    });
  }
  return new Map(
    withStatistics(network).flatMap(({ name }): [string, Float64Array][] => {
      const { mean, variance } = parts
        .map(({ count, statistics }) => ({
          count,
          mean: tensorOf(statistics, `${name}.mean`),
          variance: tensorOf(statistics, `${name}.variance`),
        }))
        .reduce(poolMoments);
      return [
        [`${name}.mean`, mean],
        [`${name}.variance`, variance],
      ];
    }),
  );
}

interface Moments {
  readonly count: number;
  readonly mean: Float64Array;
  /** Biased. */
  readonly variance: Float64Array;
}

/**
 * Moments of two samples together (Chan, Golub, LeVeque 1979): with δ = mean_b − mean_a and n = n_a + n_b,
 *   mean = mean_a + δ·n_b/n,   n·variance = n_a·variance_a + n_b·variance_b + δ²·n_a·n_b/n.
 */
function poolMoments(a: Moments, b: Moments): Moments {
  const count = a.count + b.count;
  const share = b.count / count;
  return {
    count,
    mean: a.mean.map((mean, c) => mean + share * (b.mean[c] - mean)),
    variance: a.variance.map(
      (variance, c) =>
        (1 - share) * variance + share * b.variance[c] + share * (1 - share) * (b.mean[c] - a.mean[c]) ** 2,
    ),
  };
}

const withStatistics = (network: NetworkSpec) =>
  resolveLayers(network).filter(({ spec }) => kindOf(spec).statistics !== undefined);
