/** The CSV files of the command line and the page: curves in, metrics and predictions out, and back. */
import Papa from "papaparse";
import { FormatError, quote } from "./error";

/** One sampled curve of a predict input. */
export interface CsvCurve {
  /** The number in its `curve` column. */
  readonly id: number;
  /** Positions (T). */
  readonly x: readonly number[];
  /** Values at them (T). */
  readonly f: readonly number[];
}

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

const curveColumns = ["curve", "x", "f"] as const;
type CurveColumn = (typeof curveColumns)[number];
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Reads the columns curve, x and f, in any order, further columns being ignored. The rows of a curve are
 * kept in their order; the curves come in the order of their first rows and are equally long.
 * @param label the file's name in error messages
 * @throws FormatError naming line and column, and what was expected there
 */
export function readCurvesCsv(text: string, label: string): CsvCurve[] {
  const { data: rows, errors } = Papa.parse<string[]>(text, { delimiter: "," });
  const head = rows[0];
  if (head === undefined || isBlank(head))
    throw new FormatError(label, "line 1", "must name the columns curve,x,f");
  const column = findColumns(head, label);
  const quoteError = errors.find(({ type }) => type === "Quotes");
  if (quoteError !== undefined)
    throw new FormatError(
      label,
      `row ${(quoteError.row ?? 0) + 1}`,
      "has a quotation mark that is not closed",
    );

  const curves = new Map<number, { id: number; x: number[]; f: number[] }>();
  let line = 1 + lineBreaksIn(head);
  for (const row of rows.slice(1)) {
    line++;
    if (!isBlank(row)) {
      const id = readCell(row, column, "curve", line, label);
      const curve = curves.get(id) ?? { id, x: [], f: [] };
      curve.x.push(readCell(row, column, "x", line, label));
      curve.f.push(readCell(row, column, "f", line, label));
      curves.set(id, curve);
    }
    line += lineBreaksIn(row);
  }
  const list = [...curves.values()];
  requireEqualLengths(list, label);
  return list;
}

function findColumns(head: readonly string[], label: string): Record<CurveColumn, number> {
  const names = head.map((name) => name.trim());
  const find = (wanted: CurveColumn): number => {
    const at = names.indexOf(wanted);
    const found = names.slice(0, 8).map(quote).join(", ");
    if (at < 0)
      throw new FormatError(
        label,
        "line 1",
        `must name the columns curve,x,f: ${wanted} is missing, found ${found}`,
      );
    if (names.lastIndexOf(wanted) !== at)
      throw new FormatError(label, "line 1", `names the column ${wanted} twice`);
    return at;
  };
  return { curve: find("curve"), x: find("x"), f: find("f") };
}

function readCell(
  row: readonly string[],
  columns: Record<CurveColumn, number>,
  column: CurveColumn,
  line: number,
  label: string,
): number {
  const field = `line ${line}, column ${column}`;
  const cell = row[columns[column]]?.trim();
  if (cell === undefined) throw new FormatError(label, field, "is missing");
  const value = decimal.test(cell) ? Number(cell) : Number.NaN;
  if (column === "curve") {
    if (!Number.isSafeInteger(value))
      throw new FormatError(label, field, `must be a whole number, is ${quote(cell)}`);
  } else if (!Number.isFinite(Math.fround(value)))
    throw new FormatError(label, field, `must be a finite number (float32), is ${quote(cell)}`);
  return value;
}

function requireEqualLengths(curves: readonly CsvCurve[], label: string): void {
  const first = curves[0];
  if (first === undefined)
    throw new FormatError(label, "line 2", "must hold the first point of a curve, the file ends");
  const other = curves.find(({ x }) => x.length !== first.x.length);
  if (other !== undefined)
    throw new FormatError(
      label,
      `curve ${other.id}`,
      `must have as many points as curve ${first.id} (${first.x.length}), has ${other.x.length}`,
    );
}

const isBlank = (row: readonly string[]): boolean => row.length === 1 && row[0]?.trim() === "";
const lineBreaksIn = (row: readonly string[]): number =>
  row.reduce((count, cell) => count + cell.split("\n").length - 1, 0);

/** predict's output: the input's points in its order, with the predicted derivative (curves' T values one after the other). */
export function writeCurvePredictionsCsv(curves: readonly CsvCurve[], prediction: Float32Array): string {
  let at = 0;
  const rows = curves.flatMap(({ id, x, f }) =>
    x.map((position, t) => [id, position, f[t], float32(prediction[at++])]),
  );
  return unparse(["curve", "x", "f", "prediction"], rows);
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
