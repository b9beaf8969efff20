/** From a preset, a network and what differs from them to all that one training needs to know. */
import type { NetworkSpec } from "../engine/network/spec";
import {
  adam,
  adamw,
  defaultL2,
  defaultLearnRates,
  defaultTrainingOptions,
  type LearnRateSchedule,
  rmsprop,
  type SolverSpec,
  sgdm,
  type TrainingOptions,
} from "../engine/training/options";
import type { CurveOptions } from "./curves";
import { type LimitingOptions, requireLimits } from "./limits";
import { molerBilstm, molerCnn } from "./networks";
import { type Choices, type ExperimentOptions, isRead, type NetworkName, type PresetName } from "./options";
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
export const choicesOf = (preset: PresetName, network: NetworkName, options: ExperimentOptions): Choices => ({
  network,
  solver: options.solver ?? (presets[preset][network].training.solver ?? defaultTrainingOptions.solver).kind,
  schedule:
    options.learnRateSchedule ??
    (presets[preset][network].training.schedule ?? defaultTrainingOptions.schedule).kind,
});

/**
 * Completes the options by the preset. Those that nothing reads (see `isRead`) are ignored.
 * @throws OptionError where options contradict each other
 */
export function resolveExperiment(
  preset: PresetName,
  network: NetworkName,
  options: ExperimentOptions = {},
): Experiment {
  const training = resolveTraining(preset, network, options);
  return setUpExperiment(preset, network, options, training);
}

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
  const base = presets[preset].data;
  const data: CurveOptions = {
    family: options.family ?? base.family,
    curves: options.curves ?? base.curves,
    samples: options.samples ?? base.samples,
    noise: options.noise ?? base.noise,
    seed: training.seed,
  };
  requireLimits({ ...training, ...data });
  return { network, preset, data, spec: resolveNetwork(preset, network, options, data.samples), training };
}

function resolveNetwork(
  preset: PresetName,
  network: NetworkName,
  options: ExperimentOptions,
  samples: number,
): NetworkSpec {
  switch (network) {
    case "cnn": {
      const base = presets[preset].cnn.network;
      const { filters = base.filters, kernel = base.kernel } = options;
      return molerCnn({ filters, kernel, slope: base.slope, samples });
    }
    case "bilstm": {
      const base = presets[preset].bilstm.network;
      const { hidden = base.hidden, dropout = base.dropout } = options;
      return molerBilstm({ hidden, dropout, samples });
    }
    default:
      throw new RangeError(`unknown network ${network satisfies never}`);
  }
}

function resolveTraining(
  preset: PresetName,
  network: NetworkName,
  options: ExperimentOptions,
): TrainingOptions {
  const own = presets[preset][network].training;
  const base = { ...defaultTrainingOptions, ...own };
  const choices = choicesOf(preset, network, options);
  const solver = resolveSolver(choices.solver, base.solver, options);
  return {
    ...base,
    solver,
    // Rate and L2 of a preset are meant for its own solver.
    learnRate:
      options.learnRate ??
      (solver.kind === base.solver.kind ? own.learnRate : undefined) ??
      defaultLearnRates[solver.kind],
    schedule: resolveSchedule(choices.schedule, base.schedule, options),
    epochs: options.epochs ?? base.epochs,
    batch: options.batch ?? base.batch,
    l2: options.l2 ?? (solver.kind === base.solver.kind ? own.l2 : undefined) ?? defaultL2[solver.kind],
    clip: options.clip ?? base.clip,
    clipMethod: options.clipMethod ?? base.clipMethod,
    initialisation: options.init ?? base.initialisation,
    batchNormStatistics:
      (isRead("batchnormStatistics", choices) ? options.batchnormStatistics : undefined) ??
      base.batchNormStatistics,
    shuffle: options.shuffle ?? base.shuffle,
    validationEvery: options.validationEvery ?? base.validationEvery,
    patience: options.patience ?? base.patience,
    restore: options.restore ?? base.restore,
    seed: options.seed ?? base.seed,
  };
}

const solvers: { readonly [Kind in SolverSpec["kind"]]: Extract<SolverSpec, { kind: Kind }> } = {
  sgdm: sgdm(),
  adam: adam(),
  adamw: adamw(),
  rmsprop: rmsprop(),
};

/** A solver of this kind, the preset's own where it is that, with the settings that the options give it. */
function resolveSolver(kind: SolverSpec["kind"], preset: SolverSpec, options: ExperimentOptions): SolverSpec {
  const base = kind === preset.kind ? preset : solvers[kind];
  switch (base.kind) {
    case "sgdm":
      return sgdm({ momentum: options.momentum ?? base.momentum });
    case "adam":
      return adam(moments(base, options));
    case "adamw":
      return adamw({ ...moments(base, options), weightDecay: options.weightDecay ?? base.weightDecay });
    case "rmsprop":
      return rmsprop({ decay: options.decay ?? base.decay, epsilon: options.epsilon ?? base.epsilon });
    default:
      throw new RangeError(`unknown solver ${JSON.stringify(base satisfies never)}`);
  }
}

const moments = (
  base: Extract<SolverSpec, { kind: "adam" | "adamw" }>,
  { beta1 = base.beta1, beta2 = base.beta2, epsilon = base.epsilon }: ExperimentOptions,
) => ({ beta1, beta2, epsilon });

const schedules: {
  readonly [Kind in LearnRateSchedule["kind"]]: Extract<LearnRateSchedule, { kind: Kind }>;
} = {
  none: { kind: "none" },
  piecewise: { kind: "piecewise", factor: 0.1, period: 10 },
  cosine: { kind: "cosine", warmup: 0 },
};

/** A schedule of this kind, the preset's own where it is that, with the settings that the options give it. */
function resolveSchedule(
  kind: LearnRateSchedule["kind"],
  preset: LearnRateSchedule,
  options: ExperimentOptions,
): LearnRateSchedule {
  const base = kind === preset.kind ? preset : schedules[kind];
  switch (base.kind) {
    case "none":
      return base;
    case "piecewise": {
      const { learnRateDropFactor: factor = base.factor, learnRateDropPeriod: period = base.period } =
        options;
      return { kind: base.kind, factor, period };
    }
    case "cosine":
      return { kind: base.kind, warmup: options.warmup ?? base.warmup };
    default:
      throw new RangeError(`unknown schedule ${JSON.stringify(base satisfies never)}`);
  }
}

/** All options of an experiment, each with the value it has: what `options` gives and what the preset does. */
export function optionsOf({
  data,
  spec,
  training,
  network,
}: Experiment): ExperimentOptions & LimitingOptions {
  const { solver, schedule } = training;
  const layer = spec.layers[0];
  return {
    family: data.family,
    curves: data.curves,
    samples: data.samples,
    noise: data.noise,
    seed: data.seed,
    ...(network === "cnn" && layer.kind === "conv1d" && { filters: layer.filters, kernel: layer.kernel }),
    ...(network === "bilstm" && layer.kind === "bilstm" && { hidden: layer.hidden }),
    ...spec.layers.reduce(
      (found, each) => (each.kind === "dropout" ? { dropout: each.probability } : found),
      {},
    ),
    init: training.initialisation,
    epochs: training.epochs,
    batch: training.batch,
    solver: solver.kind,
    learnRate: training.learnRate,
    learnRateSchedule: schedule.kind,
    ...(schedule.kind === "piecewise" && {
      learnRateDropFactor: schedule.factor,
      learnRateDropPeriod: schedule.period,
    }),
    ...(schedule.kind === "cosine" && { warmup: schedule.warmup }),
    ...withoutKind(solver),
    l2: training.l2,
    clip: training.clip,
    clipMethod: training.clipMethod,
    ...(network === "cnn" && { batchnormStatistics: training.batchNormStatistics }),
    shuffle: training.shuffle,
    validationEvery: training.validationEvery,
    patience: training.patience,
    restore: training.restore,
  };
}

function withoutKind(
  solver: SolverSpec,
): Partial<Record<"momentum" | "beta1" | "beta2" | "epsilon" | "weightDecay" | "decay", number>> {
  const { kind: _, ...settings } = solver;
  return settings;
}
