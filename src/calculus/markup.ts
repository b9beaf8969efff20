/** Text as HTML and SVG: what is put into `html` is escaped, unless it is markup itself. */

/** A piece of a document, written with `html` or `trusted`. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** A list is written one item a line; nothing is written for undefined. */
type Content = string | number | Markup | undefined | readonly Content[];

/** Markup that this program itself brings along: a style sheet, a script. Never a text out of a file. */
export const trusted = (text: string): Markup => new Markup(text);

/** Markup with values in it, between tags or within quoted attributes. */
export const html = (parts: TemplateStringsArray, ...values: readonly Content[]): Markup =>
  new Markup(parts.reduce((text, part, i) => text + write(values[i - 1]) + part));

function write(value: Content): string {
  if (value === undefined) return "";
  if (typeof value === "object") return value instanceof Markup ? value.text : value.map(write).join("\n");
  return escapeMarkup(String(value));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const forbidden = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Text as it may stand in HTML and in XML, without the characters that XML must not hold. */
export const escapeMarkup = (text: string): string =>
  text.replace(forbidden, "").replace(/[&<>"']/g, (character) => entities[character]);
