/** From the flags of `train` and a preset to the experiments it makes. */
import {
  type Choices,
  choicesOf,
  type Experiment,
  type ExperimentOptions,
  type NetworkName,
  nameInfinities,
  OptionError,
  optionNames,
  optionRows,
  optionsOf,
  type PresetName,
  resolveExperiment,
  writeOption,
} from "../calculus";
import { defaultTrainingOptions, trainingRules } from "../engine/training/options";
import { UsageError } from "./errors";
import { flagOf, type TrainFlags } from "./train-flags";

/** An experiment, and how it is handed to the GPU. */
export interface PlannedRun extends Experiment {
  readonly stepsPerSubmit: number;
}

/** Those of which the adapter decides where none is given. */
const adapterPresets = ["quick", "moler"] as const satisfies readonly PresetName[];

/** "cnn, seed 0". */
export const nameOf = ({ network, data }: Experiment): string => `${network}, seed ${data.seed}`;

/** All options of a run as they are reported. */
export const reportedOptions = (run: PlannedRun): Record<string, string | number> => ({
  ...nameInfinities(optionsOf(run)),
  stepsPerSubmit: run.stepsPerSubmit,
});

/**
 * Every run in the order in which they are made: seed by seed, and each network with it.
 * @throws UsageError when options contradict each other, the networks or the preset
 */
export function resolveExperiments(
  flags: TrainFlags,
  preset: PresetName,
  networks: readonly NetworkName[],
): PlannedRun[] {
  requireReaders(
    flags,
    networks.map((network) => choicesOf(preset, network, flags)),
  );
  const { seeds, stepsPerSubmit, seed: first = defaultTrainingOptions.seed } = flags;
  const largest = trainingRules.seed.to;
  if (first + seeds - 1 > largest)
    throw new UsageError(`--seeds ${seeds}: must end at seed ${largest}, begins at ${first}`);
  return Array.from({ length: seeds }, (_, i) =>
    networks.map((network) => ({
      ...resolve(preset, network, { ...flags, seed: first + i }),
      stepsPerSubmit,
    })),
  ).flat();
}

/**
 * Reports what is wrong with the flags before an adapter is opened. Without `--preset` the adapter decides
 * which one it will be, so flags that fit either may pass.
 * @throws UsageError
 */
export function checkFlags(flags: TrainFlags, networks: readonly NetworkName[]): void {
  const refusals = (flags.preset ? [flags.preset] : adapterPresets).map((preset) => {
    try {
      resolveExperiments(flags, preset, networks);
      return undefined;
    } catch (error) {
      return error;
    }
  });
  if (refusals.every((refusal) => refusal !== undefined)) throw refusals.at(-1);
}

function resolve(preset: PresetName, network: NetworkName, options: ExperimentOptions): Experiment {
  try {
    return resolveExperiment(preset, network, options);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new UsageError(`${flagOf(error.option)} ${error.value}: ${error.message}`, { cause: error });
  }
}

/** Throws UsageError when a flag is given that none of the experiments reads. */
function requireReaders(flags: TrainFlags, experiments: readonly Choices[]): void {
  for (const option of optionNames) {
    const value = flags[option];
    if (value === undefined) continue;
    const { networks, solvers, schedules } = optionRows[option].readers ?? {};
    for (const [need, readers, chosen] of [
      ["the network", networks, experiments.map(({ network }) => network)],
      [flagOf("solver"), solvers, experiments.map(({ solver }) => solver)],
      [flagOf("learnRateSchedule"), schedules, experiments.map(({ schedule }) => schedule)],
    ] as const)
      if (readers && !readers.some((reader) => chosen.some((choice) => choice === reader)))
        throw new UsageError(
          `${flagOf(option)} ${writeOption(value)}: needs ${need} ${readers.join(" or ")}, which is ${[...new Set(chosen)].join(" and ")}`,
        );
  }
}
