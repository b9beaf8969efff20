/** "Image or sound?": the latest run of each network, and what they say to Moler's question. */
import { exceptionOf, judge, type ScoredRun } from "../../calculus";
import { describeAdapter, describeOptions, presetTitles } from "../session/describe";
import type { Run } from "../session/run";

/** A run that has a result. */
type TrainedRun = Run & {
  readonly outcome: NonNullable<Run["outcome"]> & {
    readonly trained: NonNullable<NonNullable<Run["outcome"]>["trained"]>;
  };
};

/** One run of each network, on the same curves. */
export interface Pair {
  readonly cnn: TrainedRun;
  readonly bilstm: TrainedRun;
}

const isTrained = (run: Run): run is TrainedRun => run.outcome?.trained !== undefined;

/**
 * The latest run of each network among those that saw the same data, those trained to their end before others.
 * @param runs the latest last
 */
export function pairOf(runs: readonly Run[]): Pair | undefined {
  const trained = runs.filter(isTrained);
  return latestPair(trained.filter((run) => exceptionFor(run) === undefined)) ?? latestPair(trained);
}

function latestPair(runs: readonly TrainedRun[]): Pair | undefined {
  const latest = runs.toReversed();
  for (const run of latest) {
    const { network } = run.experiment;
    const other = latest.find((each) => each.experiment.network !== network && sameData(each, run));
    if (other) return network === "cnn" ? { cnn: run, bilstm: other } : { cnn: other, bilstm: run };
  }
  return undefined;
}

const exceptionFor = ({ experiment, outcome }: TrainedRun) =>
  exceptionOf(experiment.network, experiment.data.seed, outcome.result);

const sameData = (a: Run, b: Run): boolean =>
  JSON.stringify(a.experiment.data) === JSON.stringify(b.experiment.data);

/** The verdict on a pair, in words. */
export function answer(pair: Pair): string {
  const runs = [pair.cnn, pair.bilstm];
  return judge(runs.map(scoreOf), {
    configuration: unique(runs.map(configurationOf)).join(" and "),
    adapter: unique(runs.map(({ facts }) => describeAdapter(facts.adapter))).join(" and "),
    planned: runs.map(({ experiment }) => experiment.network),
    exceptions: runs.flatMap((run) => exceptionFor(run) ?? []),
  }).sentence;
}

const scoreOf = ({ experiment, facts, outcome }: TrainedRun): ScoredRun => ({
  network: experiment.network,
  seed: experiment.data.seed,
  evaluation: outcome.trained.evaluation,
  zero: facts.zero,
  testCurves: outcome.trained.testCurves,
  seconds: outcome.result.seconds,
});

function configurationOf({ settings }: Run): string {
  const { seed: _, ...options } = settings.options;
  const differing = describeOptions(options);
  return `preset ${presetTitles[settings.preset]}${differing === "" ? "" : ` with ${differing}`}`;
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
