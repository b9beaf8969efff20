/** The table at the end of a training. */
import Table from "cli-table3";
import type { TrainingOutcome } from "./training-run";

/** RMSE per point against the clean derivative, for each function beside what predicting zero scores. */
export function resultsTable({ evaluation, zero }: TrainingOutcome): string {
  const table = new Table({
    head: ["function", "RMSE", "noise floor", "predict zero"],
    colAligns: ["left", "right", "right", "right"],
    style: { head: [], border: [], compact: true },
  });
  const floor = figure(evaluation.noiseFloor);
  for (const [name, rmse] of Object.entries(evaluation.rmsePerFunction))
    table.push([name, figure(rmse), floor, figure(zero.rmsePerFunction[name])]);
  table.push(["all", figure(evaluation.rmse), floor, figure(evaluation.rmseZero)]);
  return table.toString();
}

const figure = (value: number): string => (value < 0.01 ? value.toPrecision(2) : value.toFixed(3));
