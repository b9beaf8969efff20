/** One training from data to evaluation. */

import { type Curves, type Evaluation, evaluate, experimentCurves } from "../calculus";
import {
  type AdapterReport,
  type Device,
  DivergedError,
  type NamedTensor,
  Network,
  OutOfMemoryError,
  type Progress,
  Trainer,
  type TrainerConfig,
  type TrainingResult,
  type TrainingState,
} from "../engine";
import { UsageError } from "./errors";
import type { PlannedRun } from "./experiment";
import { stopOnInterrupt } from "./interrupt";
import { ProgressDisplay } from "./progress";
import { type KernelFlags, type Kernels, kernelsFor } from "./tuning";

/** All that a training leaves behind. */
export interface TrainingOutcome {
  readonly experiment: PlannedRun;
  readonly adapter: AdapterReport;
  readonly result: TrainingResult;
  readonly history: readonly Progress[];
  readonly parameters: number;
  readonly bytesOnDevice: number;
  readonly tensors: ReadonlyMap<string, NamedTensor>;
  readonly test: Curves;
  /** (N, 1, T) on the test set. */
  readonly prediction: Float32Array;
  readonly evaluation: Evaluation;
  /** What predicting zero scores on the test set, with its value for each function. */
  readonly zero: Evaluation;
}

/** A training that ended in numbers that are not finite: nothing of it is worth keeping. */
export interface Divergence {
  readonly experiment: PlannedRun;
  readonly adapter: AdapterReport;
  readonly result: TrainingResult & { readonly stopReason: "diverged" };
}

export const isDivergence = (outcome: TrainingOutcome | Divergence): outcome is Divergence =>
  outcome.result.stopReason === "diverged";

/** What becomes of a training. */
export interface Ended {
  readonly outcome: TrainingOutcome | Divergence;
  /**
   * The exit status for the signal that has asked for its end, if one has: also during evaluation, and after it until the
   * next run begins.
   */
  readonly interrupted: () => number | undefined;
}

/** How a training runs, apart from what is trained. */
export interface RunSettings {
  /** What to say when a second signal ends the process. */
  readonly abandoned: () => string;
  readonly checkpoint?: (kernels: Kernels) => TrainerConfig["checkpoint"];
  readonly resume?: TrainingState;
  /** As flags want them, or as they are to be. */
  readonly kernels: KernelFlags | Kernels;
}

/**
 * Trains and evaluates, then frees the device. Ctrl-C ends the training early, and its result is evaluated like any
 * other; a second one ends the process.
 * @throws UsageError when the device cannot hold the experiment, or what a checkpoint's `save` throws
 */
export async function runExperiment(
  device: Device,
  experiment: PlannedRun,
  settings: RunSettings,
): Promise<Ended> {
  const { train, test } = experimentCurves(experiment.data);
  const { checkpoint, resume } = settings;
  const { training: options, stepsPerSubmit } = experiment;
  const { spec, training } = experiment;
  const kernels =
    "tuning" in settings.kernels
      ? settings.kernels
      : await reportUnfit(kernelsFor(device, { ...spec, batch: training.batch }, settings.kernels));
  const { network, trainer } = await reportUnfit(
    build(device, experiment, kernels, {
      train,
      validation: test,
      options,
      stepsPerSubmit,
      checkpoint: checkpoint?.(kernels),
      resume,
    }),
  );
  try {
    const { history, result, interrupted } = await runTrainer(trainer, settings);
    const { adapter } = device;
    if (result.stopReason === "diverged")
      return {
        outcome: { experiment, adapter, result: { ...result, stopReason: result.stopReason } },
        interrupted,
      };
    const prediction = await network.predict(test.x);
    const outcome = {
      experiment,
      adapter,
      result,
      history,
      parameters: network.parameterCount,
      bytesOnDevice: trainer.bytesOnDevice,
      tensors: await network.readTensors(),
      test,
      prediction,
      evaluation: evaluate(prediction, test),
      zero: evaluate(new Float32Array(prediction.length), test),
    };
    return { outcome, interrupted };
  } finally {
    trainer.dispose();
    network.dispose();
  }
}

async function build(
  device: Device,
  { spec, training }: PlannedRun,
  kernels: Kernels,
  config: TrainerConfig,
): Promise<{ network: Network; trainer: Trainer }> {
  const network = await Network.build(device, { ...spec, batch: training.batch }, kernels);
  return { network, trainer: await Trainer.build(network, config) };
}

/** Options that no file could know of: they do not fit this adapter. */
async function reportUnfit<T>(building: Promise<T>): Promise<T> {
  try {
    return await building;
  } catch (error) {
    if (error instanceof RangeError || error instanceof OutOfMemoryError)
      throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** The history begins with that of the state from which the training goes on. */
async function runTrainer(trainer: Trainer, { abandoned, resume }: RunSettings) {
  const display = new ProgressDisplay(trainer.iterations);
  const interrupted = stopOnInterrupt(
    () => {
      display.stop(
        "stopping: finishing the steps already submitted, then evaluating; Ctrl-C again abandons the run",
      );
      trainer.stop();
    },
    () => display.stop(abandoned()),
  );
  const history: Progress[] = [...(resume?.history ?? [])];
  try {
    const run = trainer.run();
    for (let next = await run.next(); ; next = await run.next()) {
      if (next.done) return { history, result: next.value, interrupted };
      history.push(next.value);
      display.update(next.value);
    }
  } catch (error) {
    if (!(error instanceof DivergedError)) throw error;
    return { history, result: error.result, interrupted };
  } finally {
    display.stop();
  }
}
