/** Training options as JSON. `Infinity`, which JSON has not, is written as a string. */
import { defaultTrainingOptions, requireOptions, type TrainingOptions } from "../training/options";
import { FormatError } from "./error";
import { parseJsonObject } from "./json";

export const optionsJson = (options: TrainingOptions): string =>
  JSON.stringify(options, (_, value: unknown) => (value === Number.POSITIVE_INFINITY ? "Infinity" : value));

/**
 * Reads options of unknown origin: every one must be there, none besides, and each of a value with which training can
 * be computed.
 * @throws FormatError
 */
export function readOptions(text: string, label: string, field: string): TrainingOptions {
  const entries = parseJsonObject(text, 3, label, field);
  for (const name of Object.keys(defaultTrainingOptions))
    if (!entries.has(name)) throw new FormatError(label, `${field} ${name}`, "is missing");
  const options = revive(Object.fromEntries(entries)) as TrainingOptions;
  try {
    requireOptions(options);
  } catch (error) {
    throw error instanceof RangeError || error instanceof TypeError
      ? new FormatError(label, field, error.message)
      : error;
  }
  return options;
}

/** The value that JSON stands for, infinities as numbers. */
function revive(value: unknown): unknown {
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revive(inner)]));
}
