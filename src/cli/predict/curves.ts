/** The curves of a predict input, in columns: as many as fit are kept in few bytes. */

import { FormatError } from "../../engine";
import { quote } from "../../engine/files/error";
import { Decimals } from "./decimals";
import { type Row, RowReader, type Separator } from "./rows";

/** Bytes by which an encoding is told. */
const headBytes = 4;

/**
 * Text with line feeds alone at the ends of its lines, and without a byte order mark.
 * @param label the file's name in error messages
 * @param understood is told the encoding where it is not UTF-8
 * @throws FormatError where the bytes are no text
 */
async function* readText(
  pieces: AsyncIterable<Uint8Array>,
  label: string,
  understood: (what: string) => void,
): AsyncGenerator<string> {
  let head: Uint8Array = new Uint8Array();
  let decoder: TextDecoder | undefined;
  let held = "";
  const decode = (bytes: Uint8Array | undefined): string => {
    decoder ??= openDecoder(head, understood);
    try {
      const text = held + decoder.decode(bytes, { stream: bytes !== undefined });
      // A line feed may follow in the next piece.
      held = bytes !== undefined && text.endsWith("\r") ? "\r" : "";
      return text.slice(0, text.length - held.length).replace(/\r\n?/g, "\n");
    } catch {
      throw new FormatError(label, "text", 'must be UTF-8 or UTF-16 (a spreadsheet saves it as "CSV UTF-8")');
    }
  };
  for await (const piece of pieces) {
    if (decoder) yield decode(piece);
    else {
      head = Buffer.concat([head, piece]);
      if (head.length >= headBytes) yield decode(head);
    }
  }
  if (!decoder) yield decode(head);
  yield decode(undefined);
}

/** By the byte order mark, or by the zeros that the first letters have in UTF-16. */
function openDecoder([a, b, c, d]: Uint8Array, understood: (what: string) => void): TextDecoder {
  const little = (a === 0xff && b === 0xfe) || (a > 0 && b === 0 && c > 0 && d === 0);
  const big = (a === 0xfe && b === 0xff) || (a === 0 && b > 0 && c === 0 && d > 0);
  if (little || big) understood("UTF-16 text");
  return new TextDecoder(little ? "utf-16le" : big ? "utf-16be" : "utf-8", { fatal: true });
}

/** Rows of the input with the curves they belong to. Line, x and f of row i stand at place i of their columns. */
export interface CurveTable {
  /** In the order of their first rows. */
  readonly names: readonly string[];
  /** Points of every curve (T). */
  readonly samples: number;
  readonly rows: number;
  readonly x: Numbers;
  readonly f: Numbers;
  /** Number of the curve. */
  readonly curve: Numbers;
  /** Rows curve by curve, (curves, T) flat, with x ascending in each. */
  readonly order: Uint32Array;
  /** In words, where it is not commas, points and UTF-8: separator, decimals, encoding. */
  readonly dialect: readonly string[];
  /** In a sentence, in how many curves x did not ascend; undefined where it did in all. */
  readonly sorted: string | undefined;
}

/** Of the place in a block. */
const bits = 16;
const mask = 2 ** bits - 1;

/** A list of numbers that grows without being copied. */
export class Numbers {
  readonly #blocks: (Float64Array | Uint32Array)[] = [];
  readonly #type: typeof Float64Array | typeof Uint32Array;
  #length = 0;

  constructor(type: typeof Float64Array | typeof Uint32Array) {
    this.#type = type;
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    const at = this.#length++ & mask;
    if (at === 0) this.#blocks.push(new this.#type(mask + 1));
    this.#blocks[this.#blocks.length - 1][at] = value;
  }

  at(i: number): number {
    return this.#blocks[i >>> bits][i & mask];
  }
}

const columns = ["curve", "x", "f"] as const;
const separatorNames: Readonly<Record<Separator, string>> = {
  ",": "commas",
  ";": "semicolons",
  "\t": "TABs",
};

/**
 * Reads the columns curve, x and f, in any order, further columns being ignored. The rows of a curve may stand in any order
 * and between those of others; curves are equally long.
 * @param label the file's name in error messages
 * @throws FormatError naming line and column, and what was expected there
 */
export async function readCurves(pieces: AsyncIterable<Uint8Array>, label: string): Promise<CurveTable> {
  const dialect: string[] = [];
  const builder = new CurveBuilder(label);
  for await (const text of readText(pieces, label, (what) => dialect.push(what))) builder.read(text);
  return builder.end(dialect);
}

class CurveBuilder {
  readonly #label: string;
  readonly #reader: RowReader;
  readonly #numbers = new Map<string, number>();
  readonly #x = new Numbers(Float64Array);
  readonly #f = new Numbers(Float64Array);
  readonly #curve = new Numbers(Uint32Array);
  readonly #line = new Numbers(Uint32Array);
  #decimals: Decimals | undefined;
  #places: readonly number[] = [];

  constructor(label: string) {
    this.#label = label;
    this.#reader = new RowReader(columns, label);
  }

  read(text: string): void {
    for (const row of this.#reader.read(text)) this.#add(row);
  }

  end(dialect: string[]): CurveTable {
    for (const row of this.#reader.end()) this.#add(row);
    this.#decimals?.end();
    const { separator } = this.#reader;
    if (separator !== undefined && separator !== ",")
      dialect.push(`${separatorNames[separator]} between cells`);
    if (this.#decimals?.commas) dialect.push("decimal commas");
    const rows = this.#x.length;
    if (rows === 0)
      throw new FormatError(this.#label, "line 2", "must hold the first point of a curve, the file ends");
    const samples = this.#requireEqualLengths();
    const order = this.#rowsByCurve(samples);
    const sorted = this.#sort(order, samples);
    const { names, x, f, curve } = {
      names: [...this.#numbers.keys()],
      x: this.#x,
      f: this.#f,
      curve: this.#curve,
    };
    return { names, samples, rows, x, f, curve, order, dialect, sorted };
  }

  #add({ line, cells }: Row): void {
    const { head, separator } = this.#reader;
    if (!this.#decimals) {
      this.#decimals = new Decimals(separator ?? ",", this.#label);
      this.#places = columns.map((column) => head.indexOf(column));
    }
    if (cells.length > head.length && cells.slice(head.length).some((cell) => cell.trim() !== ""))
      throw new FormatError(
        this.#label,
        `line ${line}`,
        `has ${cells.length} cells, the head names ${head.length} columns (is a decimal comma among them?)`,
      );
    const [name, x, f] = columns.map((column, i) => {
      const cell = cells[this.#places[i]];
      if (cell === undefined || cell.trim() === "")
        throw new FormatError(this.#label, `line ${line}, column ${column}`, "is missing");
      return cell.trim();
    });
    if (/\p{Cc}/u.test(name))
      throw new FormatError(
        this.#label,
        `line ${line}, column curve`,
        `must be a name without control characters, is ${quote(name)}`,
      );
    const number = this.#numbers.get(name) ?? this.#numbers.size;
    this.#numbers.set(name, number);
    this.#x.push(this.#decimals.read(x, line, "x"));
    this.#f.push(this.#decimals.read(f, line, "f"));
    this.#curve.push(number);
    this.#line.push(line);
  }

  /** Returns how long they are. */
  #requireEqualLengths(): number {
    const counts = new Uint32Array(this.#numbers.size);
    for (let row = 0; row < this.#curve.length; row++) counts[this.#curve.at(row)]++;
    const other = counts.findIndex((count) => count !== counts[0]);
    const names = [...this.#numbers.keys()];
    if (other > 0)
      throw new FormatError(
        this.#label,
        `curve ${quote(names[other])}`,
        `must have as many points as curve ${quote(names[0])} (${counts[0]}), has ${counts[other]}; predict others by themselves`,
      );
    return counts[0];
  }

  #rowsByCurve(samples: number): Uint32Array {
    const order = new Uint32Array(this.#curve.length);
    const taken = new Uint32Array(this.#numbers.size);
    for (let row = 0; row < order.length; row++) {
      const curve = this.#curve.at(row);
      order[curve * samples + taken[curve]++] = row;
    }
    return order;
  }

  /** Brings each curve's rows into the order of x. Says how many were not in it. Throws FormatError where two are equal. */
  #sort(order: Uint32Array, samples: number): string | undefined {
    const x = this.#x;
    let [unsorted, first] = [0, 0];
    for (let start = 0; start < order.length; start += samples) {
      const rows = order.subarray(start, start + samples);
      if (rows.some((row, t) => t > 0 && x.at(row) < x.at(rows[t - 1]))) {
        if (unsorted++ === 0) first = this.#curve.at(rows[0]);
        rows.sort((a, b) => x.at(a) - x.at(b));
      }
      const twin = rows.findIndex(
        (row, t) => t > 0 && Math.fround(x.at(row)) === Math.fround(x.at(rows[t - 1])),
      );
      if (twin > 0) this.#refuseTwins(rows[twin - 1], rows[twin]);
    }
    if (unsorted === 0) return undefined;
    const curves = order.length / samples;
    const [name] = [...this.#numbers.keys()].slice(first, first + 1);
    return `x does not ascend in ${unsorted} of ${curves} curves, first in curve ${quote(name)}: sorted to predict, rows come back in their own order`;
  }

  #refuseTwins(...rows: readonly [number, number]): never {
    const [one, other] = [...rows].sort((a, b) => a - b);
    const [a, b] = [this.#x.at(one), this.#x.at(other)];
    const before = `x in line ${this.#line.at(one)}`;
    throw new FormatError(
      this.#label,
      `line ${this.#line.at(other)}, column x`,
      a === b
        ? `${b} stands in line ${this.#line.at(one)} of the same curve already, which has one value at each x`
        : `${b} is the same in float32 as ${before}, ${a}: subtract where x begins and divide by its range`,
    );
  }
}
