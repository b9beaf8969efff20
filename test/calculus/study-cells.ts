/** Cells of studies with invented figures, for tests. */
import {
  type CellResult,
  functionSets,
  listCells,
  networkNames,
  ruleNames,
  type StudySettings,
  samplingSets,
  studies,
  studyNames,
} from "../../src/calculus";

/** Of all studies. */
export const settings: StudySettings = {
  preset: "quick",
  epochs: null,
  seeds: 2,
  networks: networkNames,
  studies: studyNames,
};
/** What the classical opponents have for RMSE everywhere. */
export const classical: Readonly<Record<string, number>> = {
  zero: 1.6,
  "local least squares": 0.02,
  matcher: 2,
};

export interface Invented {
  readonly predictor: string;
  readonly set: string;
  readonly condition: string;
  readonly seed: number;
}

/** Cells with invented figures: RMSE on all sets, and as defects of all rules. */
export function inventCells(of: StudySettings, figure: (of: Invented) => number): CellResult[] {
  const chosen = studies.filter(({ name }) => of.studies.includes(name));
  return listCells(chosen, of).map((cell) => {
    const { condition, subject, seed } = cell;
    const predictors = subject === "classical" ? Object.keys(classical) : [subject];
    return {
      cell,
      ended: "done",
      adapter: subject === "classical" ? null : "an adapter",
      scores: predictors.flatMap((predictor) =>
        [...functionSets, ...samplingSets].map((set) => {
          const rmse = figure({ predictor, set, condition, seed });
          return { predictor, set, rmse, members: { f: rmse } };
        }),
      ),
      defects: predictors.flatMap((predictor) =>
        ruleNames.map((rule) => {
          const defect = figure({ predictor, set: rule, condition, seed });
          return { predictor, rule, kind: "unseen" as const, defect, scale: 1, ratio: defect };
        }),
      ),
      // Those of the difference of the neighbours, at a distance of 1.
      stencils: predictors.map((predictor) => ({
        predictor,
        ...{ sum: 0, firstMoment: 1, secondMoment: 0, oddShare: 1, support: 2, variation: 0 },
        offsets: [-1, 0, 1],
        weights: [-0.5, 0, 0.5],
      })),
    };
  });
}
