/** Studies whose cells are measured by a measure that trains nothing, and what they say. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, vi } from "vitest";
import { version } from "../../package.json";
import { type Cell, chosenStudies, listCells } from "../../src/calculus";
import { StudyDirectory } from "../../src/cli/study/directory";
import type { KeptSettings } from "../../src/cli/study/kept";
import { type Measure, runCells } from "../../src/cli/study/session";
import { restoreSignals } from "./call";

export const settings: KeptSettings = {
  version,
  preset: "quick",
  epochs: null,
  seeds: 2,
  networks: ["cnn", "bilstm"],
  studies: ["unseen", "noise"],
};
export const listAll = (of: KeptSettings): Cell[] => listCells(chosenStudies(of), of);
export const cells = listAll(settings);

/** Figures that depend on the cell alone. */
export const measure: Measure = async (cell) => {
  const predictors =
    cell.subject === "classical" ? ["noise floor", "zero", "local least squares", "matcher"] : [cell.subject];
  return {
    cell,
    ended: "done",
    adapter: cell.subject === "classical" ? null : "an adapter",
    scores: ["Moler's six", "seven unseen"].flatMap((set) =>
      predictors.map((predictor, i) => {
        const rmse = 1 / (3 + i + cell.seed + cell.condition.length);
        return { predictor, set, rmse, members: { "a<b": rmse } };
      }),
    ),
    defects: predictors.map((predictor) => ({
      predictor,
      rule: "sign",
      kind: "taught",
      defect: 0,
      scale: predictor === "zero" ? 0 : 1,
      ratio: predictor === "zero" ? null : 0,
    })),
    stencils: predictors
      .filter((predictor) => predictor !== "noise floor" && predictor !== "matcher")
      .map((predictor) => ({
        predictor,
        ...{ sum: 0, firstMoment: 1, secondMoment: 0, oddShare: 1, support: 2, variation: null },
        offsets: [-1, 0, 1],
        weights: [-0.5, 0, 0.5],
      })),
  };
};

/** @param of whatever stands in the directory besides */
export const runOf = (
  path: string,
  of: KeptSettings,
  part: readonly Cell[] = listAll(of),
  by: Measure = measure,
) => runCells(new StudyDirectory(path, of), of, part, by, `go on in ${path}`);
export const run = (path: string, part = cells, by: Measure = measure) => runOf(path, settings, part, by);
export const report = (path: string): string => readFileSync(join(path, "study.json"), "utf8");

/** Hears what is written to both streams from the beginning of each test, and undoes what studies do to the process. */
export function hear(): { said: string } {
  restoreSignals();
  const heard = { said: "" };
  beforeEach(() => {
    heard.said = "";
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, "write").mockImplementation((text) => {
        heard.said += text;
        return true;
      });
    return () => {
      vi.restoreAllMocks();
      process.exitCode = undefined;
    };
  });
  return heard;
}
