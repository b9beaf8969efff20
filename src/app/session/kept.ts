/** Whether what lies in the browser's store is what this page puts there: another version, or a hand, may have written it. */
import { calculusFunctions, functionFamilies, networkNames, optionNames, presetNames } from "../../index";
import type { Run } from "./run";
import type { Interrupted } from "./state";

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
const isNumber = (value: unknown): value is number => typeof value === "number";
const isText = (value: unknown): value is string => typeof value === "string";
const isOneOf = (names: readonly string[], value: unknown): boolean => names.some((name) => name === value);

/** Whether all of them are numbers; NaN and infinities are. */
const hasNumbers = (value: unknown, ...names: readonly string[]): value is Fields =>
  isFields(value) && names.every((name) => isNumber(value[name]));

/** A finished run. */
export const isRun = (value: unknown): value is Run => isBegun(value) && isOutcome(value.outcome, value);

/** What is in the checkpoint is judged by who reads it. */
export const isInterrupted = (value: unknown): value is Interrupted =>
  isFields(value) && isText(value.id) && isSettings(value.settings) && value.checkpoint instanceof Uint8Array;

/** All of a run but its outcome. */
function isBegun(value: unknown): value is Run {
  return (
    hasNumbers(value, "number") &&
    isText(value.id) &&
    isSettings(value.settings) &&
    isExperiment(value.experiment) &&
    isFacts(value.facts) &&
    isTest(value.test) &&
    isHistory(value.history)
  );
}

function isSettings(value: unknown): boolean {
  if (!isFields(value) || !isFields(value.options)) return false;
  return (
    isOneOf(presetNames, value.preset) &&
    isOneOf(networkNames, value.network) &&
    Object.entries(value.options).every(
      ([name, option]) => isOneOf(optionNames, name) && (isNumber(option) || isText(option)),
    )
  );
}

const isExperiment = (value: unknown): boolean =>
  isFields(value) &&
  isOneOf(networkNames, value.network) &&
  isOneOf(presetNames, value.preset) &&
  hasNumbers(value.data, "curves", "samples", "noise", "seed") &&
  isOneOf(functionFamilies, value.data.family) &&
  isFields(value.spec) &&
  Array.isArray(value.spec.layers) &&
  hasNumbers(value.training, "learnRate", "epochs", "batch", "validationEvery") &&
  isFields(value.training.solver) &&
  isFields(value.training.schedule);

const isFacts = (value: unknown): boolean =>
  hasNumbers(value, "parameters", "iterations", "iterationsPerEpoch", "noiseFloor") &&
  isFields(value.adapter) &&
  typeof value.adapter.software === "boolean" &&
  Array.isArray(value.layers) &&
  isEvaluation(value.zero);

const isEvaluation = (value: unknown): boolean =>
  hasNumbers(value, "rmse", "rmseNoisy", "rmseZero", "noiseFloor") &&
  hasNumbers(value.rmsePerFunction) &&
  Object.values(value.rmsePerFunction).every(isNumber);

function isTest(value: unknown): boolean {
  if (!hasNumbers(value, "rows", "samples")) return false;
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
    (progress: unknown) =>
      hasNumbers(progress, "iteration", "epoch", "seconds", "learnRate", "gradientNorm", "loss", "rmse") &&
      (progress.validation === undefined || hasNumbers(progress.validation, "loss", "rmse")),
  );

const isOutcome = (value: unknown, { test }: Run): boolean =>
  isFields(value) &&
  isText(value.finishedAt) &&
  hasNumbers(value.result, "iterations", "seconds") &&
  isOneOf(["completed", "stopped", "patience", "diverged"], value.result.stopReason) &&
  (value.trained === undefined ||
    (isFields(value.trained) &&
      isEvaluation(value.trained.evaluation) &&
      hasNumbers(value.trained, "testCurves") &&
      isFloats(value.trained.prediction, test.target.length) &&
      (value.trained.model === undefined || value.trained.model instanceof Uint8Array)));
