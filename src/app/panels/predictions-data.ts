/** What the six prediction plots show: curves of the test set and what the network says to them. */
import { type Curves, calculusFunctions } from "../../calculus";
import type { ChartData } from "../../charts/spec";
import { niceCeiling } from "../../charts/view";
import type { RunOutcome, ShownPredictions } from "../session/run";

/** One test curve. */
export interface Shown {
  /** Of the test set. */
  readonly row: number;
  readonly x: Float32Array;
  readonly target: Float32Array;
  readonly clean: Float32Array;
  /** Missing as long as nothing has been predicted. */
  readonly prediction?: Float32Array;
  /** The curve is −f. */
  readonly negated: boolean;
}

/** For every function the row of its test curve at this place, beginning anew after the last; −1 where it has none. */
export function rowsAt({ functionIndex }: Curves, place: number): readonly number[] {
  return calculusFunctions.map((_, index) => {
    const rows = [...functionIndex.keys()].filter((row) => functionIndex[row] === index);
    return rows[place % rows.length] ?? -1;
  });
}

/** What of a run is read here. */
interface Predicted {
  readonly test: Curves;
  readonly outcome?: Pick<RunOutcome, "trained">;
}

/** @param shown the latest predictions, where this run is the one under way */
export function curveAt(run: Predicted, row: number, shown: ShownPredictions | undefined): Shown | undefined {
  const { test, outcome } = run;
  if (row < 0) return undefined;
  const { samples } = test;
  const of = (values: Float32Array, index: number) => values.subarray(index * samples, (index + 1) * samples);
  const [x, clean] = [of(test.x, 2 * row), of(test.clean, row)];
  const at = shown?.rows.indexOf(row) ?? -1;
  const prediction = outcome?.trained
    ? of(outcome.trained.prediction, row)
    : shown && at >= 0
      ? of(shown.values, at)
      : undefined;
  const { derivative } = calculusFunctions[test.functionIndex[row]];
  const agreement = clean.reduce((sum, slope, t) => sum + slope * derivative(x[t]), 0);
  return {
    row,
    x,
    target: of(test.target, row),
    clean,
    negated: agreement < 0,
    ...(prediction && { prediction }),
  };
}

/** Against the clean derivative, per point. */
export const curveRmse = ({ prediction, clean }: Shown): number | undefined =>
  prediction &&
  Math.sqrt(prediction.reduce((sum, value, t) => sum + (value - clean[t]) ** 2, 0) / prediction.length);

/** Columns of a plot of target and prediction. */
export const derivativeData = ({ x, target, prediction }: Shown): ChartData => [
  [...x],
  [...target],
  prediction ? [...prediction] : [],
];

/** Columns of a plot of prediction − clean derivative. */
export const residualData = (shown: Shown): ChartData => [[...shown.x], residuals(shown)];

const residuals = ({ prediction, clean }: Shown): number[] =>
  prediction ? Array.from(prediction, (value, t) => value - clean[t]) : [];

/** A round number that no residual of these curves exceeds. */
export function residualLimit(curves: readonly (Shown | undefined)[]): number {
  let largest = 0;
  for (const shown of curves)
    for (const residual of shown ? residuals(shown) : [])
      if (Number.isFinite(residual)) largest = Math.max(largest, Math.abs(residual));
  return largest > 0 ? niceCeiling(largest) : 1;
}
