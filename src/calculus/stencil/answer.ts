/** What the answers to a stencil question say: the mean stencil of a network, and how much stencils differ between curves. */
import { spreadOf } from "../scores";
import type { StencilQuestion } from "./question";
import { type Stencil, stencilOf } from "./stencil";

/** The weights with which a predictor's answer at one point takes the samples about it. */
export interface StencilAnswer {
  /** Over the curves asked about. */
  readonly mean: Stencil;
  /**
   * √(Σ deviation² / Σ mean²) of the weights, deviations being those over the curves: how much weights differ from curve
   * to curve, over their size. 0 of a predictor that is linear in the samples; NaN where all weights are 0.
   */
  readonly variation: number;
}

/**
 * @param inputGradient (N, 2, T): the Jacobian's rows at the question's place
 * @throws RangeError when it is not of the question's curves
 */
export function networkStencil(
  { rows, grid, place, x }: StencilQuestion,
  inputGradient: Float32Array,
): StencilAnswer {
  if (inputGradient.length !== x.length)
    throw new RangeError(`${x.length} gradients expected, got ${inputGradient.length}`);
  const samples = grid.length;
  const weights = Array.from(grid, (_, s) =>
    spreadOf(Array.from({ length: rows }, (_, row) => inputGradient[(2 * row + 1) * samples + s])),
  );
  const means = weights.map(({ mean }) => mean);
  const sumOfSquares = (values: readonly number[]) => values.reduce((sum, value) => sum + value * value, 0);
  return {
    mean: stencilOf(means, grid, place),
    variation: Math.sqrt(sumOfSquares(weights.map(({ deviation }) => deviation)) / sumOfSquares(means)),
  };
}
