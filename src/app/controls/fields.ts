/** What the options are called, in MATLAB's words where it has them, and where they stand in the form. */

import type { OptionName, OptionRule } from "../../calculus";
import { expectation } from "../../engine/fields";

/** How an option is shown. */
export interface Field {
  readonly label: string;
  /** What its number counts. */
  readonly unit?: string;
  /** What its range does not say. */
  readonly note?: string;
}

export const fields = {
  family: { label: "Functions taught", note: "the test curves are always of the six" },
  curves: { label: "Curves", unit: "curves", note: "a multiple of 6, a sixth of them is the test" },
  samples: { label: "Points per curve", unit: "points" },
  noise: { label: "Noise σ", note: "on curves and targets" },
  seed: { label: "Seed", note: "of data, split, weights, shuffles and dropout" },
  filters: { label: "Filters", unit: "filters", note: "of the hidden convolutions" },
  kernel: { label: "Filter size", unit: "taps" },
  hidden: { label: "Hidden units", unit: "units", note: "in each direction" },
  dropout: { label: "Dropout probability" },
  init: { label: "Weights initializer" },
  epochs: { label: "Max epochs", unit: "epochs" },
  batch: { label: "Mini-batch size", unit: "curves" },
  solver: { label: "Solver" },
  learnRate: { label: "Initial learn rate" },
  learnRateSchedule: { label: "Learn rate schedule" },
  learnRateDropFactor: { label: "Learn rate drop factor" },
  learnRateDropPeriod: { label: "Learn rate drop period", unit: "epochs" },
  warmup: { label: "Warm-up", unit: "iterations" },
  momentum: { label: "Momentum" },
  beta1: { label: "Gradient decay factor β₁" },
  beta2: { label: "Squared gradient decay factor β₂" },
  decay: { label: "Squared gradient decay factor" },
  epsilon: { label: "Epsilon", note: "added to the denominator" },
  weightDecay: { label: "Weight decay λ", note: "decoupled" },
  l2: { label: "L2 regularization λ" },
  clip: { label: "Gradient threshold" },
  clipMethod: { label: "Gradient threshold method" },
  batchnormStatistics: { label: "Batch norm statistics", note: "at prediction" },
  shuffle: { label: "Shuffle" },
  validationEvery: { label: "Validation frequency", unit: "iterations" },
  patience: { label: "Validation patience", unit: "validations" },
  restore: { label: "Output network", note: "of the best validation loss, or of the last iteration" },
} as const satisfies Readonly<Record<OptionName, Field>>;

/** The form's groups; the seed stands above them. */
export const groups: readonly { readonly title: string; readonly options: readonly OptionName[] }[] = [
  { title: "Data", options: ["family", "curves", "samples", "noise"] },
  {
    title: "Network",
    options: ["filters", "kernel", "hidden", "dropout", "init", "batchnormStatistics"],
  },
  {
    title: "Solver",
    options: [
      "epochs",
      "batch",
      "shuffle",
      "solver",
      "learnRate",
      "momentum",
      "beta1",
      "beta2",
      "decay",
      "epsilon",
      "weightDecay",
    ],
  },
  {
    title: "Learn rate schedule",
    options: ["learnRateSchedule", "learnRateDropFactor", "learnRateDropPeriod", "warmup"],
  },
  { title: "Gradients", options: ["l2", "clip", "clipMethod"] },
  { title: "Validation", options: ["validationEvery", "patience", "restore"] },
];

/** "6 to 1000000 curves, a multiple of 6", "above 0 to 1": the values an option may take by its rule. */
export function describeRange(option: OptionName, rule: OptionRule): string {
  const { unit, note }: Field = fields[option];
  const range =
    rule.kind === "choice"
      ? ""
      : expectation(rule)
          .replace(/^a (whole )?number (from )?/, "")
          .replace(", at most", " to")
          .replace(", below", " to below")
          .replaceAll(" in float32", "");
  const counted = unit === undefined ? range : range.replace(/(, or none)?$/, ` ${unit}$1`);
  return [counted, note].filter(Boolean).join(", ");
}
