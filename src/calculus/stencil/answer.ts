/** What the answers to a stencil question say: the mean stencil, its spread over the curves, and how linear the network is. */
import { type Spread, spreadOf } from "../scores";
import type { StencilQuestion } from "./question";
import { type Stencil, stencilOf } from "./stencil";

/** The moments of the single curves' stencils, each over the curves. */
type StencilMoments = Readonly<
  Record<"sum" | "firstMoment" | "secondMoment" | "oddShare" | "support", Spread>
>;

/** With w the weights of a curve and w̄ their mean over the curves. A network that is linear in the samples has w = w̄. */
export interface NetworkStencil {
  /** That of w̄. */
  readonly mean: Stencil;
  /** Standard deviation of every weight over the curves (T). */
  readonly deviations: Float64Array<ArrayBuffer>;
  /** √(Σ deviation² / Σ w̄²): 0 of a linear network. */
  readonly variation: number;
  readonly moments: StencilMoments;
  /** N(f)_t. */
  readonly answer: Spread;
  /** N(f)_t − Σ w_s f_s: what the network answers to this curve beside its stencil's answer. */
  readonly rest: Spread;
  /** N(f)_t − Σ w̄_s f_s: the same beside one stencil for all curves. Its deviation is 0 of a linear network. */
  readonly restOfMean: Spread;
}

/**
 * @param prediction (N, 1, T) on the question's x
 * @param inputGradient (N, 2, T): the Jacobian's rows at the question's place
 * @throws RangeError when they are not of the question's curves
 */
export function networkStencil(
  question: StencilQuestion,
  prediction: ArrayLike<number>,
  inputGradient: Float32Array,
): NetworkStencil {
  const { rows, grid, place, x } = question;
  const samples = grid.length;
  if (prediction.length !== rows * samples)
    throw new RangeError(`${rows * samples} predictions expected, got ${prediction.length}`);
  if (inputGradient.length !== x.length)
    throw new RangeError(`${x.length} gradients expected, got ${inputGradient.length}`);
  const curves = Array.from({ length: rows }, (_, row) => {
    const ofSamples = [(2 * row + 1) * samples, 2 * (row + 1) * samples] as const;
    return {
      f: x.subarray(...ofSamples),
      answer: prediction[row * samples + place],
      stencil: stencilOf(inputGradient.subarray(...ofSamples), grid, place),
    };
  });

  const perWeight = Array.from(grid, (_, s) => spreadOf(curves.map(({ stencil }) => stencil.weights[s])));
  const mean = stencilOf(
    perWeight.map((weight) => weight.mean),
    grid,
    place,
  );
  const deviations = Float64Array.from(perWeight, ({ deviation }) => deviation);
  const over = (value: (curve: (typeof curves)[number]) => number): Spread => spreadOf(curves.map(value));
  return {
    mean,
    deviations,
    variation: Math.sqrt(dot(deviations, deviations) / dot(mean.weights, mean.weights)),
    moments: {
      sum: over(({ stencil }) => stencil.sum),
      firstMoment: over(({ stencil }) => stencil.firstMoment),
      secondMoment: over(({ stencil }) => stencil.secondMoment),
      oddShare: over(({ stencil }) => stencil.oddShare),
      support: over(({ stencil }) => stencil.support),
    },
    answer: over(({ answer }) => answer),
    rest: over(({ answer, stencil, f }) => answer - dot(stencil.weights, f)),
    restOfMean: over(({ answer, f }) => answer - dot(mean.weights, f)),
  };
}

const dot = (a: Float64Array, b: ArrayLike<number>): number =>
  a.reduce((sum, value, i) => sum + value * b[i], 0);
