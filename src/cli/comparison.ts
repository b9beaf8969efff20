/** Several runs together: their names and directories, their summary, and the files at the top of --out. */
import { exceptionOf, judge, type RunException, type Verdict } from "../calculus";
import type { PlannedRun } from "./experiment";
import { writeReport } from "./report/report";
import { scoreOf } from "./scores";
import { summarise, summariseDivergence } from "./summary";
import type { FileContent } from "./temporary";
import { type Divergence, isDivergence, type TrainingOutcome } from "./training-run";

export interface Comparison {
  /** All runs that were asked for, in order. */
  readonly planned: readonly PlannedRun[];
  /** The first of them, as far as they are made. */
  readonly done: readonly (TrainingOutcome | Divergence)[];
  /** The preset and the flags that changed it, in words. */
  readonly configuration: string;
}

/** Where a run's files go below --out: by network where there are several, by seed where there are several. */
export function runDirectory({ network, data }: PlannedRun, planned: readonly PlannedRun[]): string {
  const several = (key: (run: PlannedRun) => unknown): boolean => new Set(planned.map(key)).size > 1;
  return [
    ...(several((run) => run.network) ? [network] : []),
    ...(several((run) => run.data.seed) ? [`seed-${data.seed}`] : []),
  ].join("/");
}

/** summary.json at the top, also the last line of `train --json` for several runs. */
export interface ComparisonSummary {
  readonly preset: string;
  /** The first. */
  readonly seed: number;
  readonly networks: readonly Record<string, unknown>[];
  readonly verdict: Verdict;
}

export function summariseComparison(comparison: Comparison): ComparisonSummary {
  const [{ preset, data }] = comparison.planned;
  return {
    preset,
    seed: data.seed,
    networks: comparison.done.map((outcome) =>
      isDivergence(outcome) ? summariseDivergence(outcome) : summarise(outcome),
    ),
    verdict: verdictOn(comparison),
  };
}

export const comparisonFileNames = ["summary.json", "report.html"] as const;

/** By name. At least one run must have a result. */
export function comparisonFiles(
  comparison: Comparison,
): Map<(typeof comparisonFileNames)[number], FileContent> {
  return new Map<(typeof comparisonFileNames)[number], FileContent>([
    ["summary.json", `${JSON.stringify(summariseComparison(comparison), undefined, 2)}\n`],
    [
      "report.html",
      writeReport({
        title: `Fluxion: ${[...new Set(comparison.planned.map(({ network }) => network))].join(" and ")}, ${comparison.configuration}`,
        verdict: verdictOn(comparison).sentence,
        runs: finished(comparison),
      }),
    ],
  ]);
}

/** The runs with a result. */
export const finished = ({ done }: Comparison): TrainingOutcome[] =>
  done.filter((outcome): outcome is TrainingOutcome => !isDivergence(outcome));

function verdictOn(comparison: Comparison): Verdict {
  const { planned, done, configuration } = comparison;
  const ended = done.flatMap(
    ({ experiment, result }) => exceptionOf(experiment.network, experiment.data.seed, result) ?? [],
  );
  const unmade = planned
    .slice(done.length)
    .map(
      ({ network, data }): RunException => ({ network, seed: data.seed, ended: "not made", iterations: 0 }),
    );
  return judge(finished(comparison).map(scoreOf), {
    configuration,
    adapter: done[0].adapter.description,
    planned: planned.map(({ network }) => network),
    exceptions: [...ended, ...unmade],
  });
}
