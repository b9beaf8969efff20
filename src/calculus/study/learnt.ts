/** The precondition of every study: claims about a network that has learnt nothing tell nothing. */
import type { NetworkName } from "../options";
import { times } from "./by-seed";
import { testSetName } from "./evaluation-set";
import { zeroName } from "./respondent";
import type { Claim, Figures, Study } from "./study";
import { networkTitles } from "./titles";

type Asked = Pick<Study, "conditions" | "learntOn">;

/** "Moler's six (gap; with x)": on what, sampled how and under which condition it shows. */
function describeBasis({ conditions, learntOn }: Asked): string {
  const which = [
    ...(learntOn === undefined ? [] : [learntOn]),
    ...(conditions.length > 1 ? [conditions[0].name] : []),
  ];
  return testSetName + (which.length > 0 ? ` (${which.join("; ")})` : "");
}

/** That the networks of a study have learnt something under its first condition, with which others are compared. */
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
