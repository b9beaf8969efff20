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

/** Quotes a name out of an untrusted file: no control characters, and never longer than a line bears. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
