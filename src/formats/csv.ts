/** The CSV files of the command line: curves in, metrics and predictions out. */
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
const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

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

/** metrics.csv, one line per iteration. */
export function writeMetricsCsv(rows: readonly MetricsRow[]): string {
  return unparse(
    [
      "iteration",
      "epoch",
      "seconds",
      "learnRate",
      "trainLoss",
      "trainRmse",
      "validationLoss",
      "validationRmse",
      "gradientNorm",
    ],
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

/** predictions.csv, one line per point. */
export function writePredictionsCsv(rows: readonly PredictionRow[]): string {
  return unparse(
    ["function", "curve", "x", "target", "clean", "prediction"],
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

/** Nine digits bring every float32 back exactly. */
const float32 = (value: number | undefined): number | "" =>
  value === undefined ? "" : Number(value.toPrecision(9));

const unparse = (fields: string[], data: (string | number | undefined)[][]): string =>
  `${Papa.unparse({ fields, data }, { newline: "\n" })}\n`;
