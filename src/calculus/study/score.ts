/** What a cell measures: RMSE per point against the clean derivative, set by set. */
import { classicalOpponents } from "../opponents/opponents";
import type { Cell } from "./cells";
import type { EvaluationSet } from "./evaluation-set";

/** One predictor on one set. */
export interface SetScore {
  readonly predictor: string;
  readonly set: string;
  readonly kind: EvaluationSet["kind"];
  readonly rmse: number;
  /** By function, of those that have curves. */
  readonly members: Readonly<Record<string, number>>;
}

/** A finished cell. */
export interface CellResult {
  readonly cell: Cell;
  /** A training that diverged has no scores. */
  readonly ended: "done" | "diverged";
  /** On which a network was trained; null for the classical opponents. */
  readonly adapter: string | null;
  readonly scores: readonly SetScore[];
}

/** What the clean derivative scores against the noisy target: no prediction of the target does better by merit. */
export const noiseFloorName = "noise floor";

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
    kind: set.kind,
    rmse: Math.sqrt(sum(squares) / sum(points)),
    members: Object.fromEntries(
      members.flatMap((name, i) => (points[i] > 0 ? [[name, Math.sqrt(squares[i] / points[i])]] : [])),
    ),
  };
}

/** The noise floor, then every classical opponent. */
export const scoreOpponents = (set: EvaluationSet, noise: number): SetScore[] => [
  scoreSet(noiseFloorName, set, set.target),
  ...classicalOpponents(noise).map(({ name, derivative }) => {
    const { samples, x, clean } = set;
    const predictions = new Float64Array(clean.length);
    for (let row = 0; row < clean.length / samples; row++) {
      const [grid, f] = [0, 1].map((channel) =>
        x.subarray((2 * row + channel) * samples, (2 * row + channel + 1) * samples),
      );
      predictions.set(derivative(grid, f), row * samples);
    }
    return scoreSet(name, set, predictions);
  }),
];
