/** What a picture of places says, in words. */
import {
  type ConditionSummary,
  meanOf,
  type NetworkName,
  networkNames,
  placeBetween,
} from "../../../calculus";
import { formatNumber } from "../../../charts/numbers";
import { networkTitles } from "../../session/describe";
import type { Run } from "../../session/run";

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

export interface Candidates {
  /** One of each network at most, all trained on the same curves. */
  readonly runs: readonly Run[];
  /** Those that were not trained on these curves. */
  readonly missing: readonly NetworkName[];
}

/**
 * The last finished run, and that of the other network on the same curves: one picture asks all of them the same.
 * @param finished the latest last
 */
export function candidatesOf(finished: readonly Run[]): Candidates {
  const trained = finished.filter(({ outcome }) => outcome?.trained?.model).toReversed();
  const data = trained.length > 0 ? JSON.stringify(trained[0].experiment.data) : "";
  const found = networkNames.map((network) =>
    trained.find(
      ({ experiment }) => experiment.network === network && JSON.stringify(experiment.data) === data,
    ),
  );
  return {
    runs: found.flatMap((run) => run ?? []),
    missing: networkNames.filter((_, i) => found[i] === undefined),
  };
}
