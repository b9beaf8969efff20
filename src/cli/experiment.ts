/** From the flags of `train` and a preset to everything the runs need to know. */
import {
  type CurveOptions,
  defaultL2,
  defaultLearnRates,
  defaultTrainingOptions,
  molerBilstm,
  molerCnn,
  type NetworkSpec,
  presets,
  type SolverSpec,
  type TrainingOptions,
} from "../index";
import { UsageError } from "./errors";
import {
  type NetworkName,
  requireNetworkFlags,
  requireSolverFlags,
  resolveSchedule,
  resolveSolver,
} from "./flag-readers";
import type { setupReaders, TrainFlags } from "./train-flags";

export const presetNames = ["quick", "moler"] as const;
export type PresetName = (typeof presetNames)[number];

/** One network to be trained once. */
export interface Experiment {
  readonly network: NetworkName;
  readonly preset: PresetName;
  readonly data: CurveOptions;
  readonly spec: NetworkSpec;
  readonly training: TrainingOptions;
  readonly stepsPerSubmit: number;
  /** All options as they are reported: training, data and network side by side. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** "cnn, seed 0". */
export const nameOf = ({ network, data }: Experiment): string => `${network}, seed ${data.seed}`;

/** Points of all curves together; their predictor takes twice as many floats. */
const mostPoints = 1e8;
/** Each has its learning rate and its results kept on the GPU. */
const mostIterations = 1e7;
/** Curves in the order of all epochs: it is drawn before training begins, a second for some millions. */
const mostOrdered = 2 ** 24;
const largestSeed = 2 ** 32 - 1;

/**
 * Every run in the order in which they are made: seed by seed, and each network with it.
 * Throws UsageError when options contradict each other, the networks or the preset.
 */
export function resolveExperiments(
  flags: TrainFlags,
  preset: PresetName,
  networks: readonly NetworkName[],
): Experiment[] {
  requireNetworkFlags(flags, networks);
  requireSolverFlags(
    flags,
    networks.map((network) => solverOf(flags, preset, network).kind),
  );
  const first = flags.seed ?? presets[preset].data.seed;
  if (first + flags.seeds - 1 > largestSeed)
    throw new UsageError(`--seeds ${flags.seeds}: must end at seed ${largestSeed}, begins at ${first}`);
  return Array.from({ length: flags.seeds }, (_, i) =>
    networks.map((network) => resolveExperiment(flags, preset, network, first + i)),
  ).flat();
}

/**
 * Reports what is wrong with the flags before an adapter is opened. Without `--preset` the adapter decides
 * which one it will be, so flags that fit either may pass.
 */
export function checkFlags(flags: TrainFlags, networks: readonly NetworkName[]): void {
  const refusals = (flags.preset ? [flags.preset] : presetNames).map((preset) => {
    try {
      resolveExperiments(flags, preset, networks);
      return undefined;
    } catch (error) {
      return error;
    }
  });
  if (refusals.every((refusal) => refusal !== undefined)) throw refusals.at(-1);
}

const resolveExperiment = (
  flags: TrainFlags,
  preset: PresetName,
  network: NetworkName,
  seed: number,
): Experiment =>
  setUp(flags, preset, network, resolveTraining(flags, preset, network, seed), flags.stepsPerSubmit);

/** The numbers that make data and network; the preset's where one is missing. */
export type Setup = { readonly [Key in keyof typeof setupReaders]?: number };

/** Throws UsageError when data and training contradict each other. */
export function setUp(
  setup: Setup,
  preset: PresetName,
  network: NetworkName,
  training: TrainingOptions,
  stepsPerSubmit: number,
): Experiment {
  const base = presets[preset].data;
  const data: CurveOptions = {
    curves: setup.curves ?? base.curves,
    samples: setup.samples ?? base.samples,
    noise: setup.noise ?? base.noise,
    seed: training.seed,
  };
  const { spec, options } = resolveNetwork(setup, preset, network, data.samples);
  requireData(data, training.batch);
  requireLength(training, trainingCurves(data.curves));
  return {
    network,
    preset,
    data,
    spec,
    training,
    stepsPerSubmit,
    options: { ...training, ...data, ...options, stepsPerSubmit },
  };
}

function resolveNetwork(setup: Setup, preset: PresetName, network: NetworkName, samples: number) {
  switch (network) {
    case "cnn": {
      const base = presets[preset].cnn.network;
      const { filters = base.filters, kernel = base.kernel } = setup;
      const options = { filters, kernel, slope: base.slope, samples };
      return { spec: molerCnn(options), options };
    }
    case "bilstm": {
      const base = presets[preset].bilstm.network;
      const { hidden = base.hidden, dropout = base.dropout } = setup;
      const options = { hidden, dropout, samples };
      return { spec: molerBilstm(options), options };
    }
    default:
      throw new RangeError(`unknown network ${network satisfies never}`);
  }
}

function resolveTraining(
  flags: TrainFlags,
  preset: PresetName,
  network: NetworkName,
  seed: number,
): TrainingOptions {
  const own = presets[preset][network].training;
  const base = { ...defaultTrainingOptions, ...own };
  const solver = solverOf(flags, preset, network);
  return {
    ...base,
    solver,
    // A rate of the preset is meant for its own solver.
    learnRate:
      flags.learnRate ??
      (solver.kind === base.solver.kind ? own.learnRate : undefined) ??
      defaultLearnRates[solver.kind],
    schedule: resolveSchedule(flags),
    epochs: flags.epochs ?? base.epochs,
    batch: flags.batch ?? base.batch,
    l2: flags.l2 ?? defaultL2[solver.kind],
    clip: flags.clip ?? base.clip,
    clipMethod: flags.clipMethod ?? base.clipMethod,
    initialisation: flags.init ?? base.initialisation,
    batchNormStatistics: flags.batchnormStatistics ?? base.batchNormStatistics,
    shuffle: flags.shuffle ?? base.shuffle,
    validationEvery: flags.validationEvery ?? base.validationEvery,
    patience: flags.patience ?? base.patience,
    restore: flags.restore ?? base.restore,
    seed,
  };
}

const solverOf = (flags: TrainFlags, preset: PresetName, network: NetworkName): SolverSpec =>
  resolveSolver(presets[preset][network].training.solver ?? defaultTrainingOptions.solver, flags);

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
