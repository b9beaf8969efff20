/** The CSV files that a training leaves, metrics and predictions: written, and read back. */
import Papa from "papaparse";
import { FormatError } from "../engine/files/error";
import type { Curves } from "./curves";
import { calculusFunctions } from "./functions";

/** One line of metrics.csv; the validation cells stay empty where an iteration was not validated. */
export interface MetricsRow {
  readonly iteration: number;
  readonly epoch: number;
  readonly seconds: number;
  readonly learnRate: number;
  readonly loss: number;
  readonly rmse: number;
  readonly gradientNorm: number;
  readonly validation?: { readonly loss: number; readonly rmse: number } | undefined;
}

/** One line of predictions.csv: one point of one test curve. */
export interface PredictionRow {
  readonly function: string;
  readonly curve: number;
  readonly x: number;
  readonly target: number;
  readonly clean: number;
  readonly prediction: number;
}

const metricsColumns = [
  "iteration",
  "epoch",
  "seconds",
  "learnRate",
  "trainLoss",
  "trainRmse",
  "validationLoss",
  "validationRmse",
  "gradientNorm",
] as const;

/** metrics.csv, one line per iteration. */
export function writeMetricsCsv(rows: readonly MetricsRow[]): string {
  return unparse(
    metricsColumns,
    rows.map((row) => [
      row.iteration,
      row.epoch,
      Number(row.seconds.toFixed(4)),
      float32(row.learnRate),
      float32(row.loss),
      float32(row.rmse),
      float32(row.validation?.loss),
      float32(row.validation?.rmse),
      float32(row.gradientNorm),
    ]),
  );
}

/**
 * Reads what `writeMetricsCsv` wrote.
 * @param label the file's name in error messages
 * @throws FormatError naming the line
 */
export function readMetricsCsv(text: string, label: string): MetricsRow[] {
  return readTable(text, label, metricsColumns).map(
    ([iteration, epoch, seconds, learnRate, loss, rmse, validationLoss, validationRmse, gradientNorm]) => ({
      iteration: Number(iteration),
      epoch: Number(epoch),
      seconds: Number(seconds),
      learnRate: Number(learnRate),
      loss: Number(loss),
      rmse: Number(rmse),
      gradientNorm: Number(gradientNorm),
      ...(validationLoss !== "" && {
        validation: { loss: Number(validationLoss), rmse: Number(validationRmse) },
      }),
    }),
  );
}

const predictionColumns = ["function", "curve", "x", "target", "clean", "prediction"] as const;

/** predictions.csv, one line per point. */
export function writePredictionsCsv(rows: readonly PredictionRow[]): string {
  return unparse(
    predictionColumns,
    rows.map((row) => [
      row.function,
      row.curve,
      float32(row.x),
      float32(row.target),
      float32(row.clean),
      float32(row.prediction),
    ]),
  );
}

/**
 * Reads what `writePredictionsCsv` wrote.
 * @param label the file's name in error messages
 * @throws FormatError naming the line
 */
export function readPredictionsCsv(text: string, label: string): PredictionRow[] {
  return readTable(text, label, predictionColumns).map(([name, curve, x, target, clean, prediction]) => ({
    function: name,
    curve: Number(curve),
    x: Number(x),
    target: Number(target),
    clean: Number(clean),
    prediction: Number(prediction),
  }));
}

/** The cells below a head of exactly these columns: numbers, or empty, but for a first column of names. */
function readTable(text: string, label: string, columns: readonly string[]): string[][] {
  const [head, ...rows] = Papa.parse<string[]>(text.trimEnd(), { delimiter: "," }).data;
  if (head?.join() !== columns.join())
    throw new FormatError(label, "line 1", `must name the columns ${columns.join()}`);
  rows.forEach((cells, i) => {
    const named = columns[0] === "function" ? 1 : 0;
    if (cells.length !== columns.length || cells.slice(named).some((cell) => !/^(|[-+.e\d]+)$/.test(cell)))
      throw new FormatError(label, `line ${i + 2}`, `must hold ${columns.length} cells, numbers or empty`);
  });
  return rows;
}

/** Nine digits bring every float32 back exactly. */
const float32 = (value: number | undefined): number | "" =>
  value === undefined ? "" : Number(value.toPrecision(9));

const unparse = (fields: readonly string[], data: (string | number | undefined)[][]): string =>
  `${Papa.unparse({ fields: [...fields], data }, { newline: "\n" })}\n`;

/**
 * Every point of the test set, curve by curve: the rows of predictions.csv.
 * @param prediction (N, 1, T) on these curves
 * @throws RangeError when they are not as many as the curves have points
 */
export function predictionRows(test: Curves, prediction: ArrayLike<number>): PredictionRow[] {
  const { samples, clean, target } = test;
  if (prediction.length !== clean.length)
    throw new RangeError(`${clean.length} predictions expected, got ${prediction.length}`);
  return Array.from({ length: clean.length }, (_, i) => {
    const row = Math.floor(i / samples);
    return {
      function: calculusFunctions[test.functionIndex[row]].name,
      curve: test.curve[row],
      x: test.x[2 * row * samples + (i % samples)],
      target: target[i],
      clean: clean[i],
      prediction: prediction[i],
    };
  });
}
