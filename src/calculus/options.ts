/**
 * What a person may set of the experiment, flat and by the field's names: the flags of the command line and the form of
 * the page are both made from the rules that stand here.
 */
import {
  type BatchNormStatistics,
  type ClipMethod,
  defaultLearnRates,
  type Initialisation,
  type LearnRateSchedule,
  type Restore,
  type Shuffle,
  type SolverSpec,
} from "../train/options";
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

type Lower = { readonly from: number } | { readonly above: number };
type Upper = { readonly to: number } | { readonly below: number };

/** An interval; ends given as `above` and `below` are excluded, and so is what rounds to them in float32. */
export type Interval = Lower & Upper;

/** The numbers an option may be. `none` admits `Infinity`, written "none". */
export type NumberRule =
  | { readonly kind: "whole"; readonly from: number; readonly to: number; readonly none?: true }
  | { readonly kind: "number"; readonly interval: Interval; readonly none?: true };

/** The values an option may take. */
export type OptionRule = { readonly readers?: OptionReaders } & (
  | NumberRule
  | { readonly kind: "choice"; readonly choices: readonly string[] }
);

const most = 1e9;
const cnn = { networks: ["cnn"] } as const;
const bilstm = { networks: ["bilstm"] } as const;
const adams = { solvers: ["adam", "adamw"] } as const;
const belowOne = { from: 0, below: 1 } as const;

export const optionRules = {
  family: { kind: "choice", choices: functionFamilies },
  curves: { kind: "whole", from: 6, to: 1e6 },
  samples: { kind: "whole", from: 1, to: 1e5 },
  noise: { kind: "number", interval: { from: 0, to: 1e3 } },
  seed: { kind: "whole", from: 0, to: 2 ** 32 - 1 },
  filters: { kind: "whole", from: 1, to: 4096, readers: cnn },
  kernel: { kind: "whole", from: 1, to: 1024, readers: cnn },
  hidden: { kind: "whole", from: 1, to: 1024, readers: bilstm },
  dropout: { kind: "number", interval: belowOne, readers: bilstm },
  init: { kind: "choice", choices: ["narrow-normal", "glorot"] },
  epochs: { kind: "whole", from: 1, to: 1e6 },
  batch: { kind: "whole", from: 1, to: 1e6 },
  solver: { kind: "choice", choices: Object.keys(defaultLearnRates) },
  learnRate: { kind: "number", interval: { above: 0, to: 1e6 } },
  learnRateSchedule: { kind: "choice", choices: ["none", "piecewise", "cosine"] },
  learnRateDropFactor: {
    kind: "number",
    interval: { above: 0, to: 1 },
    readers: { schedules: ["piecewise"] },
  },
  learnRateDropPeriod: { kind: "whole", from: 1, to: 1e6, readers: { schedules: ["piecewise"] } },
  warmup: { kind: "whole", from: 0, to: most, readers: { schedules: ["cosine"] } },
  momentum: { kind: "number", interval: belowOne, readers: { solvers: ["sgdm"] } },
  beta1: { kind: "number", interval: belowOne, readers: adams },
  beta2: { kind: "number", interval: belowOne, readers: adams },
  decay: { kind: "number", interval: belowOne, readers: { solvers: ["rmsprop"] } },
  epsilon: {
    kind: "number",
    interval: { above: 0, to: 1 },
    readers: { solvers: ["adam", "adamw", "rmsprop"] },
  },
  weightDecay: { kind: "number", interval: { from: 0, to: 1e6 }, readers: { solvers: ["adamw"] } },
  l2: { kind: "number", interval: { from: 0, to: 1e6 } },
  clip: { kind: "number", interval: { above: 0, to: 1e9 }, none: true },
  clipMethod: { kind: "choice", choices: ["l2norm", "global-l2norm", "absolute-value"] },
  batchnormStatistics: { kind: "choice", choices: ["population", "moving"], readers: cnn },
  shuffle: { kind: "choice", choices: ["once", "every-epoch", "never"] },
  validationEvery: { kind: "whole", from: 1, to: most },
  patience: { kind: "whole", from: 1, to: most, none: true },
  restore: { kind: "choice", choices: ["best", "last"] },
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
  return fits(rule, value) ? value : undefined;
}

function fits(rule: NumberRule, value: number): boolean {
  if (rule.kind === "whole") return value >= rule.from && value <= rule.to;
  const { interval } = rule;
  return (
    ("from" in interval ? value >= interval.from : Math.fround(value) > interval.above) &&
    ("to" in interval ? value <= interval.to : Math.fround(value) < interval.below)
  );
}

/** "a whole number from 1 to 1000, or none". */
export function expectation(rule: OptionRule): string {
  if (rule.kind === "choice") return `one of ${rule.choices.join(", ")}`;
  const none = rule.none ? ", or none" : "";
  if (rule.kind === "whole") return `a whole number from ${rule.from} to ${rule.to}${none}`;
  const { interval } = rule;
  const lower = "from" in interval ? `from ${interval.from}` : `above ${interval.above} in float32`;
  const upper = "to" in interval ? `at most ${interval.to}` : `below ${interval.below} in float32`;
  return `a number ${lower}, ${upper}${none}`;
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
