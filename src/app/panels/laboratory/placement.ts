/** Where everyone stands on a logarithmic axis of errors, set by set: plain data for the picture and its table. */

import { kindTitles, type SetKind, type Spread, setKinds } from "../../../calculus";
import type { ShownCondition } from "../../recorded/study/compact";
import { type Look, looks } from "./looks";

/** One predictor on one set. */
export interface Mark extends Look {
  readonly predictor: string;
  /** RMSE, over the seeds. */
  readonly spread: Spread;
}

/** One set of functions, under one condition. */
export interface PlacementRow {
  readonly label: string;
  readonly kind: SetKind;
  /** The lowest first. */
  readonly marks: readonly Mark[];
}

/** Rows of one kind: those of another are never read along with them. */
export interface PlacementGroup {
  readonly title: string;
  readonly rows: readonly PlacementRow[];
}

/** A study that asks about more sets shows the first two of them, and the others on demand. */
const mostSets = 8;

type Conditions = readonly Pick<ShownCondition, "condition" | "sets">[];

/** Names of the sets, in their order: those that are shown at once, and those that are one family each. */
export function namesOfSets(conditions: Conditions): {
  readonly shown: readonly string[];
  readonly others: readonly string[];
} {
  const names = [...new Set(conditions.flatMap(({ sets }) => sets.map(({ name }) => name)))];
  const shown = names.length > mostSets ? 2 : names.length;
  return { shown: names.slice(0, shown), others: names.slice(shown) };
}

/** The sets of these names by kind, and under several conditions one row for each of them. */
export function placeSets(conditions: Conditions, names: readonly string[]): PlacementGroup[] {
  const rows = names.flatMap((name) =>
    conditions.flatMap(({ condition, sets }) =>
      sets
        .filter((row) => row.name === name)
        .map(({ kind, predictors }) => ({
          label: conditions.length > 1 ? `${name} · ${condition}` : name,
          kind,
          marks: predictors
            .flatMap(({ predictor, spread }) => {
              const look = looks.get(predictor);
              return look && spread && canStand(spread) ? [{ ...look, predictor, spread }] : [];
            })
            .sort((a, b) => a.spread.mean - b.spread.mean),
        })),
    ),
  );
  return setKinds.flatMap((kind) => {
    const own = rows.filter((row) => row.kind === kind && row.marks.length > 0);
    return own.length > 0 ? [{ title: kindTitles[kind], rows: own }] : [];
  });
}

const canStand = ({ most }: Spread): boolean => most < Number.POSITIVE_INFINITY;

export interface LogAxis {
  /** Share of the axis' length, from 0 to 1. What is too small for the axis, and 0, stands where it begins. */
  readonly placeOf: (value: number) => number;
  readonly holds: (value: number) => boolean;
  /** Powers of ten, and between them where there are few. */
  readonly ticks: readonly number[];
}

/** Decades at most. */
const mostDecades = 6;

/**
 * Holds all marks with their spreads, and a little room on both sides. The matcher alone may lie before its beginning: it
 * has next to no error where it knows the function.
 */
export function axisOf(groups: readonly PlacementGroup[]): LogAxis {
  const marks = groups.flatMap(({ rows }) => rows.flatMap((row) => row.marks));
  const ends = marks
    .flatMap(({ predictor, spread }) =>
      predictor === "matcher" ? [spread.most] : [spread.least, spread.most],
    )
    .filter((value) => value > 0)
    .map(Math.log10);
  const own = marks
    .flatMap(({ predictor, spread }) => (predictor === "matcher" ? [] : [spread.least]))
    .filter((value) => value > 0)
    .map(Math.log10);
  const high = Math.max(...ends);
  const low = Math.max(Math.min(...own, high), high - mostDecades);
  const room = 0.06 * Math.max(high - low, 0.5);
  const [from, to] = [low - room, high + room];
  const decades = Array.from(
    { length: Math.floor(to) - Math.floor(from) + 1 },
    (_, i) => Math.floor(from) + i,
  );
  const steps = to - from > 2 ? [1] : [1, 2, 5];
  const isWithin = (value: number): boolean => Math.log10(value) >= from && Math.log10(value) <= to;
  return {
    placeOf: (value) => Math.max(0, (Math.log10(value) - from) / (to - from)),
    holds: isWithin,
    ticks: decades.flatMap((decade) => steps.map((step) => Number(`${step}e${decade}`))).filter(isWithin),
  };
}
