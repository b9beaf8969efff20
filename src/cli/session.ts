/** All runs of one `train`, one after the other: each leaves its files as soon as it is done. */
import { join } from "node:path";
import { figure } from "../calculus";
import type { Device, TrainingState } from "../engine";
import { checkpointInto, checkpointName } from "./checkpoint";
import {
  type Comparison,
  comparisonFileNames,
  comparisonFiles,
  finished,
  runDirectory,
  summariseComparison,
} from "./comparison";
import { UsageError } from "./errors";
import { nameOf, type PlannedRun } from "./experiment";
import { OutputDirectory } from "./files";
import { endOnInterrupt, stoppedBefore } from "./interrupt";
import { resultsTable, scoreOf } from "./scores";
import { shellWord } from "./shell";
import { summarise, summariseDivergence, trainingFileNames, trainingFiles } from "./summary";
import {
  type Divergence,
  type Ended,
  isDivergence,
  runExperiment,
  type TrainingOutcome,
} from "./training-run";
import type { KernelFlags, Kernels } from "./tuning";

/** How the runs of a command are made. */
export interface SessionSettings {
  /** Whether the last line of standard output is the summary as JSON. */
  readonly json: boolean;
  /** Iterations between checkpoints. */
  readonly checkpointEvery?: number;
  /** As flags want them, or with which the run that is gone on with was trained. */
  readonly kernels: KernelFlags | Kernels;
}

/**
 * Trains the only run into the directory itself. Sets the exit status when it diverges, and when a signal stops it.
 * @param resume the state from which it goes on
 */
export async function trainOne(
  device: Device,
  experiment: PlannedRun,
  out: OutputDirectory,
  settings: SessionSettings,
  resume?: TrainingState,
): Promise<void> {
  const { outcome, interrupted } = await runInto(out, device, experiment, settings, { resume });
  if (outcome.result.stopReason === "stopped") process.exitCode = interrupted();
  if (!isDivergence(outcome))
    process.stdout.write(
      `${resultsTable([scoreOf(outcome)])}\nRMSE per point against the clean derivative, ${outcome.test.rows} test curves\n` +
        `${describeEnd(outcome)}\nwritten to ${join(out.path, "report.html")}\n`,
    );
  if (settings.json)
    process.stdout.write(
      `${JSON.stringify(isDivergence(outcome) ? summariseDivergence(outcome) : summarise(outcome))}\n`,
    );
}

/** What surrounds a run. */
interface Surroundings {
  /** Where the report of all runs stands, if it is one of several. */
  readonly comparison?: string;
  /** What earlier runs have left. */
  readonly kept?: string;
  readonly resume?: TrainingState;
}

/** One run, its files and what is to be said of its end. */
async function runInto(
  directory: OutputDirectory,
  device: Device,
  experiment: PlannedRun,
  { checkpointEvery, kernels }: SessionSettings,
  { comparison, kept = "nothing was written", resume }: Surroundings,
): Promise<Ended> {
  const checkpoint =
    checkpointEvery === undefined
      ? undefined
      : (used: Kernels) => checkpointInto(directory, experiment, checkpointEvery, used);
  const alone =
    comparison === undefined ? "" : ` with this run alone, without a new report of all runs in ${comparison}`;
  const goOn = `to go on${alone}: fluxion train --resume ${shellWord(join(directory.path, checkpointName))}`;
  const checkpointKept = (): string | undefined =>
    checkpoint && directory.written ? `the last checkpoint is kept, ${goOn}` : undefined;
  try {
    directory.hold([...trainingFileNames, ...(checkpoint ? [checkpointName] : [])]);
    const ended = await runExperiment(device, experiment, {
      abandoned: () => `abandoned: ${checkpointKept() ?? kept}`,
      checkpoint,
      resume,
      kernels,
    });
    const { outcome } = ended;
    if (isDivergence(outcome)) reportDivergence(outcome);
    else {
      directory.write(trainingFiles(outcome));
      if (checkpoint && outcome.result.stopReason === "stopped") process.stderr.write(`${goOn}\n`);
    }
    return ended;
  } catch (error) {
    const hint = checkpointKept();
    if (!(error instanceof UsageError) || hint === undefined) throw error;
    throw new UsageError(`${error.message}; ${hint}`, { cause: error });
  } finally {
    directory.release();
  }
}

/**
 * Trains several, each into a directory below `out`, and keeps report and summary of all that are done at the top.
 * A signal ends the run under way early and begins no other; with runs left the exit status is that of the signal.
 * @param configuration the preset and the flags that changed it, in words
 */
export async function trainSeveral(
  device: Device,
  experiments: readonly PlannedRun[],
  out: OutputDirectory,
  configuration: string,
  settings: SessionSettings,
): Promise<void> {
  const done: (TrainingOutcome | Divergence)[] = [];
  const compare = (): Comparison => ({ planned: experiments, done, configuration });
  out.hold(comparisonFileNames);
  for (const experiment of experiments) {
    const kept = `${done.length} of ${experiments.length} runs are done, in ${out.path}`;
    endOnInterrupt(stoppedBefore(done.length > 0 ? kept : undefined));
    process.stderr.write(`${nameOf(experiment)}, run ${done.length + 1} of ${experiments.length}\n`);
    const directory = new OutputDirectory(join(out.path, runDirectory(experiment, experiments)));
    const { outcome, interrupted } = await runInto(directory, device, experiment, settings, {
      comparison: out.path,
      kept,
    });
    done.push(outcome);
    if (!isDivergence(outcome))
      process.stdout.write(
        `${nameOf(experiment)}: RMSE ${figure(outcome.evaluation.rmse)}, ${describeEnd(outcome)}, written to ${directory.path}\n`,
      );
    if (finished(compare()).length > 0) out.write(comparisonFiles(compare()));
    const status = interrupted();
    if (status === undefined) continue;
    if (outcome.result.stopReason === "stopped" || done.length < experiments.length)
      process.exitCode = status;
    break;
  }
  const scored = finished(compare()).map(scoreOf);
  if (scored.length > 0)
    process.stdout.write(
      `${resultsTable(scored)}\n${summariseComparison(compare()).verdict.sentence}\nwritten to ${join(out.path, "report.html")}\n`,
    );
  if (settings.json) process.stdout.write(`${JSON.stringify(summariseComparison(compare()))}\n`);
  out.release();
}

function reportDivergence({ experiment, result }: Divergence): void {
  process.stderr.write(
    `fluxion: training diverged (${nameOf(experiment)}): ${result.detail ?? "the loss is not finite"}\n`,
  );
  process.exitCode = 1;
}

const describeEnd = ({ result }: TrainingOutcome): string =>
  `${result.stopReason} after ${result.iterations} iterations in ${result.seconds.toFixed(1)} s`;
