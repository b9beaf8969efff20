/** What the files of a study's directory hold, and whether a file holds it. */
import {
  type CellResult,
  networkNames,
  presetNames,
  type StudySettings,
  setKinds,
  studyNames,
  subjects,
} from "../../calculus";

/** What the figures of a cell depend on, besides the cell and its adapter. */
export type CellBasis = Pick<KeptSettings, "version" | "preset" | "epochs">;

/** What the file of a cell holds. */
export interface KeptCell extends CellResult, CellBasis {}

/** What study-settings.json holds. */
export interface KeptSettings extends StudySettings {
  /** Of the program: another one computes other figures. */
  readonly version: string;
}

type Test = (value: unknown) => boolean;

const isString: Test = (value) => typeof value === "string";
const isNumber: Test = (value) => typeof value === "number";
const isNull: Test = (value) => value === null;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const either =
  (...tests: readonly Test[]): Test =>
  (value) =>
    tests.some((test) => test(value));
const oneOf =
  (all: readonly unknown[]): Test =>
  (value) =>
    all.includes(value);
const listOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const recordOf =
  (test: Test): Test =>
  (value) =>
    isRecord(value) && Object.values(value).every(test);
const has =
  (tests: Readonly<Record<string, Test>>): Test =>
  (value) =>
    isRecord(value) && Object.entries(tests).every(([key, test]) => test(value[key]));

const basis = {
  version: isString,
  preset: oneOf(presetNames),
  epochs: either(isNull, Number.isSafeInteger),
};

const settings = has({
  ...basis,
  seeds: Number.isSafeInteger,
  networks: listOf(oneOf(networkNames)),
  studies: listOf(oneOf(studyNames)),
});

const cell = has({
  ...basis,
  cell: has({ condition: isString, subject: oneOf(subjects), seed: Number.isSafeInteger }),
  ended: oneOf(["done", "diverged"]),
  adapter: either(isNull, isString),
  scores: listOf(has({ predictor: isString, set: isString, rmse: isNumber, members: recordOf(isNumber) })),
  defects: listOf(
    has({
      predictor: isString,
      rule: isString,
      kind: oneOf(setKinds),
      defect: isNumber,
      scale: isNumber,
      ratio: either(isNull, isNumber),
    }),
  ),
  stencils: listOf(
    has({
      predictor: isString,
      sum: isNumber,
      firstMoment: isNumber,
      secondMoment: isNumber,
      oddShare: isNumber,
      support: isNumber,
      variation: either(isNull, isNumber),
      offsets: listOf(isNumber),
      weights: listOf(isNumber),
    }),
  ),
});

/** The version of whatever a file holds, where it names one. */
export const versionOf = (value: unknown): string | undefined =>
  isRecord(value) && typeof value.version === "string" ? value.version : undefined;

export const isSettings = (value: unknown): value is KeptSettings => settings(value);
export const isKeptCell = (value: unknown): value is KeptCell => cell(value);
