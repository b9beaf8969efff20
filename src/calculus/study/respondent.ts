/** Who answers the curves of a cell. */
import { answerCurves, classicalOpponents } from "../opponents/opponents";
import type { StencilAnswer } from "../stencil/answer";
import type { StencilQuestion } from "../stencil/question";
import { linearStencil } from "../stencil/stencil";
import type { Condition } from "./condition";
import { integralOpponents } from "./integral-opponents";

/** N curves of T points. */
export interface Asked {
  readonly samples: number;
  /** (N, 2, T): the grid, and the values there. */
  readonly x: Float32Array<ArrayBuffer>;
  /** (N, 1, T): what a training would be shown as the answer. */
  readonly target: Float32Array<ArrayBuffer>;
}

export interface Respondent {
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

/** Those whose answers are sums of samples with weights that depend on the grid alone. */
const linearOpponents = [zeroName, "second-order differences", "naive differences", "local least squares"];

/** All that a cell of the classical opponents asks, none of whom is a network. */
export const classicalRespondents = ({ inverse }: Condition, noise: number): Respondent[] => [
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
