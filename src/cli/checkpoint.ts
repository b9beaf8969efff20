/** A run's checkpoint.safetensors: written beside its results, and read back into the experiment it belongs to. */
import { dirname } from "node:path";
import { InvalidArgumentError } from "commander";
import {
  FormatError,
  readCheckpoint,
  type TrainerConfig,
  type TrainingState,
  writeCheckpoint,
} from "../index";
import { type Experiment, presetNames, type Setup, setUp } from "./experiment";
import { type OutputDirectory, readInput } from "./files";
import { networkNames } from "./flag-readers";
import { readInterval, setupReaders } from "./train-flags";

export const checkpointName = "checkpoint.safetensors";

const mostBytes = 2 ** 31 - 1;

/** A run to go on with. */
export interface Resumption {
  readonly experiment: Experiment;
  readonly state: TrainingState;
  /** Iterations between its checkpoints. */
  readonly every: number;
  readonly directory: string;
}

/** Keeps the latest state of a run in its directory; the one before stays until it is replaced whole. */
export const checkpointInto = (
  directory: OutputDirectory,
  experiment: Experiment,
  every: number,
): NonNullable<TrainerConfig["checkpoint"]> => ({
  every,
  save: async (state) =>
    directory.write(new Map([[checkpointName, await writeCheckpoint(state, describe(experiment, every))]])),
});

/** Whatever the state itself does not tell: the flags that made data and network, as strings. */
function describe({ network, preset, options }: Experiment, every: number): Map<string, string> {
  const setup = Object.keys(setupReaders).filter((key) => key in options);
  return new Map([
    ["name", network],
    ["preset", preset],
    ["checkpointEvery", String(every)],
    ...setup.map((key): [string, string] => [key, String(options[key])]),
  ]);
}

/**
 * Reads a checkpoint of `train`.
 * @throws UsageError when the file cannot be read, FormatError when it is no whole checkpoint of this program
 */
export async function readResumption(path: string, stepsPerSubmit: number): Promise<Resumption> {
  const { state, metadata } = await readCheckpoint(readInput("--resume", path, mostBytes), path);
  const network = readWord(metadata, "name", networkNames, path);
  const preset = readWord(metadata, "preset", presetNames, path);
  const setup: Setup = Object.fromEntries(
    Object.entries(setupReaders)
      .filter(([key]) => metadata.has(key))
      .map(([key, read]) => [key, readNumber(metadata, key, read, path)]),
  );
  const experiment = setUp(setup, preset, network, state.options, stepsPerSubmit);
  if (JSON.stringify(experiment.spec) !== JSON.stringify(state.network))
    throw new FormatError(path, "__metadata__ network", `is not the ${network} that the file describes`);
  const every = readNumber(metadata, "checkpointEvery", readInterval, path);
  return { experiment, state, every, directory: dirname(path) };
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

function readNumber(
  metadata: ReadonlyMap<string, string>,
  key: string,
  read: (text: string) => number,
  path: string,
): number {
  try {
    return read(metadata.get(key) ?? "");
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new FormatError(path, `__metadata__ ${key}`, error.message);
  }
}
