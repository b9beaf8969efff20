/** An experiment as its files tell of it. */
import { type Experiment, optionsOf } from "./experiment";
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
