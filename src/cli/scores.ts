/** What networks score over their runs, and the table that shows it. All figures are RMSE per point. */
import { calculusFunctions, type Evaluation } from "../index";
import type { NetworkName } from "./flag-readers";
import type { TrainingOutcome } from "./training-run";

/** Values of several runs, or of one. */
export interface Spread {
  readonly runs: number;
  readonly mean: number;
  /** Standard deviation of the sample (n − 1); 0 for one run. */
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
}

/** A finished run, as far as its scores go. */
export interface ScoredRun {
  readonly network: NetworkName;
  readonly seed: number;
  readonly evaluation: Evaluation;
  /** Of predicting zero, on the same test set. */
  readonly zero: Evaluation;
  readonly testCurves: number;
  /** Of training. */
  readonly seconds: number;
}

export const scoreOf = ({ experiment, evaluation, zero, test, result }: TrainingOutcome): ScoredRun => ({
  network: experiment.network,
  seed: experiment.data.seed,
  evaluation,
  zero,
  testCurves: test.rows,
  seconds: result.seconds,
});

/** One network over its runs. */
export interface NetworkScore {
  readonly network: NetworkName;
  readonly seeds: readonly number[];
  readonly rmse: Spread;
  readonly rmsePerFunction: Readonly<Record<string, Spread>>;
  readonly seconds: Spread;
}

/** @param values at least one */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    runs: values.length,
    mean,
    deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0,
    least: Math.min(...values),
    most: Math.max(...values),
  };
}

/** The networks in the order of their first runs. */
export function scoreNetworks(runs: readonly ScoredRun[]): NetworkScore[] {
  const networks = new Set(runs.map(({ network }) => network));
  return Array.from(networks, (network) => {
    const own = runs.filter((run) => run.network === network);
    return {
      network,
      seeds: own.map(({ seed }) => seed),
      rmse: spreadOf(own.map(({ evaluation }) => evaluation.rmse)),
      rmsePerFunction: spreadPerFunction(own.map(({ evaluation }) => evaluation)),
      seconds: spreadOf(own.map(({ seconds }) => seconds)),
    };
  });
}

/** A function counts in the runs whose test set holds a curve of it. */
function spreadPerFunction(evaluations: readonly Evaluation[]): Record<string, Spread> {
  return Object.fromEntries(
    calculusFunctions.flatMap(({ name }) => {
      const values = evaluations.flatMap(({ rmsePerFunction }) => rmsePerFunction[name] ?? []);
      return values.length > 0 ? [[name, spreadOf(values)]] : [];
    }),
  );
}

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

/** "0.466", or over several runs "0.470 ± 0.006". */
export const plusMinus = ({ runs, mean, deviation }: Spread): string =>
  runs > 1 ? `${figure(mean)} ± ${figure(deviation)}` : figure(mean);

export const figure = (value: number): string =>
  value < 0.01 || value >= 1e6 ? value.toPrecision(2) : value.toFixed(3);
