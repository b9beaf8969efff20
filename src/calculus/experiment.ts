/** From a preset, a network and what differs from them to all that one training needs to know. */
import type { NetworkSpec } from "../engine/network/spec";
import {
  defaultTrainingOptions,
  type LearnRateSchedule,
  type SolverSpec,
  type TrainingOptions,
} from "../engine/training/options";
import type { CurveOptions } from "./curves";
import { requireLimits } from "./limits";
import { molerBilstm, molerCnn } from "./networks";
import {
  type Choices,
  type ExperimentOptions,
  isRead,
  type NetworkName,
  type OptionName,
  type OptionRow,
  type OptionValues,
  optionNames,
  optionRows,
  type PresetName,
} from "./options";
import { presets } from "./presets";

/** One network to be trained once. */
export interface Experiment {
  readonly network: NetworkName;
  readonly preset: PresetName;
  readonly data: CurveOptions;
  readonly spec: NetworkSpec;
  readonly training: TrainingOptions;
}

/** The choices an experiment with these options makes; they need not be possible otherwise. */
export function choicesOf(preset: PresetName, network: NetworkName, options: ExperimentOptions): Choices {
  const own = presets[preset][network];
  const { solver, schedule } = defaultTrainingOptions;
  return {
    network,
    solver: options.solver ?? own.solver ?? solver.kind,
    schedule: options.learnRateSchedule ?? own.learnRateSchedule ?? schedule.kind,
  };
}

/**
 * The options that are read, each with the value that is given, or else the preset's, or else the default. They need not
 * be possible together.
 */
export function completeOptions(
  preset: PresetName,
  network: NetworkName,
  options: ExperimentOptions,
): OptionValues {
  const choices = choicesOf(preset, network, options);
  const own = presets[preset][network];
  const isOwnSolver = choices.solver === choicesOf(preset, network, {}).solver;
  return valuesOf(choices, (name) => {
    const standard = optionRows[name].default;
    if (typeof standard !== "object") return options[name] ?? own[name] ?? standard;
    // What depends on the solver is meant for the preset's own.
    return options[name] ?? (isOwnSolver ? own[name] : undefined) ?? standard[choices.solver];
  });
}

/** A value for every option that these choices read. */
const valuesOf = (choices: Choices, read: (name: OptionName) => unknown): OptionValues =>
  Object.fromEntries(
    optionNames.filter((name) => isRead(name, choices)).map((name) => [name, read(name)]),
  ) as OptionValues;

/**
 * Completes the options by the preset. Those that nothing reads (see `isRead`) are ignored.
 * @throws OptionError where options contradict each other
 */
export function resolveExperiment(
  preset: PresetName,
  network: NetworkName,
  options: ExperimentOptions = {},
): Experiment {
  const values = completeOptions(preset, network, options);
  return setUpExperiment(preset, network, options, {
    ...defaultTrainingOptions,
    ...partOf(values, "training"),
    solver: partOf(values, "solver") as SolverSpec,
    schedule: partOf(values, "schedule") as LearnRateSchedule,
  });
}

const networks = { cnn: molerCnn, bilstm: molerBilstm } as const satisfies Record<NetworkName, unknown>;

/**
 * The same with training options that stand already; the seed is theirs.
 * @throws OptionError where data and training contradict each other
 */
export function setUpExperiment(
  preset: PresetName,
  network: NetworkName,
  options: ExperimentOptions,
  training: TrainingOptions,
): Experiment {
  const values = completeOptions(preset, network, options);
  const data = { ...partOf(values, "data"), seed: training.seed } as CurveOptions;
  requireLimits({ ...training, ...data });
  return { network, preset, data, spec: networks[network](values), training };
}

/** A part of an experiment, by its fields' names there. */
const partOf = (values: OptionValues, part: OptionRow["at"][0]): object =>
  Object.fromEntries(
    optionNames
      .filter((name) => name in values && optionRows[name].at[0] === part)
      .map((name) => [optionRows[name].at[1], values[name]]),
  );

/** All options of an experiment, each with the value it has: what `options` gives and what the preset does. */
export function optionsOf({ data, spec, training, network }: Experiment): OptionValues {
  const { solver, schedule } = training;
  const dropout = spec.layers.find(({ kind }) => kind === "dropout");
  // Whatever else may be set of a network is a field of its first layer.
  const parts = { data, network: { ...dropout, ...spec.layers[0] }, training, solver, schedule };
  return valuesOf({ network, solver: solver.kind, schedule: schedule.kind }, (name) => {
    const [part, field] = optionRows[name].at;
    return Reflect.get(parts[part], field);
  });
}
