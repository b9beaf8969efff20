/** From the flags of `train` and a preset to everything a run needs to know. */
import {
  adam,
  type CurveOptions,
  defaultLearnRates,
  defaultTrainingOptions,
  type LearnRateSchedule,
  molerCnn,
  type NetworkSpec,
  presets,
  type SolverSpec,
  sgdm,
  type TrainingOptions,
} from "../index";
import { UsageError } from "./errors";
import type { TrainFlags } from "./train-flags";

export type PresetName = keyof typeof presets;

/** One network to be trained. */
export interface Experiment {
  readonly network: "cnn";
  readonly preset: PresetName;
  readonly data: CurveOptions;
  readonly spec: NetworkSpec;
  readonly training: TrainingOptions;
  readonly stepsPerSubmit: number;
  /** All options as they are reported: training, data and network side by side. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Points of all curves together; their predictor takes twice as many floats. */
const mostPoints = 1e8;
/** Each has its learning rate and its results kept on the GPU. */
const mostIterations = 1e7;
/** Curves in the order of all epochs: it is drawn before training begins, a second for some millions. */
const mostOrdered = 2 ** 24;

/** Throws UsageError when options contradict each other or the preset. */
export function resolveExperiment(flags: TrainFlags, preset: PresetName): Experiment {
  const base = presets[preset].cnn;
  const seed = flags.seed ?? base.data.seed;
  const data: CurveOptions = {
    curves: flags.curves ?? base.data.curves,
    samples: flags.samples ?? base.data.samples,
    noise: flags.noise ?? base.data.noise,
    seed,
  };
  const cnn = {
    filters: flags.filters ?? base.network.filters,
    kernel: flags.kernel ?? base.network.kernel,
    slope: base.network.slope,
    samples: data.samples,
  };
  const training = resolveTraining(flags, { ...defaultTrainingOptions, ...base.training, seed });
  requireData(data, training.batch);
  requireLength(training, trainingCurves(data.curves));
  return {
    network: "cnn",
    preset,
    data,
    spec: molerCnn(cnn),
    training,
    stepsPerSubmit: flags.stepsPerSubmit,
    options: { ...training, ...data, ...cnn, stepsPerSubmit: flags.stepsPerSubmit },
  };
}

/**
 * Reports what is wrong with the flags before an adapter is opened. Without `--preset` the adapter decides
 * which one it will be, so flags that fit either may pass.
 */
export function checkFlags(flags: TrainFlags): void {
  const refusals = (flags.preset ? [flags.preset] : (["quick", "moler"] as const)).map((preset) => {
    try {
      resolveExperiment(flags, preset);
      return undefined;
    } catch (error) {
      return error;
    }
  });
  if (refusals.every((refusal) => refusal !== undefined)) throw refusals.at(-1);
}

function resolveTraining(flags: TrainFlags, base: TrainingOptions): TrainingOptions {
  return {
    ...base,
    solver: resolveSolver(flags),
    learnRate: flags.learnRate ?? defaultLearnRates[flags.solver],
    schedule: resolveSchedule(flags),
    epochs: flags.epochs ?? base.epochs,
    batch: flags.batch ?? base.batch,
    l2: flags.l2 ?? base.l2,
    clip: flags.clip ?? base.clip,
    clipMethod: flags.clipMethod ?? base.clipMethod,
    initialisation: flags.init ?? base.initialisation,
    batchNormStatistics: flags.batchnormStatistics ?? base.batchNormStatistics,
    shuffle: flags.shuffle ?? base.shuffle,
    validationEvery: flags.validationEvery ?? base.validationEvery,
    patience: flags.patience ?? base.patience,
  };
}

function resolveSolver(flags: TrainFlags): SolverSpec {
  const { solver: kind, momentum, beta1, beta2, epsilon } = flags;
  const owners = [
    ["--momentum", momentum, "sgdm"],
    ["--beta1", beta1, "adam"],
    ["--beta2", beta2, "adam"],
    ["--epsilon", epsilon, "adam"],
  ] as const;
  for (const [flag, value, owner] of owners)
    if (value !== undefined && kind !== owner)
      throw new UsageError(`${flag} ${value}: needs --solver ${owner}, which is ${kind}`);
  switch (kind) {
    case "sgdm":
      return sgdm({ momentum });
    case "adam":
      return adam({ beta1, beta2, epsilon });
    default:
      throw new RangeError(`unknown solver ${kind satisfies never}`);
  }
}

function resolveSchedule(flags: TrainFlags): LearnRateSchedule {
  const kind = flags.learnRateSchedule;
  const owners = [
    ["--learn-rate-drop-factor", flags.learnRateDropFactor, "piecewise"],
    ["--learn-rate-drop-period", flags.learnRateDropPeriod, "piecewise"],
    ["--warmup", flags.warmup, "cosine"],
  ] as const;
  for (const [flag, value, owner] of owners)
    if (value !== undefined && kind !== owner)
      throw new UsageError(`${flag} ${value}: needs --learn-rate-schedule ${owner}, which is ${kind}`);
  switch (kind) {
    case "none":
      return { kind };
    case "piecewise":
      return { kind, factor: flags.learnRateDropFactor ?? 0.1, period: flags.learnRateDropPeriod ?? 10 };
    case "cosine":
      return { kind, warmup: flags.warmup ?? 0 };
    default:
      throw new RangeError(`unknown schedule ${kind satisfies never}`);
  }
}

function requireData({ curves, samples }: CurveOptions, batch: number): void {
  if (curves % 6 !== 0)
    throw new UsageError(`--curves ${curves}: must be a multiple of 6, one curve of each function at a time`);
  if (curves * samples > mostPoints)
    throw new UsageError(
      `--curves ${curves} --samples ${samples}: must make at most ${mostPoints} points together`,
    );
  const trained = trainingCurves(curves);
  if (batch > trained)
    throw new UsageError(
      `--batch ${batch}: must be at most ${trained}, the size of the training set (${curves} curves)`,
    );
}

/** A sixth of the curves is the test set. */
const trainingCurves = (curves: number): number => curves - Math.floor(curves / 6);

/** Bounds what is planned before the first step: it takes memory and time in proportion. */
function requireLength({ epochs, batch, shuffle }: TrainingOptions, trained: number): void {
  const perEpoch = Math.floor(trained / batch);
  const limits = [
    [mostIterations, perEpoch, `--batch ${batch}`],
    [
      shuffle === "every-epoch" ? mostOrdered : Number.POSITIVE_INFINITY,
      perEpoch * batch,
      `--shuffle ${shuffle}`,
    ],
  ] as const;
  for (const [most, each, cause] of limits)
    if (epochs * each > most)
      throw new UsageError(
        `--epochs ${epochs}: must be at most ${Math.floor(most / each)} with ${cause} and ${trained} training curves`,
      );
}
