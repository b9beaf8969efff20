/** What a picture of places says, in words. */
import { type ConditionSummary, meanOf, networkNames, placeBetween } from "../../../calculus";
import { formatNumber } from "../../charts/numbers";
import { networkTitles } from "../../session/describe";

const [fit, matcher] = ["local least squares", "matcher"];

/**
 * "On the seven unseen, …: CNN at 0.93, BiLSTM at 0.88.", set by set. Where the matcher knows the functions, and does better, there is nothing between the two.
 */
export function readPlaces(sets: ConditionSummary["sets"], names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const row = sets.find((set) => set.name === name);
    const find = (predictor: string) => row?.predictors.find((one) => one.predictor === predictor);
    const [low, high] = [find(fit)?.spread?.mean, find(matcher)?.spread?.mean];
    if (low === undefined || high === undefined || high <= low) return [];
    const of = (predictor: string) => find(predictor)?.bySeed ?? {};
    const places = networkNames.flatMap((network) => {
      const place = meanOf(placeBetween(of(network), of(fit), of(matcher)));
      return place !== undefined && Number.isFinite(place)
        ? [`${networkTitles[network]} at ${formatNumber(Number(place.toFixed(2)))}`]
        : [];
    });
    if (places.length === 0) return [];
    return [
      `On the ${name}, from local least squares (0) to the matcher (1) on the logarithmic axis: ${places.join(", ")}.`,
    ];
  });
}
