/** Numbers as people write them: with a point or a comma, but not with both. */
import { FormatError } from "../../engine";
import { quote } from "../../engine/files/error";
import type { Separator } from "./rows";

const withPoint = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
const withComma = /^[+-]?(\d+,\d*|,\d+)(e[+-]?\d+)?$/i;
/** Digits in threes. */
const grouped = /^[+-]?\d{1,3}([,.'’ \u00a0\u202f]\d{3})+([.,]\d+)?$/;
/** What could be a number of thousands as well. */
const ambiguous = /^[+-]?[1-9]\d{0,2},\d{3}$/;

interface Mark {
  readonly character: "," | ".";
  readonly line: number;
  readonly cell: string;
}

/**
 * Reads the numbers of one file, in which the first decimal point or comma decides for all. A comma is one only where it does
 * not separate the cells.
 */
export class Decimals {
  readonly #separator: Separator;
  readonly #label: string;
  #mark: Mark | undefined;
  /** Whether a comma was seen that separates no thousands. */
  #certain = false;

  constructor(separator: Separator, label: string) {
    this.#separator = separator;
    this.#label = label;
  }

  /** Whether numbers have commas. */
  get commas(): boolean {
    return this.#mark?.character === ",";
  }

  /** @throws FormatError unless the cell is a number that is finite in float32 */
  read(cell: string, line: number, column: string): number {
    const refuse = (expected: string): never => {
      throw new FormatError(this.#label, `line ${line}, column ${column}`, `${expected}, is ${quote(cell)}`);
    };
    // Typesetters' minus.
    const text = cell.replace("\u2212", "-");
    const point = withPoint.test(text);
    const comma = !point && withComma.test(text);
    if (!point && !comma) {
      if (grouped.test(text)) refuse("must be written without a thousands separator");
      refuse("must be a finite number (float32)");
    }
    if (comma && this.#separator === ",")
      refuse(
        grouped.test(text)
          ? "must be written without a thousands separator"
          : "must have a decimal point where commas separate the cells",
      );
    if (comma || text.includes(".")) {
      const character = comma ? "," : ".";
      this.#mark ??= { character, line, cell };
      if (this.#mark.character !== character)
        refuse(
          `must have a decimal ${comma ? "point" : "comma"} like ${quote(this.#mark.cell)} in line ${this.#mark.line}`,
        );
      if (comma && !ambiguous.test(text)) this.#certain = true;
    }
    const value = Number(comma ? text.replace(",", ".") : text);
    if (!Number.isFinite(Math.fround(value))) refuse("must be a finite number (float32)");
    return value;
  }

  /** After the last cell. Throws FormatError where all commas may separate thousands just as well. */
  end(): void {
    if (!this.#mark || this.#mark.character === "." || this.#certain) return;
    const { line, cell } = this.#mark;
    throw new FormatError(
      this.#label,
      `line ${line}`,
      `${quote(cell)} may mean ${cell.replace(",", ".")} or ${cell.replace(",", "")}: write a decimal point`,
    );
  }
}
