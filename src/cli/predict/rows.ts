/** Cells out of text that comes in pieces: which separator it has, and which line is which. */
import Papa from "papaparse";
import { FormatError } from "../../engine";
import { quote } from "../../engine/files/error";

export interface Row {
  /** Of the file, from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

/** Those that spreadsheets write. */
const separators = [",", ";", "\t"] as const;
export type Separator = (typeof separators)[number];

/** Characters of a row, at most: more are a quotation mark that was never closed. */
const longestRow = 2 ** 20;

/**
 * Reads rows of cells, blank ones left out, below the first row that is not blank: it names the columns, and tells by
 * which separator it does so.
 */
export class RowReader {
  readonly #wanted: readonly string[];
  readonly #label: string;
  #separator: Separator | undefined;
  #head: readonly string[] = [];
  /** What is not a whole row yet. */
  #rest = "";
  /** Characters of it that were looked at, and whether they end within quotation marks. */
  #seen = 0;
  #quoted = false;
  /** Of the row that comes next. */
  #line = 1;

  /**
   * @param wanted columns by which the head is known
   * @param label the file's name in error messages
   */
  constructor(wanted: readonly string[], label: string) {
    this.#wanted = wanted;
    this.#label = label;
  }

  /** Undefined until the head was read. */
  get separator(): Separator | undefined {
    return this.#separator;
  }

  /** The names of the columns. */
  get head(): readonly string[] {
    return this.#head;
  }

  /** The rows that this piece completes. Throws FormatError. */
  read(text: string): Row[] {
    this.#rest += text;
    const whole = this.#wholeRows();
    if (whole > 0) {
      const rows = this.#rest.slice(0, whole - 1);
      this.#rest = this.#rest.slice(whole);
      this.#seen -= whole;
      return this.#parse(rows);
    }
    if (this.#rest.length > longestRow)
      throw new FormatError(
        this.#label,
        `line ${this.#line}`,
        this.#quoted ? unclosed : `must be at most ${longestRow} characters long`,
      );
    return [];
  }

  /** The last row, if no line feed ended it. Throws FormatError. */
  end(): Row[] {
    if (this.#quoted) throw new FormatError(this.#label, `line ${this.#line}`, unclosed);
    const rows = this.#parse(this.#rest);
    if (this.#separator === undefined)
      throw new FormatError(this.#label, "line 1", `must name the columns ${this.#wanted.join()}`);
    return rows;
  }

  /** Characters up to the last line feed that is not within quotation marks. */
  #wholeRows(): number {
    const text = this.#rest;
    let end = 0;
    if (this.#quoted || text.includes('"', this.#seen))
      for (; this.#seen < text.length; this.#seen++) {
        const character = text[this.#seen];
        if (character === '"') this.#quoted = !this.#quoted;
        else if (character === "\n" && !this.#quoted) end = this.#seen + 1;
      }
    else if (text.indexOf("\n", this.#seen) >= 0) end = text.lastIndexOf("\n") + 1;
    this.#seen = text.length;
    return end;
  }

  #parse(text: string): Row[] {
    const body = this.#separator === undefined ? this.#takeHead(text) : text;
    if (body === undefined) return [];
    const { data, errors } = Papa.parse<string[]>(body, { delimiter: this.#separator, newline: "\n" });
    const wrong = errors.find(({ type }) => type === "Quotes")?.row;
    const quotes = body.includes('"');
    const rows: Row[] = [];
    for (const [i, cells] of data.entries()) {
      const line = this.#line;
      if (i === wrong)
        throw new FormatError(this.#label, `line ${line}`, "has a quotation mark in the middle of a cell");
      this.#line += 1 + (quotes ? lineFeeds(cells.join("")) : 0);
      if (cells.every((cell) => cell.trim() === "")) continue;
      rows.push({ line, cells });
    }
    return rows;
  }

  /** Finds the head; returns what stands below it, undefined where nothing does. */
  #takeHead(text: string): string | undefined {
    let body: string | undefined = text;
    while (body !== undefined) {
      const at: number = body.indexOf("\n");
      const row: string = at < 0 ? body : body.slice(0, at);
      body = at < 0 ? undefined : body.slice(at + 1);
      const line = this.#line++;
      // Excel names the separator so.
      if (/^[\s,;"]*$/.test(row) || /^"?sep=."?$/i.test(row)) continue;
      this.#findColumns(row, line);
      return body;
    }
    return undefined;
  }

  #findColumns(row: string, line: number): void {
    const heads = separators.map((separator) => ({
      separator,
      names: Papa.parse<string[]>(row, { delimiter: separator }).data[0].map((name) => name.trim()),
    }));
    const fits = heads.find(({ names }) => this.#wanted.every((wanted) => names.includes(wanted)));
    const { names, separator } =
      fits ?? heads.reduce((most, head) => (head.names.length > most.names.length ? head : most));
    const columns = `must name the columns ${this.#wanted.join()}`;
    const missing = this.#wanted.find((wanted) => !names.includes(wanted));
    if (missing !== undefined)
      throw new FormatError(
        this.#label,
        `line ${line}`,
        `${columns}, with a comma, semicolon or TAB between them: ${missing} is missing, found ${names.slice(0, 8).map(quote).join(", ")}`,
      );
    const twice = this.#wanted.find((wanted) => names.indexOf(wanted) !== names.lastIndexOf(wanted));
    if (twice !== undefined)
      throw new FormatError(this.#label, `line ${line}`, `names the column ${twice} twice`);
    this.#head = names;
    this.#separator = separator;
  }
}

const unclosed = "has a quotation mark that is not closed";

const lineFeeds = (text: string): number => text.split("\n").length - 1;
