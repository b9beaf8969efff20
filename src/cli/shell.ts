/** Commands as one types them. */

/** A word of a command, in quotes where a POSIX shell would take it for something else. */
export const shellWord = (text: string): string =>
  /^[\w./:,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
