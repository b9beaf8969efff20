/** What the page shows of a study: figures of single seeds and functions, claims and stencils stay with the command line. */
import type {
  ConditionSummary,
  FigureRow,
  PredictorFigure,
  StudyResult,
  StudySummary,
} from "../../../calculus";

/** A row of figures, as far as pictures and tables tell of it. */
export interface ShownRow extends Pick<FigureRow, "name" | "kind"> {
  readonly predictors: readonly Pick<PredictorFigure, "predictor" | "spread">[];
}

export interface ShownCondition extends Pick<ConditionSummary, "condition"> {
  readonly sets: readonly ShownRow[];
  readonly rules: readonly ShownRow[];
}

export interface ShownResult
  extends Pick<StudyResult, "name" | "question" | "hypothesis" | "criterion" | "verdict" | "answer"> {
  readonly conditions: readonly ShownCondition[];
}

export interface RecordedStudy
  extends Pick<StudySummary, "version" | "preset" | "epochs" | "seeds" | "networks" | "adapters"> {
  readonly results: readonly ShownResult[];
}

/** Leaves what was left by it before as it is. The build runs it: its imports are types alone. */
export const compactStudy = ({
  version,
  preset,
  epochs,
  seeds,
  networks,
  adapters,
  results,
}: RecordedStudy): RecordedStudy => ({
  version,
  preset,
  epochs,
  seeds,
  networks,
  adapters,
  results: results.map(({ name, question, hypothesis, criterion, verdict, answer, conditions }) => ({
    name,
    question,
    hypothesis,
    criterion,
    verdict,
    answer,
    conditions: conditions.map(({ condition, sets, rules }) => ({
      condition,
      sets: sets.map(compactRow),
      rules: rules.map(compactRow),
    })),
  })),
});

const compactRow = ({ name, kind, predictors }: ShownRow): ShownRow => ({
  name,
  kind,
  predictors: predictors.map(({ predictor, spread }) => ({ predictor, spread })),
});
