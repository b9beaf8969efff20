/** Whether figures support a hypothesis. */
import { countBelow } from "./by-seed";
import type { Claim } from "./study";

export type Verdict = "supported" | "refuted" | "undecided";

/** For readers of a report. */
export const verdictRule =
  "A hypothesis is supported where each of its claims holds with every seed, refuted where one holds with none, and undecided otherwise or with one seed.";

/** A claim and what became of it. */
export interface ClaimResult {
  readonly text: string;
  /** Seeds with which it holds, of those whose figures are there. */
  readonly held: number;
  readonly of: number;
}

export function checkClaim({ text, lower, higher }: Claim): ClaimResult {
  const { below, of } = countBelow(lower, higher);
  return { text, held: below, of };
}

/** @param seeds with which the study is made: a claim that lacks one of them decides nothing */
export function decide(claims: readonly ClaimResult[], seeds: number): Verdict {
  if (seeds < 2) return "undecided";
  if (claims.some(({ held, of }) => held === 0 && of === seeds)) return "refuted";
  return claims.length > 0 && claims.every(({ held }) => held === seeds) ? "supported" : "undecided";
}
