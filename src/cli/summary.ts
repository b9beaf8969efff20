/** The files of a training: numbers for programs. */
import {
  calculusFunctions,
  type PredictionRow,
  writeMetricsCsv,
  writeModel,
  writePredictionsCsv,
} from "../index";
import type { FileContent } from "./files";
import { writeReport } from "./report/report";
import { figure } from "./scores";
import type { Divergence, TrainingOutcome } from "./training-run";

/** summary.json, also the last line of `train --json`. Infinite options read "none", as on the command line. */
export function summarise(outcome: TrainingOutcome): Record<string, unknown> {
  const { experiment, adapter, result, evaluation } = outcome;
  return {
    network: experiment.network,
    preset: experiment.preset,
    options: nameInfinities(experiment.options),
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
    options: nameInfinities(experiment.options),
    seed: experiment.data.seed,
    adapter,
    iterations: result.iterations,
    seconds: result.seconds,
    stopReason: result.stopReason,
    detail: result.detail,
  };
}

/** All files of one network's results by name. */
export function trainingFiles(outcome: TrainingOutcome): Map<string, FileContent> {
  const { experiment, history, tensors, evaluation } = outcome;
  const summary = summarise(outcome);
  const { curves, samples, noise, seed } = experiment.data;
  const data = { functions: calculusFunctions.map(({ name }) => name), curves, samples, noise, seed };
  const metadata = new Map([
    ["name", experiment.network],
    ["options", JSON.stringify(summary.options)],
    ["seed", String(seed)],
    ["data", JSON.stringify(data)],
  ]);
  return new Map<string, FileContent>([
    ["model.safetensors", writeModel(experiment.spec, tensors, metadata)],
    ["metrics.csv", writeMetricsCsv(history)],
    ["predictions.csv", writePredictionsCsv(predictionRows(outcome))],
    ["summary.json", `${JSON.stringify(summary, undefined, 2)}\n`],
    [
      "report.html",
      writeReport({
        title: `Fluxion: ${experiment.network}, preset ${experiment.preset}`,
        verdict:
          `RMSE ${figure(evaluation.rmse)} against the clean derivative; predicting zero scores ` +
          `${figure(evaluation.rmseZero)}, the noise floor is ${figure(evaluation.noiseFloor)}.`,
        runs: [{ outcome, options: nameInfinities(experiment.options) }],
      }),
    ],
  ]);
}

/** Every point of the test set, curve by curve. */
function predictionRows({ test, prediction }: TrainingOutcome): PredictionRow[] {
  const { samples } = test;
  return Array.from({ length: test.rows * samples }, (_, i) => {
    const row = Math.floor(i / samples);
    return {
      function: calculusFunctions[test.functionIndex[row]].name,
      curve: test.curve[row],
      x: test.x[2 * row * samples + (i % samples)],
      target: test.target[i],
      clean: test.clean[i],
      prediction: prediction[i],
    };
  });
}

export const nameInfinities = (options: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options).map(([key, value]) => [key, value === Number.POSITIVE_INFINITY ? "none" : value]),
  );
