/** What makes weights those of a derivative, as figures: all but the last would be 0. */
import type { StencilAnswer } from "../stencil/answer";
import type { Stencil } from "../stencil/stencil";

/** As a cell keeps it. */
export interface PredictorStencil extends Omit<Stencil, "offsets" | "weights"> {
  readonly predictor: string;
  /** Null where all weights are 0. */
  readonly variation: number | null;
  /** (T) */
  readonly offsets: readonly number[];
  /** (T) */
  readonly weights: readonly number[];
}

export const keepStencil = (predictor: string, { mean, variation }: StencilAnswer): PredictorStencil => ({
  predictor,
  ...mean,
  variation: Number.isFinite(variation) ? variation : null,
  offsets: [...mean.offsets],
  weights: [...mean.weights],
});

export const stencilProperties = [
  "sum of weights, beside 0",
  "first moment, beside 1",
  "second moment, beside 0",
  "even share of the weights",
  "variation over the curves",
  "points with 99 % of the weights",
] as const;
export type StencilProperty = (typeof stencilProperties)[number];

/** Null where a property is none of weights that are all 0. */
export const stencilFigures = ({
  weights,
  sum,
  firstMoment,
  secondMoment,
  oddShare,
  variation,
  support,
}: PredictorStencil): Readonly<Record<StencilProperty, number | null>> => ({
  "sum of weights, beside 0": Math.abs(sum),
  "first moment, beside 1": Math.abs(firstMoment - 1),
  "second moment, beside 0": Math.abs(secondMoment),
  "even share of the weights": weights.some((weight) => weight !== 0) ? 1 - oddShare : null,
  "variation over the curves": variation,
  "points with 99 % of the weights": support,
});
