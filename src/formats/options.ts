/** Training options as JSON. `Infinity`, which JSON has not, is written as a string. */
import { randomStream } from "../random";
import {
  adam,
  adamw,
  type LearnRateSchedule,
  rmsprop,
  type SolverSpec,
  sgdm,
  type TrainingOptions,
} from "../train/options";
import { requireCount, requireOptions } from "../train/requirements";
import { FormatError, quote } from "./error";
import { entriesOf, parseJsonObject } from "./json";

/** One of each kind: the keys that JSON must give for it, each a number. */
const solvers: Variants<SolverSpec> = {
  sgdm: sgdm(),
  adam: adam(),
  adamw: adamw(),
  rmsprop: rmsprop(),
};
const schedules: Variants<LearnRateSchedule> = {
  none: { kind: "none" },
  piecewise: { kind: "piecewise", factor: 0.1, period: 10 },
  cosine: { kind: "cosine", warmup: 0 },
};

type Variants<Spec extends { readonly kind: string }> = {
  readonly [Kind in Spec["kind"]]: Extract<Spec, { readonly kind: Kind }>;
};

export const optionsJson = (options: TrainingOptions): string =>
  JSON.stringify(options, (_, value: unknown) => (value === Number.POSITIVE_INFINITY ? "Infinity" : value));

/**
 * Reads options of unknown origin: every one must be there, none besides, and each of a value with which training can
 * be computed.
 * @throws FormatError
 */
export function readOptions(text: string, label: string, field: string): TrainingOptions {
  const entries = parseJsonObject(text, 3, label, field);
  const number = (key: string) => readNumber(entries.get(key), label, `${field} ${key}`);
  const choice = <Choice extends string>(key: string, choices: readonly Choice[]) =>
    readChoice(entries.get(key), choices, label, `${field} ${key}`);
  const options: TrainingOptions = {
    solver: readVariant<SolverSpec>(entries.get("solver"), solvers, label, `${field} solver`),
    learnRate: number("learnRate"),
    schedule: readVariant<LearnRateSchedule>(entries.get("schedule"), schedules, label, `${field} schedule`),
    epochs: number("epochs"),
    batch: number("batch"),
    l2: number("l2"),
    clip: number("clip"),
    clipMethod: choice("clipMethod", ["l2norm", "global-l2norm", "absolute-value"]),
    initialisation: choice("initialisation", ["narrow-normal", "glorot"]),
    batchNormStatistics: choice("batchNormStatistics", ["population", "moving"]),
    shuffle: choice("shuffle", ["once", "every-epoch", "never"]),
    validationEvery: number("validationEvery"),
    patience: number("patience"),
    restore: choice("restore", ["best", "last"]),
    seed: number("seed"),
  };
  requireKeys(entries, Object.keys(options), label, field);
  try {
    requireOptions(options);
    requireCount("batch", options.batch);
    // Refuses what is no seed.
    randomStream(options.seed, "shuffle");
  } catch (error) {
    throw error instanceof RangeError ? new FormatError(label, field, error.message) : error;
  }
  return options;
}

function readVariant<Spec extends { readonly kind: string }>(
  value: unknown,
  variants: Readonly<Record<string, Spec>>,
  label: string,
  field: string,
): Spec {
  const entries = entriesOf(value, label, field);
  const kind = readChoice(entries.get("kind"), Object.keys(variants), label, `${field} kind`);
  const variant = variants[kind];
  const keys = Object.keys(variant);
  requireKeys(entries, keys, label, field);
  const numbers = keys
    .filter((key) => key !== "kind")
    .map((key) => [key, readNumber(entries.get(key), label, `${field} ${key}`)]);
  return { ...variant, ...Object.fromEntries(numbers) };
}

function requireKeys(
  entries: ReadonlyMap<string, unknown>,
  known: readonly string[],
  label: string,
  field: string,
): void {
  for (const key of entries.keys())
    if (!known.includes(key)) throw new FormatError(label, field, `has the unknown key ${quote(key)}`);
}

function readNumber(value: unknown, label: string, field: string): number {
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new FormatError(label, field, 'must be a number or "Infinity"');
  return value;
}

function readChoice<Choice extends string>(
  value: unknown,
  choices: readonly Choice[],
  label: string,
  field: string,
): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new FormatError(label, field, `must be one of ${choices.join(", ")}`);
  return found;
}
