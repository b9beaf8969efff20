/** Whether figures support a hypothesis. */
import type { NetworkName } from "../options";
import { countBelow, times } from "./by-seed";
import { testSetName } from "./evaluation-set";
import { zeroName } from "./predictor";
import type { Claim, Figures, Study } from "./study";
import { networkTitles } from "./titles";

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

type Asked = Pick<Study, "conditions" | "learntOn">;

/** "Moler's six (gap; with x)": on what, sampled how and under which condition it shows. */
function describeBasis({ conditions, learntOn }: Asked): string {
  const which = [
    ...(learntOn === undefined ? [] : [learntOn]),
    ...(conditions.length > 1 ? [conditions[0].name] : []),
  ];
  return testSetName + (which.length > 0 ? ` (${which.join("; ")})` : "");
}

/**
 * The precondition of every study, because claims about a network that has learnt nothing tell nothing: that its networks have
 * learnt something under its first condition, with which others are compared.
 */
export const learntClaims = (study: Asked, { networks, rmse }: Figures): Claim[] =>
  networks.map((network: NetworkName) => {
    const of = (predictor: string) => rmse(predictor, study.learntOn ?? testSetName, study.conditions[0]);
    return {
      text: `the ${networkTitles[network]} has learnt something: its RMSE on ${describeBasis(study)} is below half of predicting zero's`,
      lower: of(network),
      higher: times(0.5, of(zeroName)),
    };
  });

/** What a study demands of figures, in words. */
export const describeCriterion = (study: Asked & Pick<Study, "criterion">): string =>
  `${study.criterion}; provided that each network's RMSE on ${describeBasis(study)} is below half of predicting zero's`;
