/**
 * The post's experiment as it was recorded, for visitors whose browser cannot train. The files are those that the command
 * line wrote, `fluxion train cnn --preset moler --seed 0` and `fluxion train bilstm --preset moler --seed 0` with the options
 * below; of the predictions two columns of the first curves.
 */
import {
  type Curves,
  calculusFunctions,
  type ExperimentOptions,
  evaluate,
  experimentCurves,
  readMetricsCsv,
  resolveExperiment,
  takeCurves,
} from "../../calculus";
import { resolveLayers, type StopReason } from "../../engine";
import type { Run } from "../session/run";
import bilstmMetrics from "./bilstm/metrics.csv?raw";
import bilstmPredictions from "./bilstm/predictions.csv?raw";
import bilstmSummary from "./bilstm/summary.json";
import cnnMetrics from "./cnn/metrics.csv?raw";
import cnnPredictions from "./cnn/predictions.csv?raw";
import cnnSummary from "./cnn/summary.json";

interface Recording {
  readonly summary: Omit<typeof cnnSummary, "options">;
  readonly metrics: string;
  readonly predictions: string;
  readonly options: ExperimentOptions;
}

const recordings: readonly Recording[] = [
  { summary: cnnSummary, metrics: cnnMetrics, predictions: cnnPredictions, options: {} },
  {
    summary: bilstmSummary,
    metrics: bilstmMetrics,
    predictions: bilstmPredictions,
    // The post's network and as many iterations, with fewer curves: without a GPU its batches of 200 take an hour.
    options: { curves: 600, batch: 25, epochs: 18 },
  },
];

/** Takes a moment: the post's three thousand curves are drawn anew. */
export function recordedRuns(): Run[] {
  return recordings.map(toRun);
}

function toRun({ summary, metrics, predictions, options }: Recording): Run {
  const network = summary.network === "cnn" ? "cnn" : "bilstm";
  const settings = { preset: "moler", network, options: { ...options, seed: summary.seed } } as const;
  const experiment = resolveExperiment(settings.preset, network, settings.options);
  const { train, test } = experimentCurves(experiment.data);
  const zero = evaluate(new Float32Array(test.clean.length), test);
  const points = predictions.trim().split("\n").slice(1).map(toPoint);
  return {
    id: `recorded-${network}`,
    number: 0,
    recorded: `${summary.adapter.description} (${summary.adapter.vendor}, ${summary.adapter.architecture})`,
    settings,
    experiment,
    facts: {
      adapter: summary.adapter,
      layers: resolveLayers(experiment.spec),
      parameters: summary.parameters,
      iterations: summary.iterations,
      iterationsPerEpoch: Math.floor(train.rows / experiment.training.batch),
      dispatchesPerStep: summary.dispatchesPerStep,
      bytesOnDevice: summary.bytesOnDevice,
      zero,
      noiseFloor: zero.noiseFloor,
    },
    test: takeCurves(test, rowsOf(test, new Set(points.map(({ curve }) => curve)))),
    history: readMetricsCsv(metrics, "recorded metrics"),
    outcome: {
      result: {
        stopReason: summary.stopReason as StopReason,
        iterations: summary.iterations,
        seconds: summary.seconds,
        submits: summary.submits,
        dispatchesPerStep: summary.dispatchesPerStep,
        buffersCreatedWhileTraining: summary.buffersCreatedWhileTraining,
        best: summary.best,
        validation: finalValidation(summary.rmseNoisy, experiment),
      },
      trained: {
        evaluation: {
          rmse: summary.rmse,
          rmsePerFunction: byFunction(summary.rmsePerFunction),
          rmseNoisy: summary.rmseNoisy,
          rmseZero: summary.rmseZero,
          noiseFloor: zero.noiseFloor,
        },
        testCurves: test.rows,
        prediction: Float32Array.from(points, ({ prediction }) => prediction),
      },
    },
  };
}

/** A line of the predictions: number of the curve, prediction at its next point. */
function toPoint(line: string): { readonly curve: number; readonly prediction: number } {
  const [curve, prediction] = line.split(",").map(Number);
  return { curve, prediction };
}

/** In the order of the file, which is that of the test set. */
const rowsOf = ({ curve }: Curves, curves: ReadonlySet<number>): number[] =>
  Array.from(curves, (number) => curve.indexOf(number));

const byFunction = (scores: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(calculusFunctions.map(({ name }) => [name, scores[name]]));

/** The loss follows from the RMSE: half the squared error of a curve, summed over its points or averaged. */
function finalValidation(
  rmse: number,
  { spec, data }: ReturnType<typeof resolveExperiment>,
): { readonly loss: number; readonly rmse: number } {
  return { rmse, loss: (rmse ** 2 / 2) * (spec.loss === "observations" ? data.samples : 1) };
}
