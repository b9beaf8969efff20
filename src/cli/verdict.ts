/** Moler's question, "is a derivative more like an image or a sound?", answered with the numbers of these runs. */
import type { NetworkName } from "./flag-readers";
import {
  figure,
  type NetworkScore,
  plusMinus,
  type ScoredRun,
  type Spread,
  scoreNetworks,
  spreadOf,
} from "./scores";

export interface Verdict {
  /** The network of the lower mean RMSE; null when only one was trained, or both score the same. */
  readonly lower: NetworkName | null;
  /** The higher mean RMSE ÷ the lower. */
  readonly factor: number | null;
  /** On how many functions `lower` has the lower mean RMSE, and of how many. */
  readonly functions: { readonly lower: number; readonly of: number } | null;
  /** Whether the ranges of the two networks over their seeds overlap. */
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
  /** Runs that did not go as planned, each as a clause: "cnn with seed 3 diverged". */
  readonly exceptions: readonly string[];
}

const names = { cnn: "the CNN", bilstm: "the recurrent net" } as const;
const likeness = { cnn: "an image", bilstm: "a sound" } as const;

/** @param runs of one network or two, or none */
export function judge(runs: readonly ScoredRun[], circumstances: Circumstances): Verdict {
  const scores = scoreNetworks(runs);
  const [first, second] = scores;
  const open = { lower: null, factor: null, functions: null, overlap: null, networks: scores };
  if (first === undefined)
    return { ...open, sentence: `No run has a result. ${circumstances.exceptions.join(". ")}.` };
  const basis = describeBasis(runs, scores, circumstances);
  if (second === undefined) return { ...open, sentence: `RMSE ${describeNetwork(first)}. ${basis}` };
  if (first.rmse.mean === second.rmse.mean)
    return { ...open, sentence: `Undecided: both networks have RMSE ${figure(first.rmse.mean)}. ${basis}` };

  const [lower, higher] = first.rmse.mean < second.rmse.mean ? [first, second] : [second, first];
  const factor = higher.rmse.mean / lower.rmse.mean;
  const functions = countLower(lower, higher);
  const overlap = lower.rmse.most >= higher.rmse.least;
  const repeated = lower.rmse.runs > 1 || higher.rmse.runs > 1;
  const answer = overlap
    ? "Undecided by these runs, whose ranges overlap"
    : `In these runs a derivative is more like ${likeness[lower.network]}`;
  const comparison =
    `${names[lower.network]} has the lower ${repeated ? "mean " : ""}RMSE, ${describeScore(lower.rmse)} ` +
    `against ${describeScore(higher.rmse)} for ${names[higher.network]}: lower by a factor of ${factor.toPrecision(3)} overall, ` +
    `and lower on ${functions.lower} of ${functions.of} functions`;
  return {
    lower: lower.network,
    factor,
    functions,
    overlap,
    networks: scores,
    sentence: `${answer}: ${comparison}. ${repeated && !overlap ? "The ranges do not overlap. " : ""}${basis}`,
  };
}

function countLower(lower: NetworkScore, higher: NetworkScore): { lower: number; of: number } {
  const shared = Object.keys(lower.rmsePerFunction).filter((name) => name in higher.rmsePerFunction);
  return {
    lower: shared.filter((name) => lower.rmsePerFunction[name].mean < higher.rmsePerFunction[name].mean)
      .length,
    of: shared.length,
  };
}

const describeNetwork = ({ network, rmse }: NetworkScore): string =>
  `of ${names[network]}: ${describeScore(rmse)}`;

const describeScore = (rmse: Spread): string =>
  rmse.runs > 1 ? `${plusMinus(rmse)} (${figure(rmse.least)} to ${figure(rmse.most)})` : figure(rmse.mean);

/** What the numbers were measured on: they say nothing beyond it. */
function describeBasis(
  runs: readonly ScoredRun[],
  scores: readonly NetworkScore[],
  { configuration, adapter, exceptions }: Circumstances,
): string {
  const seeds = runs.map(({ seed }) => seed);
  const zero = spreadOf(runs.map((run) => run.zero.rmse)).mean;
  const [least, most] = [Math.min(...seeds), Math.max(...seeds)];
  const time = scores.map(
    ({ network, seconds }) =>
      `${seconds.mean.toFixed(1)} s${seconds.runs > 1 ? " a run" : ""} for ${names[network]}`,
  );
  return [
    `Measured against the clean derivative on ${runs[0].testCurves} test curves of the functions trained on, where predicting zero scores ${figure(zero)}`,
    `${configuration}, ${least === most ? `seed ${least}` : `seeds ${least} to ${most}`}, ${adapter}`,
    `training took ${time.join(" and ")}.`,
  ]
    .join("; ")
    .concat(...exceptions.map((exception) => ` ${exception}.`));
}
