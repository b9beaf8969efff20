/** Moler's question, "is a derivative more like an image or a sound?", answered with the numbers of these runs. */
import type { TrainingResult } from "../engine/training/progress";
import type { NetworkName } from "./options";
import {
  figure,
  type NetworkScore,
  plusMinus,
  type ScoredRun,
  type Spread,
  scoreNetworks,
  spreadOf,
} from "./scores";

/** Why runs of both networks leave the question open. */
export type Doubt =
  /** Not every planned run of both networks was trained to its end. */
  | "incomplete"
  /** The figures are the same, as they are printed. */
  | "equal"
  /** Neither is better than predicting zero, as printed. */
  | "zero"
  /** The ranges over the seeds have a point in common, as printed. */
  | "overlap";

/** A planned run that was not trained to its end; running out of patience is an end. */
export interface RunException {
  readonly network: NetworkName;
  readonly seed: number;
  readonly ended: "diverged" | "stopped" | "not made";
  readonly iterations: number;
}

/** What a run that has ended is an exception of; nothing where it was trained to its end. */
export function exceptionOf(
  network: NetworkName,
  seed: number,
  { stopReason, iterations }: Pick<TrainingResult, "stopReason" | "iterations">,
): RunException | undefined {
  switch (stopReason) {
    case "diverged":
    case "stopped":
      return { network, seed, ended: stopReason, iterations };
    case "completed":
    case "patience":
      return undefined;
    default:
      throw new RangeError(`unknown end ${stopReason satisfies never}`);
  }
}

export interface Verdict {
  /** Null when only one network was asked for. */
  readonly answer: (typeof likeness)[NetworkName] | "undecided" | null;
  /** Why it is undecided; null when it is not. */
  readonly doubt: Doubt | null;
  readonly exceptions: readonly RunException[];
  /**
   * The network of the lower mean RMSE, whatever the answer; null when only one has a result, or both have the same as
   * printed.
   */
  readonly lower: NetworkName | null;
  /** The higher mean RMSE ÷ the lower. */
  readonly factor: number | null;
  /** On how many functions `lower` has the lower mean RMSE, and of how many. */
  readonly functions: { readonly lower: number; readonly of: number } | null;
  /** Whether the ranges of the two networks over their seeds overlap; null while runs are missing. */
  readonly overlap: boolean | null;
  readonly networks: readonly NetworkScore[];
  /** All of it in words. */
  readonly sentence: string;
}

/** What the runs had in common. */
export interface Circumstances {
  /** The preset, with the flags that changed it. */
  readonly configuration: string;
  readonly adapter: string;
  /** The network of each run that was asked for. */
  readonly planned: readonly NetworkName[];
  readonly exceptions: readonly RunException[];
}

const names = { cnn: "the CNN", bilstm: "the recurrent net" } as const;
const likeness = { cnn: "image", bilstm: "sound" } as const;
const inWords = { cnn: "an image", bilstm: "a sound" } as const;

/** Both networks, by their mean RMSE. */
interface Pair {
  readonly lower: NetworkScore;
  readonly higher: NetworkScore;
}

/** @param runs of one network or two, or none */
export function judge(runs: readonly ScoredRun[], circumstances: Circumstances): Verdict {
  const { planned, exceptions } = circumstances;
  const networks = scoreNetworks(runs);
  const pair = order(networks);
  const asked = new Set(planned).size > 1;
  const doubt = asked ? findDoubt(pair, zeroOf(runs), exceptions) : null;
  const comparison = compare(pair);
  const answer = doubt !== null ? "undecided" : comparison.lower && likeness[comparison.lower];
  return {
    answer,
    doubt,
    exceptions,
    ...comparison,
    overlap: pair && doubt !== "incomplete" ? overlapping(pair) : null,
    networks,
    sentence: [
      capitalise(
        `${describeAnswer(comparison.lower, doubt, circumstances)}${describeFigures(networks, comparison)}.`,
      ),
      ...(pair && doubt === null && pair.lower.rmse.runs > 1 ? ["The ranges do not overlap."] : []),
      ...(runs.length > 0 ? [describeBasis(runs, networks, circumstances)] : []),
      ...describeExceptions(circumstances),
    ].join(" "),
  };
}

function order([first, second]: readonly NetworkScore[]): Pair | undefined {
  if (first === undefined || second === undefined) return undefined;
  return first.rmse.mean < second.rmse.mean
    ? { lower: first, higher: second }
    : { lower: second, higher: first };
}

function findDoubt(pair: Pair | undefined, zero: number, exceptions: readonly RunException[]): Doubt | null {
  if (pair === undefined || exceptions.length > 0) return "incomplete";
  if (!differ(pair)) return "equal";
  if (!(printed(pair.lower.rmse.mean) < printed(zero))) return "zero";
  return overlapping(pair) ? "overlap" : null;
}

/** Figures are compared as they are printed: what cannot be seen decides nothing. */
const printed = (value: number): number => Number(figure(value));

const differ = ({ lower, higher }: Pair): boolean => printed(lower.rmse.mean) < printed(higher.rmse.mean);

const overlapping = ({ lower, higher }: Pair): boolean =>
  printed(lower.rmse.most) >= printed(higher.rmse.least);

/** Of predicting zero, over all runs. */
const zeroOf = (runs: readonly ScoredRun[]): number => spreadOf(runs.map(({ zero }) => zero.rmse)).mean;

function compare(pair: Pair | undefined): Pick<Verdict, "lower" | "factor" | "functions"> {
  if (pair === undefined || !differ(pair)) return { lower: null, factor: null, functions: null };
  const { lower, higher } = pair;
  return {
    lower: lower.network,
    factor: higher.rmse.mean / lower.rmse.mean,
    functions: countLower(lower, higher),
  };
}

function countLower(lower: NetworkScore, higher: NetworkScore): { lower: number; of: number } {
  const shared = Object.keys(lower.rmsePerFunction).filter((name) => name in higher.rmsePerFunction);
  const mean = ({ rmsePerFunction }: NetworkScore, name: string): number =>
    printed(rmsePerFunction[name].mean);
  return { lower: shared.filter((name) => mean(lower, name) < mean(higher, name)).length, of: shared.length };
}

/** What stands before the figures. */
function describeAnswer(
  lower: NetworkName | null,
  doubt: Doubt | null,
  { planned, exceptions }: Circumstances,
): string {
  const ended = exceptions.length === 1 ? "was not trained to its end" : "were not trained to their end";
  const reasons = {
    incomplete: `${exceptions.length} of ${planned.length} runs ${ended}`,
    equal: "the figures do not differ as printed",
    zero: "neither network is better than predicting zero",
    overlap: "the ranges overlap",
  } as const satisfies Record<Doubt, string>;
  if (doubt !== null) return `Undecided, because ${reasons[doubt]}: `;
  return lower === null ? "" : `In these runs a derivative is more like ${inWords[lower]}: `;
}

function describeFigures(
  networks: readonly NetworkScore[],
  { lower, factor, functions }: Pick<Verdict, "lower" | "factor" | "functions">,
): string {
  if (networks.length === 0) return "no run has a result";
  const mean = networks.some(({ rmse }) => rmse.runs > 1) ? "mean " : "";
  const [low, high] = networks[0].network === lower ? networks : networks.toReversed();
  if (lower === null || factor === null || functions === null)
    return networks
      .map(({ network, rmse }) => `${names[network]} has ${mean}RMSE ${describeScore(rmse)}`)
      .join(", ");
  return (
    `${names[lower]} has the lower ${mean}RMSE, ${describeScore(low.rmse)} against ${describeScore(high.rmse)} for ` +
    `${names[high.network]}: lower by a factor of ${factor.toPrecision(3)} overall, and lower on ` +
    `${functions.lower} of ${functions.of} functions`
  );
}

const describeScore = (rmse: Spread): string =>
  rmse.runs > 1 ? `${plusMinus(rmse)} (${figure(rmse.least)} to ${figure(rmse.most)})` : figure(rmse.mean);

const capitalise = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);

/** What the numbers were measured on: they say nothing beyond it. */
function describeBasis(
  runs: readonly ScoredRun[],
  scores: readonly NetworkScore[],
  { configuration, adapter }: Circumstances,
): string {
  const seeds = runs.map(({ seed }) => seed);
  const [least, most] = [Math.min(...seeds), Math.max(...seeds)];
  const time = scores.map(
    ({ network, seconds }) =>
      `${seconds.mean.toFixed(1)} s${seconds.runs > 1 ? " a run" : ""} for ${names[network]}`,
  );
  return [
    `Measured against the clean derivative on ${runs[0].testCurves} test curves of the six functions, where predicting zero scores ${figure(zeroOf(runs))}`,
    `${configuration}, ${least === most ? `seed ${least}` : `seeds ${least} to ${most}`}, ${adapter}`,
    `training took ${time.join(" and ")}.`,
  ].join("; ");
}

function describeExceptions({ planned, exceptions }: Circumstances): string[] {
  const unmade = exceptions.filter(({ ended }) => ended === "not made").length;
  return [
    ...exceptions.flatMap(({ network, seed, ended, iterations }) => {
      switch (ended) {
        case "diverged":
          return [`Diverged: ${network}, seed ${seed}.`];
        case "stopped":
          return [`Stopped after ${iterations} iterations: ${network}, seed ${seed}.`];
        case "not made":
          return [];
        default:
          throw new RangeError(`unknown end ${ended satisfies never}`);
      }
    }),
    ...(unmade > 0 ? [`Not made: ${unmade} of ${planned.length} runs.`] : []),
  ];
}
