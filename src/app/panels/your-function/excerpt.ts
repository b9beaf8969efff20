import type { ExpressionError } from "../../../calculus";

/** The wrong part of a text with a little around it, so that long texts stay short. */
interface Excerpt {
  readonly before: string;
  readonly marked: string;
  readonly after: string;
}

const mostShown = 24;

export function excerptOf(typed: string, { from, to }: Pick<ExpressionError, "from" | "to">): Excerpt {
  const start = Math.max(from - mostShown, 0);
  const end = Math.min(from + mostShown, to);
  return {
    before: `${start > 0 ? "…" : ""}${typed.slice(start, from)}`,
    marked: `${typed.slice(from, end)}${end < to ? "…" : ""}`,
    after: end < to ? "" : `${typed.slice(to, to + mostShown)}${to + mostShown < typed.length ? "…" : ""}`,
  };
}
