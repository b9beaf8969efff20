/** An experiment as its files tell of it. */
import { type Experiment, optionsOf } from "./experiment";
import { functionFamilies, largestTaught } from "./families/taught";
import { calculusFunctions } from "./functions";
import type { ExperimentOptions } from "./options";

/** Options as JSON can hold them: `Infinity` reads "none", as a person writes it. */
export const nameInfinities = (options: ExperimentOptions): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]: [string, string | number]) => [
      name,
      value === Number.POSITIVE_INFINITY ? "none" : value,
    ]),
  );

/** What a model file tells of the training behind it, for `writeModel`: name, preset, options, seed and data. */
export function modelMetadata(experiment: Experiment): Map<string, string> {
  const { family, curves, samples, noise, seed } = experiment.data;
  // The functions are those of the test curves, and of the training curves where they are of the family six.
  const data = { functions: calculusFunctions.map(({ name }) => name), family, curves, samples, noise, seed };
  return new Map([
    ["name", experiment.network],
    ["preset", experiment.preset],
    ["options", JSON.stringify(nameInfinities(optionsOf(experiment)))],
    ["seed", String(seed)],
    ["data", JSON.stringify(data)],
  ]);
}

/** What curves a model was taught. */
export interface TaughtData {
  /** Both ends. */
  readonly x: readonly [number, number];
  /** The largest |f|, noise and all but the rarest of it included. */
  readonly largest: number;
  /** Points of a curve (T), sorted, uniform over the whole range of x. */
  readonly samples: number;
}

/** What the metadata of a model file tell of the curves it was taught; undefined where they tell nothing of the kind. */
export function taughtData(metadata: ReadonlyMap<string, string>): TaughtData | undefined {
  try {
    const { family, samples, noise }: Record<string, unknown> = JSON.parse(metadata.get("data") ?? "");
    const known = functionFamilies.find((name) => name === family);
    if (known === undefined || typeof samples !== "number" || typeof noise !== "number") return undefined;
    // Of normal noise one value in two million is larger; where a random function is largest is found on a grid.
    return { x: [-1, 1], largest: 1.01 * largestTaught(known) + 5 * noise, samples };
  } catch {
    return undefined;
  }
}
