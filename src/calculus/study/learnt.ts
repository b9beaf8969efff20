/** Whether a network has learnt anything: where it has not, other claims about it tell nothing. */
import type { NetworkName } from "../options";
import { times } from "./by-seed";
import type { Condition } from "./condition";
import { testSetName } from "./evaluation-set";
import { zeroName } from "./respondent";
import type { Claim, Figures } from "./study";
import { networkTitles } from "./titles";

/** In criteria. */
export const learntCriterion = "provided that its RMSE on Moler's six is below half of predicting zero's";

/** @param set of Moler's six: the test curves, or these sampled in some way */
export const hasLearnt = (
  network: NetworkName,
  { rmse }: Figures,
  condition: Condition,
  set: string,
): Claim => ({
  precondition: true,
  text: `the ${networkTitles[network]} has learnt something: its RMSE on ${set === testSetName ? set : `${testSetName} (${set})`} is below half of predicting zero's`,
  lower: rmse(network, set, condition),
  higher: times(0.5, rmse(zeroName, set, condition)),
});
