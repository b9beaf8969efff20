/** From finished cells to mean and spread over the seeds: what study.json holds. */
import { type Spread, spreadOf } from "../scores";
import { answerStudy } from "./answer";
import { cellKey, listCells, type StudySettings } from "./cells";
import type { EvaluationSet } from "./evaluation-set";
import type { CellResult, SetScore } from "./score";
import { type Study, studies } from "./study";

export interface PredictorScore {
  readonly predictor: string;
  readonly rmse: Spread;
  readonly members: Readonly<Record<string, Spread>>;
}

export interface SetSummary {
  readonly set: string;
  readonly kind: EvaluationSet["kind"];
  /** The networks first. */
  readonly predictors: readonly PredictorScore[];
}

export interface ConditionSummary {
  readonly condition: string;
  readonly sets: readonly SetSummary[];
}

export interface StudyResult extends Omit<Study, "conditions"> {
  readonly cells: { readonly done: number; readonly planned: number };
  /** Keys of the trainings that diverged. */
  readonly diverged: readonly string[];
  readonly conditions: readonly ConditionSummary[];
  /** In one paragraph, from these figures alone. */
  readonly answer: string;
}

export interface StudySummary extends StudySettings {
  readonly version: string;
  readonly adapters: readonly string[];
  readonly results: readonly StudyResult[];
}

/** The studies that were asked for. */
export const chosenStudies = ({ studies: names }: StudySettings): Study[] =>
  studies.filter(({ name }) => names.includes(name));

/** @param results of the settings' cells, in any order; those that are missing count as not done */
export function summariseStudies(
  version: string,
  settings: StudySettings,
  results: readonly CellResult[],
): StudySummary {
  const byKey = new Map(results.map((result) => [cellKey(result.cell), result]));
  return {
    version,
    ...settings,
    adapters: [...new Set(results.flatMap(({ adapter }) => adapter ?? []))].sort(),
    results: chosenStudies(settings).map((study) => {
      const planned = listCells([study], settings.seeds);
      // In the order of the list, whichever was done first.
      const done = planned.flatMap((cell) => byKey.get(cellKey(cell)) ?? []);
      const { conditions, ...description } = study;
      const summaries = conditions.map(({ name }) => ({
        condition: name,
        sets: summariseSets(
          done.filter(({ cell }) => cell.condition === name).flatMap(({ scores }) => scores),
        ),
      }));
      const counted = {
        ...description,
        cells: { done: done.length, planned: planned.length },
        diverged: done.filter(({ ended }) => ended === "diverged").map(({ cell }) => cellKey(cell)),
        conditions: summaries,
      };
      return { ...counted, answer: answerStudy(counted) };
    }),
  };
}

function summariseSets(scores: readonly SetScore[]): SetSummary[] {
  return [...new Set(scores.map(({ set }) => set))].map((set) => {
    const own = scores.filter((score) => score.set === set);
    return {
      set,
      kind: own[0].kind,
      predictors: [...new Set(own.map(({ predictor }) => predictor))].map((predictor) =>
        summarisePredictor(
          predictor,
          own.filter((score) => score.predictor === predictor),
        ),
      ),
    };
  });
}

function summarisePredictor(predictor: string, scores: readonly SetScore[]): PredictorScore {
  const members = [...new Set(scores.flatMap((score) => Object.keys(score.members)))];
  return {
    predictor,
    rmse: spreadOf(scores.map(({ rmse }) => rmse)),
    members: Object.fromEntries(
      members.map((name) => [name, spreadOf(scores.flatMap((score) => score.members[name] ?? []))]),
    ),
  };
}
