/** Who answers the curves of a cell. */
import { calculusFunctions } from "../functions";
import { matcherOf } from "../opponents/matcher";
import { answerCurves, classicalOpponents, type Opponent } from "../opponents/opponents";
import { requireSamples } from "../opponents/samples";
import type { StencilAnswer } from "../stencil/answer";
import type { StencilQuestion } from "../stencil/question";
import { linearStencil } from "../stencil/stencil";
import type { Condition } from "./condition";
import { inverseOf } from "./data";

/** N curves of T points. */
export interface Asked {
  readonly samples: number;
  /** (N, 2, T): the grid, and the values there. */
  readonly x: Float32Array<ArrayBuffer>;
  /** (N, 1, T): what a training would be shown as the answer. */
  readonly target: Float32Array<ArrayBuffer>;
}

export interface Predictor {
  readonly name: string;
  /** (N, 1, T) */
  readonly answer: (asked: Asked) => Promise<ArrayLike<number>>;
  /** Absent where its answer has no gradient. */
  readonly stencil?: (question: StencilQuestion) => Promise<StencilAnswer>;
}

/**
 * The exact answer in the noise of training, which is what a training is shown. Who knows the function, or takes the mean of
 * much noise, may be below it: it is compared with the answer without noise.
 */
export const noiseFloorName = "noise floor";
export const zeroName = "zero";

/**
 * The trapezoid rule from −1 on: the integral (T) of samples (T) on a sorted grid x (T). Before the first point the
 * samples are taken to be as there. Throws RangeError on unequal lengths and on a grid that is not sorted.
 */
export function integrate(x: ArrayLike<number>, slopes: ArrayLike<number>): Float64Array<ArrayBuffer> {
  requireSamples(x, slopes);
  const integral = new Float64Array(x.length);
  for (let t = 0; t < x.length; t++)
    integral[t] =
      t === 0
        ? (x[0] + 1) * slopes[0]
        : integral[t - 1] + ((x[t] - x[t - 1]) * (slopes[t - 1] + slopes[t])) / 2;
  return integral;
}

/** The classical opponents where the inverse is sought: f(x) − f(−1) of samples of f′ takes the place of the derivative. */
export const integralOpponents: readonly Opponent[] = [
  ...classicalOpponents().filter(({ name }) => name === "zero"),
  {
    name: "trapezoid rule",
    description: "adds up trapezoids from −1 on",
    derivative: integrate,
  },
  {
    name: "matcher",
    description: "finds the nearest of the twelve known derivatives, and answers with its integral",
    derivative: matcherOf(calculusFunctions.map(inverseOf)),
  },
];

/** Those whose answers are sums of samples with weights that depend on the grid alone. */
const linearOpponents = [zeroName, "second-order differences", "naive differences", "local least squares"];

/** All that a cell of the classical opponents asks, none of whom is a network. */
export const classicalPredictors = ({ inverse }: Condition, noise: number): Predictor[] => [
  { name: noiseFloorName, answer: async ({ target }) => target },
  ...(inverse ? integralOpponents : classicalOpponents(noise)).map((opponent) => ({
    name: opponent.name,
    answer: async ({ x, samples }: Asked) => answerCurves(opponent, x, samples),
    ...(linearOpponents.includes(opponent.name) && {
      stencil: async ({ grid, place }: StencilQuestion) => {
        const mean = linearStencil(opponent.derivative, grid, place);
        return { mean, variation: mean.weights.some((weight) => weight !== 0) ? 0 : Number.NaN };
      },
    }),
  })),
];
