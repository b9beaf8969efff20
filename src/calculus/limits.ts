/** What options leave of each other's ranges: one rule for what is refused and for what is told beforehand. */
import type { FieldRule } from "../engine/fields";
import { mostIterations, mostOrdered, type TrainingOptions } from "../engine/training/options";
import { OptionError, type OptionName, type OptionValues, optionRows } from "./options";

/** Points of all curves together; their predictor takes twice as many floats. */
const mostPoints = 1e8;

/** The options that limit others, and those that are limited. */
export type LimitingOptions = Pick<OptionValues, "curves" | "samples" | "batch" | "epochs" | "shuffle">;

interface Limit {
  readonly to: number;
  /** Goes on after "must be at most 100". */
  readonly why: string;
}

/** A sixth of the curves is the test set. */
export const trainingCurves = (curves: number): number => curves - Math.floor(curves / 6);

/** In the order in which they are looked at; the first reason counts. */
const limits: {
  readonly [Option in OptionName]?: (options: LimitingOptions) => readonly Limit[];
} = {
  samples: ({ curves }) => [
    { to: Math.floor(mostPoints / curves), why: ` with ${curves} curves: ${mostPoints} points together` },
  ],
  batch: ({ curves }) => [
    { to: trainingCurves(curves), why: `, the size of the training set (${curves} curves)` },
  ],
  epochs: ({ curves, batch, shuffle }) => {
    const trained = trainingCurves(curves);
    const perEpoch = Math.floor(trained / batch);
    const rest = `and ${trained} training curves`;
    return [
      { to: Math.floor(mostIterations / perEpoch), why: ` with batch ${batch} ${rest}` },
      ...(shuffle === "every-epoch"
        ? [{ to: Math.floor(mostOrdered / (perEpoch * batch)), why: ` with shuffle ${shuffle} ${rest}` }]
        : []),
    ];
  },
};

/** The rule of an option with what the others leave of its range. */
export function ruleWithin(option: OptionName, others: LimitingOptions): FieldRule {
  const { rule } = optionRows[option];
  if (rule.kind !== "whole") return rule;
  const ends = (limits[option]?.(others) ?? []).map(({ to }) => to);
  return { ...rule, to: Math.max(rule.from, Math.min(rule.to, ...ends)) };
}

/** @throws OptionError where options contradict each other, "must be at most 1000, the size of the training set (1200 curves)" */
export function requireLimits(options: LimitingOptions): void {
  const { curves } = options;
  if (curves % 6 !== 0)
    throw new OptionError("curves", curves, "must be a multiple of 6, one curve of each function at a time");
  for (const option of ["samples", "batch", "epochs"] as const)
    for (const { to, why } of limits[option]?.(options) ?? [])
      if (options[option] > to) throw new OptionError(option, options[option], `must be at most ${to}${why}`);
}

/** In words, what becomes of an experiment's curves that fill no mini-batch; undefined where all are trained on. */
export function describeLeftOver(
  curves: number,
  { batch, shuffle, epochs }: Pick<TrainingOptions, "batch" | "shuffle" | "epochs">,
): string | undefined {
  const trained = trainingCurves(curves);
  const left = trained % batch;
  if (left === 0) return undefined;
  const end =
    shuffle === "every-epoch" && epochs > 1
      ? " in every epoch, others each time"
      : `, which ${left === 1 ? "is" : "are"} never trained on`;
  return `mini-batches of ${batch} leave over ${left} of ${trained} training curves${end}`;
}
