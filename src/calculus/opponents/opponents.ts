/** The classical opponents of the networks: each answers a sampled curve with its derivative, and nobody trained them. */
import { defaultCurveOptions } from "../curves";
import { naiveDifferences, secondOrderDifferences } from "./differences";
import { localLeastSquares } from "./least-squares";
import { matchKnown } from "./matcher";
import { requireSamples } from "./samples";
import { smoothingSpline } from "./smoothing-spline";

export interface Opponent {
  readonly name: string;
  readonly description: string;
  /**
   * The derivative (T) of samples f (T) on a sorted grid x (T). Points may coincide.
   * Throws RangeError on unequal lengths and on a grid that is not sorted.
   */
  readonly derivative: (x: ArrayLike<number>, f: ArrayLike<number>) => Float64Array<ArrayBuffer>;
}

/**
 * @param noise standard deviation of the noise on the samples. The spline alone is told of it.
 * @throws RangeError when asked, if it is no standard deviation
 */
export const classicalOpponents = (noise = defaultCurveOptions.noise): readonly Opponent[] => [
  {
    name: "zero",
    description: "predicts 0 everywhere",
    derivative: (x, f) => {
      requireSamples(x, f);
      return new Float64Array(x.length);
    },
  },
  {
    name: "second-order differences",
    description: "the slope of the parabola through each sample and its neighbours",
    derivative: secondOrderDifferences,
  },
  {
    name: "naive differences",
    description: "the slope between the neighbours of each sample",
    derivative: naiveDifferences,
  },
  {
    name: "local least squares",
    description:
      "the slope of the cubic fitted to 13 neighbouring samples, the receptive field of Moler's CNN",
    derivative: (x, f) => localLeastSquares(x, f),
  },
  {
    name: "smoothing spline",
    description: "the slope of the quintic smoothing spline that is likeliest for the known noise",
    derivative: (x, f) => smoothingSpline(x, f, { noise }),
  },
  {
    name: "matcher",
    description:
      "finds the nearest of the twelve known curves ±x to ±cos πx, and answers with its derivative",
    derivative: matchKnown,
  },
];

/** Its answers (N, 1, T) to curves x (N, 2, T): the grid, and f(grid). */
export function answerCurves(
  { derivative }: Opponent,
  x: Float32Array,
  samples: number,
): Float64Array<ArrayBuffer> {
  const answers = new Float64Array(x.length / 2);
  for (let start = 0; start < answers.length; start += samples) {
    const [grid, f] = [0, samples].map((from) => x.subarray(2 * start + from, 2 * start + from + samples));
    answers.set(derivative(grid, f), start);
  }
  return answers;
}
