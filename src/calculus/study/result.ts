/** What came out of a study, as study.json holds it. */
import type { FigureRow } from "./rows";
import type { Study } from "./study";
import type { ClaimResult, ClaimVerdict } from "./verdict";

export interface ConditionSummary {
  readonly condition: string;
  readonly sets: readonly FigureRow[];
  readonly rules: readonly FigureRow[];
  readonly stencils: readonly FigureRow[];
  /** To be drawn. */
  readonly weights: readonly PredictorWeights[];
}

/** Means over the seeds. */
export interface PredictorWeights {
  readonly predictor: string;
  /** From the point of the answer (T). */
  readonly offsets: readonly number[];
  /** (T) */
  readonly weights: readonly number[];
}

export interface StudyResult extends Pick<Study, "name" | "question" | "hypothesis" | "control"> {
  /** The claims and preconditions in words. */
  readonly criterion: string;
  readonly cells: { readonly done: number; readonly planned: number };
  /** Keys of the trainings that diverged. */
  readonly diverged: readonly string[];
  readonly verdict: ClaimVerdict;
  readonly preconditions: readonly ClaimResult[];
  readonly claims: readonly ClaimResult[];
  readonly conditions: readonly ConditionSummary[];
  /** In one paragraph, from these figures alone. */
  readonly answer: string;
}
