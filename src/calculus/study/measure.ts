/** What a cell measures: everything that any study asks of its training. */
import type { CurveOptions, Curves } from "../curves";
import { type RuleDefect, ruleDefects, ruleQuestions } from "../rules/questions";
import { stencilQuestion } from "../stencil/question";
import type { Cell } from "./cells";
import type { Condition } from "./condition";
import { inverseOf } from "./data";
import { type EvaluationSet, evaluationSets } from "./evaluation-set";
import type { Predictor } from "./predictor";
import { keepStencil, type PredictorStencil } from "./stencil-properties";

/** One predictor on one set. */
export interface SetScore {
  readonly predictor: string;
  readonly set: string;
  readonly rmse: number;
  /** By function, of those that have curves. */
  readonly members: Readonly<Record<string, number>>;
}

/** How far a predictor is from keeping a rule of calculus. */
export interface PredictorDefect extends RuleDefect {
  readonly predictor: string;
}

/** Each list is one kind of measurement; a kind that does not apply to a training is empty. */
export interface Measurements {
  readonly scores: readonly SetScore[];
  readonly defects: readonly PredictorDefect[];
  readonly stencils: readonly PredictorStencil[];
}

/** Of a training that diverged. */
export const nothingMeasured: Measurements = { scores: [], defects: [], stencils: [] };

/** Whether every figure is a number: a training whose answers overflow has none to keep. */
export const isFiniteThroughout = (value: unknown): boolean =>
  typeof value === "number"
    ? Number.isFinite(value)
    : typeof value !== "object" || value === null || Object.values(value).every(isFiniteThroughout);

/** A finished cell. */
export interface CellResult extends Measurements {
  readonly cell: Cell;
  readonly ended: "done" | "diverged";
  /** On which a network was trained; null for the classical opponents. */
  readonly adapter: string | null;
}

/**
 * Asks everyone everything, one after the other.
 * @param test the test curves of the training
 * @param grids on which functions that are not of the test set are sampled
 * @param chosen names of sets, where not all of them are asked
 */
export async function measure(
  { inverse }: Condition,
  data: CurveOptions,
  test: Curves,
  grids: number,
  predictors: readonly Predictor[],
  chosen?: readonly string[],
): Promise<Measurements> {
  const all = evaluationSets(test, data, grids, inverse && inverseOf);
  const sets = chosen ? all.filter(({ name }) => chosen.includes(name)) : all;
  // Rules are those of differentiation, and so are the moments of its weights.
  const differentiation = inverse
    ? undefined
    : { rules: ruleQuestions(data, grids), stencil: stencilQuestion(data) };
  const scores: SetScore[] = [];
  const defects: PredictorDefect[] = [];
  const stencils: PredictorStencil[] = [];
  for (const { name, answer, stencil } of predictors) {
    for (const set of sets) scores.push(scoreSet(name, set, await answer(set)));
    if (differentiation === undefined) continue;
    const answers = await answer(differentiation.rules);
    defects.push(
      ...ruleDefects(differentiation.rules, answers).map((defect) => ({ predictor: name, ...defect })),
    );
    if (stencil) stencils.push(keepStencil(name, await stencil(differentiation.stencil)));
  }
  return { scores, defects, stencils };
}

/** RMSE per point against the clean answer. predictions (N, 1, T) on the set. Throws RangeError when they are not as many as it has points. */
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
