/** What was measured under one condition, as rows of tables. */
import type { FunctionFamily } from "../families/taught";
import { testSetName } from "./evaluation-set";
import { kindOf } from "./kind";
import type { Measurements } from "./measure";
import { type FigureRow, rowsOf } from "./rows";

/** Measurements of one run. */
export interface SeededMeasurements extends Pick<Measurements, "scores" | "defects"> {
  readonly seed: number;
}

/** @param family of the training curves */
export const setRows = (
  runs: readonly SeededMeasurements[],
  sets: readonly string[],
  family: FunctionFamily,
): FigureRow[] =>
  rowsOf(
    runs.flatMap(({ seed, scores }) =>
      scores
        .filter(({ set }) => sets.includes(set))
        .map(({ predictor, set, rmse, members }) => ({
          predictor,
          seed,
          name: set,
          kind: kindOf(set, family),
          value: rmse,
          members,
        })),
    ),
  );

/** @param family of the training curves */
export const ruleRows = (runs: readonly SeededMeasurements[], family: FunctionFamily): FigureRow[] =>
  rowsOf(
    runs.flatMap(({ seed, defects }) =>
      defects.map(({ predictor, rule, kind: asked, ratio }) => {
        const kind = asked === "taught" ? kindOf(testSetName, family) : asked;
        return {
          predictor,
          seed,
          // Where the six are not taught, they are not pooled with others that are not.
          name: kind === asked ? rule : `${rule}, ${testSetName}`,
          kind,
          value: ratio,
          members: {},
        };
      }),
    ),
  );
