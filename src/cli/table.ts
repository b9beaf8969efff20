/** A table of figures, for the terminal or for a document. */
import Table from "cli-table3";

export interface FigureTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Columns of words; all others hold figures. */
  readonly words: readonly number[];
}

/** With lines around it. */
export function textTable({ head, rows, words }: FigureTable): string {
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (words.includes(column) ? "left" : "right")),
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

/** As Markdown. */
export function markdownTable({ head, rows, words }: FigureTable): string {
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = head.map((_, column) => (words.includes(column) ? "---" : "---:"));
  return [line(head), `|${rule.join("|")}|`, ...rows.map(line)].join("\n");
}

/** Three digits, and no exponent where more stand before the point. */
export const figure = (value: number): string =>
  value >= 999.5 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));

export const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
