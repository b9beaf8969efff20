/** A run's checkpoint.safetensors: written beside its results, and read back into the experiment it belongs to. */
import { dirname } from "node:path";
import {
  type Experiment,
  type ExperimentOptions,
  networkNames,
  OptionError,
  type OptionName,
  optionNames,
  optionRows,
  optionsOf,
  presetNames,
  readNumber,
  readOption,
  setUpExperiment,
  writeOption,
} from "../calculus";
import {
  FormatError,
  readCheckpoint,
  type TrainerConfig,
  type TrainingState,
  writeCheckpoint,
} from "../engine";
import { expectation, type NumberRule } from "../engine/fields";
import { isTuning } from "../engine/layers/variant";
import type { PlannedRun } from "./experiment";
import { type OutputDirectory, readInput } from "./files";
import { intervalRule } from "./train-flags";
import { type Kernels, recurrentWeightTypes } from "./tuning";

export const checkpointName = "checkpoint.safetensors";

const mostBytes = 2 ** 31 - 1;

/** The options that make data and network: the state itself tells the others. */
const setupOptions = optionNames.filter((option) => ["data", "network"].includes(optionRows[option].at[0]));

/** A run to go on with. */
export interface Resumption {
  readonly experiment: PlannedRun;
  readonly state: TrainingState;
  /** Iterations between its checkpoints. */
  readonly every: number;
  readonly directory: string;
  /** With which it was trained. */
  readonly kernels: Kernels;
}

/** Keeps the latest state of a run in its directory; the one before stays until it is replaced whole. */
export const checkpointInto = (
  directory: OutputDirectory,
  experiment: Experiment,
  every: number,
  kernels: Kernels,
): NonNullable<TrainerConfig["checkpoint"]> => ({
  every,
  save: async (state) => {
    const metadata = describe(experiment, every, kernels);
    directory.write(new Map([[checkpointName, await writeCheckpoint(state, metadata)]]));
  },
});

/** Whatever the state itself does not tell, as strings. */
function describe(
  experiment: Experiment,
  every: number,
  { recurrentWeights, tuning }: Kernels,
): Map<string, string> {
  const options = optionsOf(experiment);
  return new Map([
    ["name", experiment.network],
    ["preset", experiment.preset],
    ["checkpointEvery", String(every)],
    ["recurrentWeights", recurrentWeights],
    ["tuning", JSON.stringify(tuning)],
    ...setupOptions.flatMap((option): [string, string][] => {
      const value = options[option];
      return value === undefined ? [] : [[option, writeOption(value)]];
    }),
  ]);
}

/**
 * Reads a checkpoint of `train`.
 * @throws UsageError when the file cannot be read, FormatError when it is no whole checkpoint of this program
 */
export async function readResumption(path: string, stepsPerSubmit: number): Promise<Resumption> {
  const { state, metadata } = await readCheckpoint(await readInput("--resume", path, mostBytes), path);
  const every = readValue(metadata, "checkpointEvery", intervalRule, path);
  const experiment = { ...readExperiment(state, metadata, path), stepsPerSubmit };
  return { experiment, state, every, directory: dirname(path), kernels: readKernels(metadata, path) };
}

function readKernels(metadata: ReadonlyMap<string, string>, path: string): Kernels {
  const recurrentWeights = readWord(metadata, "recurrentWeights", recurrentWeightTypes, path);
  try {
    const tuning: unknown = JSON.parse(metadata.get("tuning") ?? "");
    if (isTuning(tuning)) return { recurrentWeights, tuning };
  } catch {
    // Told below.
  }
  throw new FormatError(path, "__metadata__ tuning", "must name a variant for each problem");
}

function readExperiment(
  state: TrainingState,
  metadata: ReadonlyMap<string, string>,
  path: string,
): Experiment {
  const network = readWord(metadata, "name", networkNames, path);
  const preset = readWord(metadata, "preset", presetNames, path);
  const setup: ExperimentOptions = Object.fromEntries(
    setupOptions
      .filter((option) => metadata.has(option))
      .map((option) => [option, readSetup(metadata, option, path)]),
  );
  try {
    const experiment = setUpExperiment(preset, network, setup, state.options);
    if (JSON.stringify(experiment.spec) === JSON.stringify(state.network)) return experiment;
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    const field = metadata.has(error.option) ? error.option : `options ${error.option}`;
    throw new FormatError(path, `__metadata__ ${field}`, error.message);
  }
  throw new FormatError(path, "__metadata__ network", `is not the ${network} that the file describes`);
}

function readWord<Word extends string>(
  metadata: ReadonlyMap<string, string>,
  key: string,
  words: readonly Word[],
  path: string,
): Word {
  const word = words.find((word) => word === metadata.get(key));
  if (word === undefined) throw new FormatError(path, `__metadata__ ${key}`, `must be ${words.join(" or ")}`);
  return word;
}

function readSetup(metadata: ReadonlyMap<string, string>, option: OptionName, path: string): string | number {
  try {
    return readOption(option, metadata.get(option) ?? "");
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new FormatError(path, `__metadata__ ${option}`, `must be ${expectation(optionRows[option].rule)}`);
  }
}

function readValue(
  metadata: ReadonlyMap<string, string>,
  key: string,
  rule: NumberRule,
  path: string,
): number {
  const value = readNumber(rule, metadata.get(key) ?? "");
  if (value === undefined) throw new FormatError(path, `__metadata__ ${key}`, `must be ${expectation(rule)}`);
  return value;
}
