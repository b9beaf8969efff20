/** Bad input from a file. The message is one line: which file, which field, what was expected. */
export class FormatError extends Error {
  /**
   * @param label what the input is called by the user, most often its path
   * @param field the place inside it: a tensor, a metadata key, a line and column
   * @param expected what should have been there, and what was
   */
  constructor(
    readonly label: string,
    readonly field: string,
    readonly expected: string,
  ) {
    super(oneLine(`${label}: ${field}: ${expected}`));
    this.name = "FormatError";
  }
}

/**
 * Makes sure, by its reader, that what was written can be read.
 * @throws RangeError instead of the reader's FormatError: the fault is the caller's
 */
export function asRangeError(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    throw error instanceof FormatError ? new RangeError(error.message) : error;
  }
}

/** Quotes a name out of an untrusted file: nothing in it steers a terminal, and it is never longer than a line bears. */
export const quote = (text: string): string => visible(JSON.stringify(abbreviate(text)));

/** A name out of an untrusted file, without quotation marks: visible, and never longer than a line bears. */
export const plainName = (text: string): string => visible(abbreviate(text));

const abbreviate = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** Whatever the text holds, on one line. */
export const oneLine = (text: string): string => visible(text.replace(/\s*[\r\n]+\s*/g, " "));

/** JSON for a program that may be read in a terminal: characters that would steer it are escaped as JSON has it. */
export const jsonLine = (value: unknown): string =>
  JSON.stringify(value).replace(steering, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
    ).join(""),
  );

/** Characters that move a terminal's cursor, change its colours or turn its writing around. */
const steering = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** All text out of files passes here on its way to a terminal: what would steer it is written out as \u{…}. */
const visible = (text: string): string =>
  text.replace(steering, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
