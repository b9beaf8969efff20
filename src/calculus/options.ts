/**
 * What a person may set of the experiment, flat and by the field's names: the flags of the command line and the form of
 * the page are both made from the rules that stand here.
 */
import { allows, expectation, type FieldRule, type NumberRule } from "../engine/fields";
import { layerRules } from "../engine/network/spec";
import {
  type BatchNormStatistics,
  type ClipMethod,
  defaultLearnRates,
  type Initialisation,
  type LearnRateSchedule,
  type Restore,
  type Shuffle,
  type SolverSpec,
  scheduleRules,
  solverRules,
  trainingRules,
} from "../engine/training/options";
import { type FunctionFamily, functionFamilies } from "./families/taught";

export const networkNames = ["cnn", "bilstm"] as const;
export type NetworkName = (typeof networkNames)[number];

export const presetNames = ["quick", "moler", "principled"] as const;
export type PresetName = (typeof presetNames)[number];

/** Whatever is absent comes from the preset. */
export interface ExperimentOptions {
  /** The functions of the training curves. */
  readonly family?: FunctionFamily;
  readonly curves?: number;
  readonly samples?: number;
  readonly noise?: number;
  readonly seed?: number;
  readonly filters?: number;
  readonly kernel?: number;
  readonly hidden?: number;
  readonly dropout?: number;
  readonly init?: Initialisation;
  readonly epochs?: number;
  readonly batch?: number;
  readonly solver?: SolverSpec["kind"];
  readonly learnRate?: number;
  readonly learnRateSchedule?: LearnRateSchedule["kind"];
  readonly learnRateDropFactor?: number;
  readonly learnRateDropPeriod?: number;
  readonly warmup?: number;
  readonly momentum?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly decay?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
  readonly l2?: number;
  /** `Infinity` is written "none". */
  readonly clip?: number;
  readonly clipMethod?: ClipMethod;
  readonly batchnormStatistics?: BatchNormStatistics;
  readonly shuffle?: Shuffle;
  readonly validationEvery?: number;
  /** `Infinity` is written "none". */
  readonly patience?: number;
  readonly restore?: Restore;
}

export type OptionName = keyof ExperimentOptions;

/** What must be chosen for an option to be read at all; absent: it always is. */
export interface OptionReaders {
  readonly networks?: readonly NetworkName[];
  readonly solvers?: readonly SolverSpec["kind"][];
  readonly schedules?: readonly LearnRateSchedule["kind"][];
}

/** The values an option may take. */
export type OptionRule = { readonly readers?: OptionReaders } & FieldRule;

const cnn = { networks: ["cnn"] } as const;
const bilstm = { networks: ["bilstm"] } as const;
const adams = { solvers: ["adam", "adamw"] } as const;

/** The training options are the engine's; narrower where a library's user may mean what is a slip on a form. */
export const optionRules = {
  family: { kind: "choice", choices: functionFamilies },
  curves: { kind: "whole", from: 6, to: 1e6 },
  samples: { kind: "whole", from: 1, to: 1e5 },
  noise: { kind: "number", interval: { from: 0, to: 1e3 } },
  seed: trainingRules.seed,
  filters: { ...layerRules.conv1d.filters, readers: cnn },
  kernel: { ...layerRules.conv1d.kernel, readers: cnn },
  hidden: { ...layerRules.bilstm.hidden, readers: bilstm },
  dropout: { ...layerRules.dropout.probability, readers: bilstm },
  init: trainingRules.initialisation,
  epochs: trainingRules.epochs,
  batch: trainingRules.batch,
  solver: { kind: "choice", choices: Object.keys(defaultLearnRates) },
  learnRate: { kind: "number", interval: { above: 0, to: 1e6 } },
  learnRateSchedule: { kind: "choice", choices: ["none", "piecewise", "cosine"] },
  learnRateDropFactor: {
    kind: "number",
    interval: { above: 0, to: 1 },
    readers: { schedules: ["piecewise"] },
  },
  learnRateDropPeriod: { ...scheduleRules.piecewise.period, readers: { schedules: ["piecewise"] } },
  warmup: { ...scheduleRules.cosine.warmup, readers: { schedules: ["cosine"] } },
  momentum: { ...solverRules.sgdm.momentum, readers: { solvers: ["sgdm"] } },
  beta1: { ...solverRules.adam.beta1, readers: adams },
  beta2: { ...solverRules.adam.beta2, readers: adams },
  decay: { ...solverRules.rmsprop.decay, readers: { solvers: ["rmsprop"] } },
  epsilon: { ...solverRules.adam.epsilon, readers: { solvers: ["adam", "adamw", "rmsprop"] } },
  weightDecay: { ...solverRules.adamw.weightDecay, readers: { solvers: ["adamw"] } },
  l2: trainingRules.l2,
  clip: { kind: "number", interval: { above: 0, to: 1e9 }, none: true },
  clipMethod: trainingRules.clipMethod,
  batchnormStatistics: { ...trainingRules.batchNormStatistics, readers: cnn },
  shuffle: trainingRules.shuffle,
  validationEvery: trainingRules.validationEvery,
  patience: trainingRules.patience,
  restore: trainingRules.restore,
} as const satisfies Readonly<Record<OptionName, OptionRule>>;

export const optionNames = Object.keys(optionRules) as readonly OptionName[];

/** An option that cannot be: `message` says what it must be, without its name and value. */
export class OptionError extends RangeError {
  override readonly name = "OptionError";
  readonly option: OptionName;
  readonly value: unknown;

  constructor(option: OptionName, value: unknown, message: string) {
    super(message);
    this.option = option;
    this.value = value;
  }
}

/**
 * Reads an option from text of unknown origin.
 * @throws OptionError, "expected a whole number from 1 to 1000000"
 */
export function readOption(option: OptionName, text: string): string | number {
  const rule: OptionRule = optionRules[option];
  const value =
    rule.kind === "choice" ? rule.choices.find((choice) => choice === text) : readNumber(rule, text);
  if (value === undefined) throw new OptionError(option, text, `expected ${expectation(rule)}`);
  return value;
}

/** An option as `readOption` reads it back. */
export const writeOption = (value: string | number): string =>
  value === Number.POSITIVE_INFINITY ? "none" : String(value);

/** Matches in one way only, so that a long row of digits takes no long time. */
const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** The number that a text says; `undefined` where it says none, or one against the rule. */
export function readNumber(rule: NumberRule, text: string): number | undefined {
  if (rule.none && text === "none") return Number.POSITIVE_INFINITY;
  const value = (rule.kind === "whole" ? /^\d+$/ : decimal).test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) && allows(rule, value) ? value : undefined;
}

/** What decides which options are read. */
export interface Choices {
  readonly network: NetworkName;
  readonly solver: SolverSpec["kind"];
  readonly schedule: LearnRateSchedule["kind"];
}

/** The choices that read an option; none are named where all do. */
export function readersOf(option: OptionName): OptionReaders {
  const rule: OptionRule = optionRules[option];
  return rule.readers ?? {};
}

/** Whether an experiment with these choices reads the option. */
export function isRead(option: OptionName, { network, solver, schedule }: Choices): boolean {
  const { networks, solvers, schedules } = readersOf(option);
  return (
    (networks?.includes(network) ?? true) &&
    (solvers?.includes(solver) ?? true) &&
    (schedules?.includes(schedule) ?? true)
  );
}
