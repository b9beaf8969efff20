/** Whether what lies in the browser's store is what this page puts there: another version, or a hand, may have written it. */
import {
  calculusFunctions,
  isOptionName,
  networkNames,
  optionRows,
  presetNames,
  resolveExperiment,
} from "../../calculus";
import { resolveLayers } from "../../engine";
import { allows } from "../../engine/fields";
import type { Run, Settings } from "./run";
import type { Interrupted } from "./state";

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const isNumber = (value: unknown): value is number => typeof value === "number";
const isText = (value: unknown): value is string => typeof value === "string";
const isOneOf = (names: readonly string[], value: unknown): boolean => names.some((name) => name === value);

/** Whether all of them are numbers; NaN and infinities are. */
const hasNumbers = (value: unknown, ...names: readonly string[]): value is Fields =>
  isFields(value) && names.every((name) => isNumber(value[name]));

/** Whether all of them are finite and none is below `least`. */
const hasFrom = (least: number, value: unknown, ...names: readonly string[]): value is Fields =>
  hasNumbers(value, ...names) &&
  names.every((name) => Number.isFinite(value[name]) && Number(value[name]) >= least);

/** A finished run. */
export const isRun = (value: unknown): value is Run => isBegun(value) && isOutcome(value.outcome, value);

/** What is in the checkpoint is judged by who reads it. */
export const isInterrupted = (value: unknown): value is Interrupted =>
  isFields(value) && isText(value.id) && isSettings(value.settings) && value.checkpoint instanceof Uint8Array;

/** All of a run but its outcome. */
function isBegun(value: unknown): value is Run {
  return (
    hasFrom(1, value, "number") &&
    isText(value.id) &&
    isSettings(value.settings) &&
    isMadeBy(value.settings, value.experiment, value.facts) &&
    isTest(value.test) &&
    isHistory(value.history)
  );
}

function isSettings(value: unknown): value is Settings {
  if (!isFields(value) || !isFields(value.options)) return false;
  return (
    isOneOf(presetNames, value.preset) &&
    isOneOf(networkNames, value.network) &&
    // Each can be, apart from the others.
    Object.entries(value.options).every(
      ([name, option]) => isOptionName(name) && allows(optionRows[name].rule, option),
    )
  );
}

/** Whether experiment and facts are of the kind that these settings make. Presets may have had other numbers then. */
function isMadeBy({ preset, network, options }: Settings, experiment: unknown, facts: unknown): boolean {
  try {
    const made = resolveExperiment(preset, network, options);
    return isLike(experiment, made) && isFacts(facts) && isLike(facts.layers, resolveLayers(made.spec));
  } catch {
    return false;
  }
}

/** The same fields all the way down, the same words, and finite numbers where there are such. */
function isLike(value: unknown, model: unknown): boolean {
  if (isNumber(model)) return isNumber(value) && (Number.isFinite(value) || value === model);
  if (!isFields(model)) return value === model;
  if (!isFields(value) || Array.isArray(value) !== Array.isArray(model)) return false;
  const names = Object.keys(model);
  return (
    Object.keys(value).length === names.length && names.every((name) => isLike(value[name], model[name]))
  );
}

const isFacts = (value: unknown): value is Fields =>
  hasFrom(1, value, "parameters", "iterations", "iterationsPerEpoch", "dispatchesPerStep", "bytesOnDevice") &&
  hasNumbers(value, "noiseFloor") &&
  isFields(value.adapter) &&
  [value.adapter.vendor, value.adapter.architecture, value.adapter.description].every(isText) &&
  typeof value.adapter.software === "boolean" &&
  isEvaluation(value.zero);

const isEvaluation = (value: unknown): boolean =>
  hasNumbers(value, "rmse", "rmseNoisy", "rmseZero", "noiseFloor") &&
  isFields(value.rmsePerFunction) &&
  Object.values(value.rmsePerFunction).every(isNumber);

function isTest(value: unknown): boolean {
  if (!hasFrom(1, value, "rows", "samples")) return false;
  const points = Number(value.rows) * Number(value.samples);
  return (
    isFloats(value.x, 2 * points) &&
    isFloats(value.target, points) &&
    isFloats(value.clean, points) &&
    value.functionIndex instanceof Uint8Array &&
    value.functionIndex.length === value.rows &&
    value.functionIndex.every((index) => index < calculusFunctions.length) &&
    value.curve instanceof Uint32Array &&
    value.curve.length === value.rows
  );
}

const isFloats = (value: unknown, length: number): boolean =>
  value instanceof Float32Array && value.length === length;

const isHistory = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every(
    (progress: unknown, i) =>
      hasFrom(0, progress, "epoch", "seconds", "learnRate") &&
      progress.iteration === i + 1 &&
      hasNumbers(progress, "gradientNorm", "loss", "rmse") &&
      (progress.validation === undefined || hasNumbers(progress.validation, "loss", "rmse")),
  );

const isOutcome = (value: unknown, { test }: Run): boolean =>
  isFields(value) &&
  isText(value.finishedAt) &&
  hasFrom(0, value.result, "iterations", "seconds") &&
  hasNumbers(value.result.validation, "loss", "rmse") &&
  isOneOf(["completed", "stopped", "patience", "diverged"], value.result.stopReason) &&
  (value.result.detail === undefined || isText(value.result.detail)) &&
  (value.gpuMillisecondsPerStep === undefined || isNumber(value.gpuMillisecondsPerStep)) &&
  (value.trained === undefined ||
    (isFields(value.trained) &&
      isEvaluation(value.trained.evaluation) &&
      hasNumbers(value.trained, "testCurves") &&
      isFloats(value.trained.prediction, test.target.length) &&
      (value.trained.model === undefined || value.trained.model instanceof Uint8Array)));
