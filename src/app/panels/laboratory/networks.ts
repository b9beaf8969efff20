/** Which trained networks stand in the visitor's picture. */
import { type NetworkName, networkNames } from "../../../calculus";
import type { Run } from "../../session/run";

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
