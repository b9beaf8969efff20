/** What predict gives out. */
import type { CurveTable } from "./curves";

/** Rows of a piece. */
const pieceRows = 2 ** 14;

/** CSV of the rows in their own order with the prediction for each (rows), piece by piece. */
export function* writePredictions(
  { names, rows, x, f, curve }: CurveTable,
  prediction: Float32Array,
): Generator<string> {
  const cells = names.map((name) => (/[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name));
  yield "curve,x,f,prediction\n";
  for (let from = 0; from < rows; from += pieceRows) {
    let piece = "";
    for (let row = from; row < Math.min(rows, from + pieceRows); row++)
      // Nine digits bring every float32 back exactly.
      piece += `${cells[curve.at(row)]},${x.at(row)},${f.at(row)},${Number(prediction[row].toPrecision(9))}\n`;
    yield piece;
  }
}
