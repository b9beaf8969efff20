/** Training options under their MATLAB names and with MATLAB's defaults (R2018b), as plain data. */

import {
  type FieldRule,
  numberIn,
  requireFields,
  requireValue,
  requireVariant,
  wholeNumber,
} from "../fields";
import { networkLimits } from "../network/spec";

/** Stochastic gradient descent with momentum: v ← μv − αg, w ← w + v. */
export interface SgdmSpec {
  readonly kind: "sgdm";
  readonly momentum: number;
}

/**
 * Adam (Kingma and Ba 2015) with MATLAB's ε outside the bias correction:
 * m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← w − α·√(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + ε).
 */
export interface AdamSpec {
  readonly kind: "adam";
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019), which passes by the moments and follows the learning
 * rate: besides Adam's step, w ← w − α·weightDecay·w for weights, not for biases. The coupled `l2` is then 0 unless it
 * is set.
 */
export interface AdamWSpec extends Omit<AdamSpec, "kind"> {
  readonly kind: "adamw";
  readonly weightDecay: number;
}

/** RMSProp (Tieleman and Hinton 2012) as MATLAB computes it: v ← decay·v + (1−decay)·g², w ← w − α·g/(√v + ε). */
export interface RmsPropSpec {
  readonly kind: "rmsprop";
  readonly decay: number;
  readonly epsilon: number;
}

export type SolverSpec = SgdmSpec | AdamSpec | AdamWSpec | RmsPropSpec;

/** MATLAB's initial learning rate of each solver; AdamW takes Adam's. */
export const defaultLearnRates: Readonly<Record<SolverSpec["kind"], number>> = {
  sgdm: 0.01,
  adam: 0.001,
  adamw: 0.001,
  rmsprop: 0.001,
};

/** MATLAB's coupled L2 factor. AdamW has its own decay instead. */
export const defaultL2: Readonly<Record<SolverSpec["kind"], number>> = {
  sgdm: 1e-4,
  adam: 1e-4,
  adamw: 0,
  rmsprop: 1e-4,
};

const belowOne = numberIn({ from: 0, below: 1 });
const positive = numberIn({ above: 0, below: Number.POSITIVE_INFINITY });
const epsilon = numberIn({ above: 0, to: 1 });
const most = 1e9;

/** What each solver has and what that may be. */
export const solverRules = {
  sgdm: { momentum: belowOne },
  adam: { beta1: belowOne, beta2: belowOne, epsilon },
  adamw: { beta1: belowOne, beta2: belowOne, epsilon, weightDecay: numberIn({ from: 0, to: 1e6 }) },
  rmsprop: { decay: belowOne, epsilon },
} as const satisfies RulesOf<SolverSpec>;

type RulesOf<Spec extends { readonly kind: string }> = {
  readonly [Kind in Spec["kind"]]: Readonly<
    Record<Exclude<keyof Extract<Spec, { readonly kind: Kind }>, "kind">, FieldRule>
  >;
};

const solver =
  <Spec extends SolverSpec>(defaults: Spec) =>
  (options: Partial<Omit<Spec, "kind">> = {}): Spec => {
    requireFields(defaults.kind, options, Object.keys(solverRules[defaults.kind]));
    return { ...defaults, ...options };
  };

export const sgdm = solver<SgdmSpec>({ kind: "sgdm", momentum: 0.9 });
export const adam = solver<AdamSpec>({ kind: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
export const adamw = solver<AdamWSpec>({ ...adam(), kind: "adamw", weightDecay: 0.01 });
export const rmsprop = solver<RmsPropSpec>({ kind: "rmsprop", decay: 0.9, epsilon: 1e-8 });

/** `piecewise`: × factor every `period` epochs. `cosine`: linear warm-up over `warmup` iterations, then half a cosine to 0 at the last. */
export type LearnRateSchedule =
  | { readonly kind: "none" }
  | { readonly kind: "piecewise"; readonly factor: number; readonly period: number }
  | { readonly kind: "cosine"; readonly warmup: number };

/** What each schedule has and what that may be. */
export const scheduleRules = {
  none: {},
  piecewise: { factor: positive, period: wholeNumber(1, 1e6) },
  cosine: { warmup: wholeNumber(0, most) },
} as const satisfies RulesOf<LearnRateSchedule>;

/** `l2norm` clips each learnable by itself, `global-l2norm` all jointly, `absolute-value` each element. */
export type ClipMethod = (typeof trainingRules.clipMethod.choices)[number];
/**
 * `narrow-normal`: N(0, 0.01²) for every weight (R2018b). `glorot`: Glorot uniform, recurrent weights with orthonormal
 * columns (later releases).
 */
export type Initialisation = (typeof trainingRules.initialisation.choices)[number];
/** Where batchnorm's inference statistics come from: one pass over the training set after training (R2018b), or a moving average. */
export type BatchNormStatistics = (typeof trainingRules.batchNormStatistics.choices)[number];
/** Which learnables training ends with: those of the lowest validation loss, or those of the last iteration (R2018b). */
export type Restore = (typeof trainingRules.restore.choices)[number];
export type Shuffle = (typeof trainingRules.shuffle.choices)[number];

export interface TrainingOptions {
  readonly solver: SolverSpec;
  readonly learnRate: number;
  readonly schedule: LearnRateSchedule;
  readonly epochs: number;
  /** Samples in a mini-batch. */
  readonly batch: number;
  /** Coupled L2 factor λ: λ·w is added to the gradient of weights before clipping. */
  readonly l2: number;
  /** Gradient threshold; `Infinity` switches clipping off. */
  readonly clip: number;
  readonly clipMethod: ClipMethod;
  readonly initialisation: Initialisation;
  readonly batchNormStatistics: BatchNormStatistics;
  readonly shuffle: Shuffle;
  /** Iterations between two validations. */
  readonly validationEvery: number;
  /** Validations without a lower loss before training stops; `Infinity` never stops. */
  readonly patience: number;
  readonly restore: Restore;
  readonly seed: number;
}

/**
 * What training options may be, solver and schedule apart: one table for the library, for files, for the flags of the command
 * line and for the forms of the page.
 */
export const trainingRules = {
  learnRate: positive,
  epochs: wholeNumber(1, 1e6),
  batch: wholeNumber(1, networkLimits.batch),
  l2: numberIn({ from: 0, to: 1e6 }),
  clip: { ...positive, none: true },
  clipMethod: { kind: "choice", choices: ["l2norm", "global-l2norm", "absolute-value"] },
  initialisation: { kind: "choice", choices: ["narrow-normal", "glorot"] },
  batchNormStatistics: { kind: "choice", choices: ["population", "moving"] },
  shuffle: { kind: "choice", choices: ["once", "every-epoch", "never"] },
  validationEvery: wholeNumber(1, most),
  patience: { ...wholeNumber(1, most), none: true },
  restore: { kind: "choice", choices: ["best", "last"] },
  seed: wholeNumber(0, 2 ** 32 - 1),
} as const satisfies Readonly<Record<Exclude<keyof TrainingOptions, "solver" | "schedule">, FieldRule>>;

/** Iterations of one training at most: each has its learning rate and its history on the device. */
export const mostIterations = 1e7;

/** Samples in the order of all epochs, where each is shuffled anew: it is drawn before training, a second for some millions. */
export const mostOrdered = 2 ** 24;

/**
 * Refuses options with which no training can be computed, and names that are no options.
 * @throws RangeError, TypeError in one line that names the option and what is allowed
 */
export function requireOptions(options: Partial<TrainingOptions>): void {
  requireFields("options", options, Object.keys(defaultTrainingOptions));
  for (const [name, value] of Object.entries(options)) {
    if (name === "solver") requireVariant(name, value, solverRules);
    else if (name === "schedule") requireVariant(name, value, scheduleRules, "schedule.");
    else requireValue(name, value, trainingRules[name as keyof typeof trainingRules]);
  }
}

/** MATLAB's defaults where the post sets nothing, the post's values where it does (experiment of R2018b). */
export const defaultTrainingOptions: TrainingOptions = {
  solver: sgdm(),
  learnRate: defaultLearnRates.sgdm,
  schedule: { kind: "none" },
  epochs: 30,
  batch: 200,
  l2: defaultL2.sgdm,
  clip: 1,
  clipMethod: "l2norm",
  initialisation: "narrow-normal",
  batchNormStatistics: "population",
  shuffle: "once",
  validationEvery: 50,
  patience: Number.POSITIVE_INFINITY,
  restore: "last",
  seed: 0,
};
