/** Figures of runs as rows of a table: mean and spread over the seeds. */

import type { FunctionFamily } from "../families/taught";
import { type Spread, spreadOf } from "../scores";
import type { BySeed } from "./by-seed";
import { testSetName } from "./evaluation-set";
import { kindOf, type SetKind } from "./kind";
import type { Measurements } from "./measure";

/** One figure of one predictor. */
export interface PredictorFigure {
  readonly predictor: string;
  /** Null where it is of no meaning: a rule's ratio where both sides are 0. */
  readonly spread: Spread | null;
  readonly bySeed: BySeed;
  /** By function, for a set of them. */
  readonly members: Readonly<Record<string, Spread>>;
}

/** RMSE on a set, or defect of a rule over its scale: a row of a table. */
export interface FigureRow {
  /** Of the set or rule. */
  readonly name: string;
  readonly kind: SetKind;
  /** The networks first, in their order. */
  readonly predictors: readonly PredictorFigure[];
}

/** A figure of one run. */
export interface Measured {
  readonly predictor: string;
  readonly seed: number;
  readonly name: string;
  readonly kind: SetKind;
  readonly value: number | null;
  readonly members: Readonly<Record<string, number>>;
}

export const groupBy = <T>(values: readonly T[], key: (value: T) => string): T[][] => {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(key(value), [...(groups.get(key(value)) ?? []), value]);
  return [...groups.values()];
};

/** In the order of the runs. Figures of two kinds never become one. */
export const rowsOf = (measured: readonly Measured[]): FigureRow[] =>
  groupBy(measured, ({ name, kind }) => `${name}, ${kind}`).map((row) => ({
    name: row[0].name,
    kind: row[0].kind,
    predictors: groupBy(row, ({ predictor }) => predictor).map(figureOf),
  }));

function figureOf(runs: readonly Measured[]): PredictorFigure {
  const values = runs.flatMap(({ seed, value }) => (value === null ? [] : [{ seed, value }]));
  const members = [...new Set(runs.flatMap((run) => Object.keys(run.members)))];
  return {
    predictor: runs[0].predictor,
    spread: values.length > 0 ? spreadOf(values.map(({ value }) => value)) : null,
    bySeed: Object.fromEntries(values.map(({ seed, value }) => [seed, value])),
    members: Object.fromEntries(
      members.map((name) => [name, spreadOf(runs.flatMap((run) => run.members[name] ?? []))]),
    ),
  };
}

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
