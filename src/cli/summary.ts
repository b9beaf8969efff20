/** The files of a training: numbers for programs. */
import { figure, modelMetadata, predictionRows, writeMetricsCsv, writePredictionsCsv } from "../calculus";
import { writeModel } from "../engine";
import { reportedOptions } from "./experiment";
import { writeReport } from "./report/report";
import type { FileContent } from "./temporary";
import type { Divergence, TrainingOutcome } from "./training-run";

/** summary.json, also the last line of `train --json`. Infinite options read "none", as on the command line. */
export function summarise(outcome: TrainingOutcome): Record<string, unknown> {
  const { experiment, adapter, result, evaluation } = outcome;
  return {
    network: experiment.network,
    preset: experiment.preset,
    options: reportedOptions(experiment),
    seed: experiment.data.seed,
    adapter,
    parameters: outcome.parameters,
    iterations: result.iterations,
    seconds: result.seconds,
    stopReason: result.stopReason,
    best: result.best,
    rmse: evaluation.rmse,
    rmsePerFunction: evaluation.rmsePerFunction,
    rmseNoisy: evaluation.rmseNoisy,
    rmseZero: evaluation.rmseZero,
    dispatchesPerStep: result.dispatchesPerStep,
    submits: result.submits,
    buffersCreatedWhileTraining: result.buffersCreatedWhileTraining,
    bytesOnDevice: outcome.bytesOnDevice,
  };
}

/** What `train --json` prints for a training without a result. */
export function summariseDivergence({ experiment, adapter, result }: Divergence): Record<string, unknown> {
  return {
    network: experiment.network,
    preset: experiment.preset,
    options: reportedOptions(experiment),
    seed: experiment.data.seed,
    adapter,
    iterations: result.iterations,
    seconds: result.seconds,
    stopReason: result.stopReason,
    detail: result.detail,
  };
}

/** The files of one network's results. */
export const trainingFileNames = [
  "model.safetensors",
  "metrics.csv",
  "predictions.csv",
  "summary.json",
  "report.html",
] as const;

/** By name. */
export function trainingFiles(
  outcome: TrainingOutcome,
): Map<(typeof trainingFileNames)[number], FileContent> {
  const { experiment, history, tensors, test, prediction, evaluation } = outcome;
  return new Map<(typeof trainingFileNames)[number], FileContent>([
    ["model.safetensors", writeModel(experiment.spec, tensors, modelMetadata(experiment))],
    ["metrics.csv", writeMetricsCsv(history)],
    ["predictions.csv", writePredictionsCsv(predictionRows(test, prediction))],
    ["summary.json", `${JSON.stringify(summarise(outcome), undefined, 2)}\n`],
    [
      "report.html",
      writeReport({
        title: `Fluxion: ${experiment.network}, preset ${experiment.preset}`,
        verdict:
          `RMSE ${figure(evaluation.rmse)} against the clean derivative; predicting zero scores ` +
          `${figure(evaluation.rmseZero)}, the noise floor is ${figure(evaluation.noiseFloor)}.`,
        runs: [outcome],
      }),
    ],
  ]);
}
