/** What trainings score, and the table that shows it. All figures are RMSE per point. */

import Table from "cli-table3";
import { figure, plusMinus, type ScoredRun, scoreNetworks, spreadOf, spreadPerFunction } from "../calculus";
import type { TrainingOutcome } from "./training-run";

export const scoreOf = ({ experiment, evaluation, zero, test, result }: TrainingOutcome): ScoredRun => ({
  network: experiment.network,
  seed: experiment.data.seed,
  evaluation,
  zero,
  testCurves: test.rows,
  seconds: result.seconds,
});

/**
 * A row for each function and one for all, a column for each network, beside the noise floor and what predicting
 * zero scores. The first row holds the titles.
 */
export function scoreTable(runs: readonly ScoredRun[]): string[][] {
  const scores = scoreNetworks(runs);
  const floor = figure(spreadOf(runs.map(({ evaluation }) => evaluation.noiseFloor)).mean);
  const zero = spreadPerFunction(runs.map((run) => run.zero));
  const all = spreadOf(runs.map((run) => run.zero.rmse));
  return [
    [
      "function",
      ...(scores.length === 1 ? ["RMSE"] : scores.map(({ network }) => network)),
      "noise floor",
      "predict zero",
    ],
    ...Object.entries(zero).map(([name, { mean }]) => [
      name,
      ...scores.map(({ rmsePerFunction }) =>
        name in rmsePerFunction ? plusMinus(rmsePerFunction[name]) : "–",
      ),
      floor,
      figure(mean),
    ]),
    ["all", ...scores.map(({ rmse }) => plusMinus(rmse)), floor, figure(all.mean)],
  ];
}

/** The table at the end of a training. */
export function resultsTable(runs: readonly ScoredRun[]): string {
  const [head, ...rows] = scoreTable(runs);
  const table = new Table({
    head,
    colAligns: head.map((_, i) => (i === 0 ? "left" : "right")),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows);
  return table.toString();
}
