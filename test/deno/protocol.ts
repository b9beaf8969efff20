import type { AdapterReport } from "../../src/engine";

/** What the tests ask of the harness in Deno. */
export type Request =
  | { readonly kind: "describe" }
  | { readonly kind: "call"; readonly source: string; readonly args: string }
  | { readonly kind: "problems" };

/** What it answers, by the request's kind. */
export interface Answers {
  readonly describe: { readonly version: string; readonly adapter: AdapterReport };
  readonly call: string;
  readonly problems: readonly string[];
}

/** A value as one line: readline ends lines at U+2028 and U+2029 too, which JSON leaves as they are. */
export const toLine = (value: Answers[Request["kind"]] | Request): string =>
  `${JSON.stringify(value).replace(/[\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16)}`)}\n`;
