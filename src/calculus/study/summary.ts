/** From finished cells to mean and spread over the seeds: what study.json holds. */
import { answerStudy } from "./answer";
import type { BySeed } from "./by-seed";
import { cellCondition, cellKey, chosenStudies, listCells, type StudySettings } from "./cells";
import { type Condition, distinctConditions, taughtFamily } from "./condition";
import { testSetName } from "./evaluation-set";
import { kindOf } from "./kind";
import type { CellResult } from "./measure";
import type { ConditionSummary, PredictorWeights, StudyResult } from "./result";
import { type FigureRow, groupBy, rowsOf, ruleRows, setRows } from "./rows";
import { type PredictorStencil, stencilFigures, stencilProperties } from "./stencil-properties";
import { type Figures, type Study, subjects } from "./study";
import { checkClaim, decide, describeCriterion, learntClaims } from "./verdict";

export interface StudySummary extends StudySettings {
  readonly version: string;
  readonly adapters: readonly string[];
  readonly results: readonly StudyResult[];
}

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
    results: chosenStudies(settings).map((study) => summariseStudy(study, settings, byKey)),
  };
}

function summariseStudy(
  study: Study,
  settings: StudySettings,
  results: ReadonlyMap<string, CellResult>,
): StudyResult {
  const { name, question, hypothesis, control } = study;
  // In the order of the list, whichever was done first.
  const planned = listCells([study], settings);
  const done = planned.flatMap((cell) => results.get(cellKey(cell)) ?? []);
  const distinct = distinctConditions(study.conditions, settings.preset);
  const conditions = distinct.map((condition) => summariseCondition(study, condition, settings, done));
  const figures = figuresOf(distinct, conditions, settings);
  const preconditions = learntClaims(study, figures).map(checkClaim);
  const claims = study.claims(figures).map(checkClaim);
  const counted = {
    name,
    question,
    hypothesis,
    criterion: describeCriterion(study),
    control,
    cells: { done: done.length, planned: planned.length },
    diverged: done.filter(({ ended }) => ended === "diverged").map(({ cell }) => cellKey(cell)),
    verdict: decide(preconditions, claims, settings.seeds),
    preconditions,
    claims,
    conditions,
  };
  return { ...counted, answer: answerStudy(study, counted, figures, settings.seeds) };
}

function summariseCondition(
  { sets, rules, stencils }: Study,
  condition: Condition,
  { preset }: StudySettings,
  done: readonly CellResult[],
): ConditionSummary {
  const own = subjects.flatMap((subject) => {
    const name = cellCondition(condition, subject, preset);
    return done.filter(({ cell }) => cell.subject === subject && cell.condition === name);
  });
  const family = taughtFamily(condition, preset);
  const runs = own.map(({ cell: { seed }, scores, defects }) => ({ seed, scores, defects }));
  return {
    condition: condition.name,
    sets: setRows(runs, sets, family),
    rules: rules ? ruleRows(runs, family) : [],
    stencils: rowsOf(
      (stencils ? own : []).flatMap(({ cell: { seed }, stencils }) =>
        stencilProperties.flatMap((name) =>
          stencils.map((stencil) => ({
            predictor: stencil.predictor,
            seed,
            name,
            kind: kindOf(testSetName, family),
            value: stencilFigures(stencil)[name],
            members: {},
          })),
        ),
      ),
    ),
    weights: stencils ? meanWeights(own.flatMap((result) => result.stencils)) : [],
  };
}

const meanWeights = (stencils: readonly PredictorStencil[]): PredictorWeights[] =>
  groupBy(stencils, ({ predictor }) => predictor).map((runs) => ({
    predictor: runs[0].predictor,
    offsets: runs[0].offsets,
    weights: runs[0].weights.map(
      (_, t) => runs.reduce((sum, { weights }) => sum + weights[t], 0) / runs.length,
    ),
  }));

function figuresOf(
  conditions: readonly Condition[],
  summaries: readonly ConditionSummary[],
  { networks, seeds, preset }: StudySettings,
): Figures {
  const find = (
    rows: "sets" | "rules" | "stencils",
    condition: Condition,
    predictor: string,
    isIt: (row: FigureRow) => boolean,
  ): BySeed =>
    summaries
      .find((one) => one.condition === condition.name)
      ?.[rows].find(isIt)
      ?.predictors.find((one) => one.predictor === predictor)?.bySeed ?? {};
  return {
    networks,
    seeds,
    conditions,
    kindOf: (set, condition) => kindOf(set, taughtFamily(condition, preset)),
    rmse: (predictor, set, condition) => find("sets", condition, predictor, ({ name }) => name === set),
    defect: (predictor, rule, kind, condition) =>
      find("rules", condition, predictor, (row) => row.name === rule && row.kind === kind),
    stencil: (predictor, property, condition) =>
      find("stencils", condition, predictor, ({ name }) => name === property),
  };
}
