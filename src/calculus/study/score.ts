/** RMSE per point against the clean answer, on one set. */
import type { EvaluationSet } from "./evaluation-set";

/** One predictor on one set. */
export interface SetScore {
  readonly predictor: string;
  readonly set: string;
  readonly rmse: number;
  /** By function, of those that have curves. */
  readonly members: Readonly<Record<string, number>>;
}

/** predictions (N, 1, T) on the set. Throws RangeError when they are not as many as it has points. */
export function scoreSet(predictor: string, set: EvaluationSet, predictions: ArrayLike<number>): SetScore {
  const { clean, members, memberIndex, samples } = set;
  if (predictions.length !== clean.length)
    throw new RangeError(`${clean.length} predictions expected, got ${predictions.length}`);
  const squares = new Float64Array(members.length);
  const points = new Float64Array(members.length);
  for (let i = 0; i < clean.length; i++) {
    const member = memberIndex[Math.floor(i / samples)];
    squares[member] += (predictions[i] - clean[i]) ** 2;
    points[member]++;
  }
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  return {
    predictor,
    set: set.name,
    rmse: Math.sqrt(sum(squares) / sum(points)),
    members: Object.fromEntries(
      members.flatMap((name, i) => (points[i] > 0 ? [[name, Math.sqrt(squares[i] / points[i])]] : [])),
    ),
  };
}
