/** A curve as networks are asked about it: sampled on a random grid with noise, as the training data are. */
import { randomGrid } from "../../../calculus";
import { randomStream } from "../../../engine/random";
import type { Curve } from "./curve";

/** No training has so many repetitions: these grids are in no training set. */
export const repetition = 2 ** 32 - 1;

interface Sampling {
  /** Points (T). */
  readonly samples: number;
  /** Standard deviation of the Gaussian noise. */
  readonly noise: number;
  /** Which grid: the seed of the points and of the noise. */
  readonly grid: number;
}

/** T samples of a curve. */
export interface Sampled {
  readonly samples: number;
  /** (1, 2, T): the sorted grid, and f(grid) + noise. */
  readonly x: Float32Array<ArrayBuffer>;
  /** (T): f′(grid). */
  readonly truth: Float64Array<ArrayBuffer>;
}

export function sampleCurve({ f, derivative }: Curve, { samples, noise, grid: seed }: Sampling): Sampled {
  const grid = randomGrid(samples, seed, repetition);
  const noises = randomStream(seed, "noise", repetition);
  const x = new Float32Array(2 * samples);
  x.set(grid);
  x.set(
    grid.map((at) => f(at) + noise * noises.normal()),
    samples,
  );
  return { samples, x, truth: Float64Array.from(grid, derivative) };
}

export const gridOf = ({ x, samples }: Sampled): Float32Array<ArrayBuffer> => x.subarray(0, samples);
export const valuesOf = ({ x, samples }: Sampled): Float32Array<ArrayBuffer> => x.subarray(samples);
