/** Whether figures support a hypothesis. */
import { countBelow } from "./by-seed";
import type { Claim } from "./study";

export type ClaimVerdict = "supported" | "refuted" | "undecided";

/** For readers of a report. */
export const verdictRule =
  "A hypothesis is supported where each of its claims holds with every seed, and refuted where one holds with none. It is undecided otherwise, with one seed, and where a precondition does not hold with every seed.";

/** A claim and what became of it. */
export interface ClaimResult extends Pick<Claim, "text"> {
  /** Seeds with which it holds, of those whose figures are there. */
  readonly held: number;
  readonly of: number;
}

export function checkClaim({ text, lower, higher }: Claim): ClaimResult {
  const { below, of } = countBelow(lower, higher);
  return { text, held: below, of };
}

/**
 * @param preconditions without which nothing is decided; they are no part of the hypothesis
 * @param seeds with which the study is made: a claim that lacks one of them decides nothing
 */
export function decide(
  preconditions: readonly ClaimResult[],
  claims: readonly ClaimResult[],
  seeds: number,
): ClaimVerdict {
  if (seeds < 2 || preconditions.some(({ held }) => held < seeds)) return "undecided";
  if (claims.some(({ held, of }) => held === 0 && of === seeds)) return "refuted";
  return claims.length > 0 && claims.every(({ held }) => held === seeds) ? "supported" : "undecided";
}
