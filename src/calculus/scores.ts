/** What networks score over their runs. All figures are RMSE per point. */
import type { Evaluation } from "./evaluation";
import { calculusFunctions } from "./functions";
import type { NetworkName } from "./options";

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

/** By function; one counts in the runs whose test set holds a curve of it. */
export function spreadPerFunction(evaluations: readonly Evaluation[]): Record<string, Spread> {
  return Object.fromEntries(
    calculusFunctions.flatMap(({ name }) => {
      const values = evaluations.flatMap(({ rmsePerFunction }) => rmsePerFunction[name] ?? []);
      return values.length > 0 ? [[name, spreadOf(values)]] : [];
    }),
  );
}

/** "0.466", or over several runs "0.470 ± 0.006": with as many decimals as say something of both. */
export function plusMinus({ runs, mean, deviation }: Spread): string {
  if (runs < 2) return figure(mean);
  if (mean < 1e-6 || mean >= 1e6) return `${figure(mean)} ± ${figure(deviation)}`;
  // Three significant digits of the mean, or three decimals, but no more than two of the deviation.
  const decimals = Math.max(0, Math.min(Math.max(3, decimalsFor(mean, 3)), decimalsFor(deviation, 2)));
  const spread = deviation.toFixed(decimals);
  const vanishes = deviation > 0 && Number(spread) === 0;
  return `${mean.toFixed(decimals)} ± ${vanishes ? `<${(10 ** -decimals).toFixed(decimals)}` : spread}`;
}

/** With which a number has so many significant digits. */
const decimalsFor = (value: number, digits: number): number =>
  digits - 1 - (value > 0 ? Math.floor(Math.log10(value)) : Number.NEGATIVE_INFINITY);

/** An RMSE as it is printed: "0.466", "0.0010". */
export const figure = (value: number): string =>
  value < 0.01 || value >= 1e6 ? value.toPrecision(2) : value.toFixed(3);
