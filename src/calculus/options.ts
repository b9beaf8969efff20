/**
 * What a person may set of the experiment, flat and by the field's names, a row an option. From a row come the flag of the
 * command line with its help, the field of the page's form, the key in links and files, the checks, the default, and
 * where an experiment has the value. The order is that of help, links and files.
 */
import { allows, expectation, type FieldRule, type NumberRule } from "../engine/fields";
import { layerRules } from "../engine/network/spec";
import {
  adam,
  adamw,
  defaultL2,
  defaultLearnRates,
  type LearnRateSchedule,
  rmsprop,
  type SolverSpec,
  scheduleRules,
  sgdm,
  solverRules,
  defaultTrainingOptions as trainingDefaults,
  trainingRules,
} from "../engine/training/options";
import { type CurveOptions, defaultCurveOptions } from "./curves";
import { functionFamilies } from "./families/taught";
import { defaultBilstmOptions, defaultCnnOptions } from "./networks";

export const networkNames = ["cnn", "bilstm"] as const;
export type NetworkName = (typeof networkNames)[number];

export const presetNames = ["quick", "moler", "principled"] as const;
export type PresetName = (typeof presetNames)[number];

type SolverName = SolverSpec["kind"];
type ScheduleName = LearnRateSchedule["kind"];

/** What must be chosen for an option to be read at all; absent: it always is. */
export interface OptionReaders {
  readonly networks?: readonly NetworkName[];
  readonly solvers?: readonly SolverName[];
  readonly schedules?: readonly ScheduleName[];
}

type FieldsOf<Spec> = Spec extends unknown ? keyof Spec : never;

/** All that is to be known of an option. */
export interface OptionRow {
  /** Part and field of an experiment that have its value. Those of a network are a field of one of its layers. */
  readonly at:
    | readonly ["data", keyof CurveOptions]
    | readonly ["network", "filters" | "kernel" | "hidden" | "probability"]
    | readonly ["training", keyof typeof trainingRules]
    | readonly ["solver", FieldsOf<SolverSpec>]
    | readonly ["schedule", FieldsOf<LearnRateSchedule>];
  /** The values it may take: the engine's, narrower where a library's user may mean what is a slip on a form. */
  readonly rule: FieldRule;
  /** Where no preset says otherwise. */
  readonly default: string | number | Readonly<Record<SolverName, number>>;
  readonly readers?: OptionReaders;
  /** In MATLAB's words where it has them. */
  readonly form: {
    readonly label: string;
    /** Under which heading; the seed stands above all. */
    readonly group?: "Data" | "Network" | "Solver" | "Learn rate schedule" | "Gradients" | "Validation";
    /** The option that it follows, where that is another than by the order of the rows. */
    readonly after?: string;
    /** What its number counts. */
    readonly unit?: string;
    /** What its range does not say. */
    readonly note?: string;
  };
  readonly flag: {
    /** What stands for the value in the help. */
    readonly value: string;
    readonly help: string;
    /** What it is where it is not given, where default and presets do not say it well. */
    readonly absent?: string;
    /** The heading that begins with it. */
    readonly heading?: string;
  };
}

const cnn = { networks: ["cnn"] } as const;
const bilstm = { networks: ["bilstm"] } as const;
const adams = { solvers: ["adam", "adamw"] } as const;
const piecewise = { schedules: ["piecewise"] } as const;

/** As the engine has it. */
const training = <Field extends keyof typeof trainingRules>(field: Field) =>
  ({ at: ["training", field], rule: trainingRules[field], default: trainingDefaults[field] }) as const;

const rows = {
  family: {
    at: ["data", "family"],
    rule: { kind: "choice", choices: functionFamilies },
    default: defaultCurveOptions.family,
    form: { group: "Data", label: "Functions taught", note: "the test curves are always of the six" },
    flag: { heading: "Data:", value: "name", help: "functions of the training curves; tested are the six" },
  },
  curves: {
    at: ["data", "curves"],
    rule: { kind: "whole", from: 6, to: 1e6 },
    default: defaultCurveOptions.curves,
    form: {
      group: "Data",
      label: "Curves",
      unit: "curves",
      note: "a multiple of 6, a sixth of them is the test",
    },
    flag: { value: "n", help: "curves, training and test together, a multiple of 6" },
  },
  samples: {
    at: ["data", "samples"],
    rule: { kind: "whole", from: 1, to: 1e5 },
    default: defaultCurveOptions.samples,
    form: { group: "Data", label: "Points per curve", unit: "points" },
    flag: { value: "n", help: "points of a curve" },
  },
  noise: {
    at: ["data", "noise"],
    rule: { kind: "number", interval: { from: 0, to: 1e3 } },
    default: defaultCurveOptions.noise,
    form: { group: "Data", label: "Noise σ", note: "on curves and targets" },
    flag: { value: "sigma", help: "standard deviation of the noise on curves and targets" },
  },
  seed: {
    ...training("seed"),
    form: { label: "Seed", note: "of data, split, weights, shuffles and dropout" },
    flag: { value: "n", help: "of data, split, weights, shuffles and dropout" },
  },
  filters: {
    at: ["network", "filters"],
    rule: layerRules.conv1d.filters,
    default: defaultCnnOptions.filters,
    readers: cnn,
    form: { group: "Network", label: "Filters", unit: "filters", note: "of the hidden convolutions" },
    flag: { heading: "Network:", value: "n", help: "cnn: filters of the hidden convolutions" },
  },
  kernel: {
    at: ["network", "kernel"],
    rule: layerRules.conv1d.kernel,
    default: defaultCnnOptions.kernel,
    readers: cnn,
    form: { group: "Network", label: "Filter size", unit: "taps" },
    flag: { value: "n", help: "cnn: taps of every convolution" },
  },
  hidden: {
    at: ["network", "hidden"],
    rule: layerRules.bilstm.hidden,
    default: defaultBilstmOptions.hidden,
    readers: bilstm,
    form: { group: "Network", label: "Hidden units", unit: "units", note: "in each direction" },
    flag: { value: "n", help: "bilstm: hidden units of each direction" },
  },
  dropout: {
    at: ["network", "probability"],
    rule: layerRules.dropout.probability,
    default: defaultBilstmOptions.dropout,
    readers: bilstm,
    form: { group: "Network", label: "Dropout probability" },
    flag: { value: "probability", help: "bilstm: share of values dropped while training" },
  },
  init: {
    ...training("initialisation"),
    form: { group: "Network", label: "Weights initializer" },
    flag: { value: "method", help: "initial weights" },
  },
  epochs: {
    ...training("epochs"),
    form: { group: "Solver", label: "Max epochs", unit: "epochs" },
    flag: { heading: "Training:", value: "n", help: "passes over the training set" },
  },
  batch: {
    ...training("batch"),
    form: { group: "Solver", label: "Mini-batch size", unit: "curves" },
    flag: { value: "n", help: "curves in a mini-batch" },
  },
  solver: {
    at: ["solver", "kind"],
    rule: { kind: "choice", choices: Object.keys(solverRules) as SolverName[] },
    default: trainingDefaults.solver.kind,
    form: { group: "Solver", label: "Solver" },
    flag: { value: "name", help: "optimizer", absent: "cnn: sgdm, bilstm: adam, principled: adam" },
  },
  learnRate: {
    at: ["training", "learnRate"],
    rule: { kind: "number", interval: { above: 0, to: 1e6 } },
    default: defaultLearnRates,
    form: { group: "Solver", label: "Initial learn rate" },
    flag: { value: "rate", help: "initial learning rate" },
  },
  learnRateSchedule: {
    at: ["schedule", "kind"],
    rule: { kind: "choice", choices: Object.keys(scheduleRules) as ScheduleName[] },
    default: trainingDefaults.schedule.kind,
    form: { group: "Learn rate schedule", label: "Learn rate schedule" },
    flag: { value: "name", help: "course of the learning rate" },
  },
  learnRateDropFactor: {
    at: ["schedule", "factor"],
    rule: { kind: "number", interval: { above: 0, to: 1 } },
    default: 0.1,
    readers: piecewise,
    form: { group: "Learn rate schedule", label: "Learn rate drop factor" },
    flag: { value: "factor", help: "piecewise: factor of each drop" },
  },
  learnRateDropPeriod: {
    at: ["schedule", "period"],
    rule: scheduleRules.piecewise.period,
    default: 10,
    readers: piecewise,
    form: { group: "Learn rate schedule", label: "Learn rate drop period", unit: "epochs" },
    flag: { value: "n", help: "piecewise: epochs between drops" },
  },
  warmup: {
    at: ["schedule", "warmup"],
    rule: scheduleRules.cosine.warmup,
    default: 0,
    readers: { schedules: ["cosine"] },
    form: { group: "Learn rate schedule", label: "Warm-up", unit: "iterations" },
    flag: { value: "n", help: "cosine: iterations of linear warm-up" },
  },
  momentum: {
    at: ["solver", "momentum"],
    rule: solverRules.sgdm.momentum,
    default: sgdm().momentum,
    readers: { solvers: ["sgdm"] },
    form: { group: "Solver", label: "Momentum" },
    flag: { value: "mu", help: "of sgdm" },
  },
  beta1: {
    at: ["solver", "beta1"],
    rule: solverRules.adam.beta1,
    default: adam().beta1,
    readers: adams,
    form: { group: "Solver", label: "Gradient decay factor β₁" },
    flag: { value: "beta", help: "of adam and adamw: decay of the mean gradient" },
  },
  beta2: {
    at: ["solver", "beta2"],
    rule: solverRules.adam.beta2,
    default: adam().beta2,
    readers: adams,
    form: { group: "Solver", label: "Squared gradient decay factor β₂" },
    flag: { value: "beta", help: "of adam and adamw: decay of its mean square" },
  },
  decay: {
    at: ["solver", "decay"],
    rule: solverRules.rmsprop.decay,
    default: rmsprop().decay,
    readers: { solvers: ["rmsprop"] },
    form: { group: "Solver", label: "Squared gradient decay factor" },
    flag: { value: "rho", help: "of rmsprop: decay of the mean square of the gradient" },
  },
  epsilon: {
    at: ["solver", "epsilon"],
    rule: solverRules.adam.epsilon,
    default: adam().epsilon,
    readers: { solvers: ["adam", "adamw", "rmsprop"] },
    form: { group: "Solver", label: "Epsilon", note: "added to the denominator" },
    flag: { value: "value", help: "of adam, adamw and rmsprop" },
  },
  weightDecay: {
    at: ["solver", "weightDecay"],
    rule: solverRules.adamw.weightDecay,
    default: adamw().weightDecay,
    readers: { solvers: ["adamw"] },
    form: { group: "Solver", label: "Weight decay λ", note: "decoupled" },
    flag: { value: "lambda", help: "of adamw: decoupled decay of weights" },
  },
  l2: {
    ...training("l2"),
    default: defaultL2,
    form: { group: "Gradients", label: "L2 regularization λ" },
    flag: { value: "lambda", help: "L2 regularisation" },
  },
  clip: {
    ...training("clip"),
    rule: { kind: "number", interval: { above: 0, to: 1e9 }, none: true },
    form: { group: "Gradients", label: "Gradient threshold" },
    flag: { value: "threshold", help: "gradient threshold, or none" },
  },
  clipMethod: {
    ...training("clipMethod"),
    form: { group: "Gradients", label: "Gradient threshold method" },
    flag: { value: "name", help: "what the threshold bounds" },
  },
  batchnormStatistics: {
    ...training("batchNormStatistics"),
    readers: cnn,
    form: { group: "Network", label: "Batch norm statistics", note: "at prediction" },
    flag: { value: "source", help: "cnn: at prediction" },
  },
  shuffle: {
    ...training("shuffle"),
    form: { group: "Solver", after: "batch", label: "Shuffle" },
    flag: { value: "when", help: "order of the training curves" },
  },
  validationEvery: {
    ...training("validationEvery"),
    form: { group: "Validation", label: "Validation frequency", unit: "iterations" },
    flag: { value: "n", help: "iterations between validations" },
  },
  patience: {
    ...training("patience"),
    form: { group: "Validation", label: "Validation patience", unit: "validations" },
    flag: { value: "n", help: "validations without progress before stopping, or none" },
  },
  restore: {
    ...training("restore"),
    form: {
      group: "Validation",
      label: "Output network",
      note: "of the best validation loss, or of the last iteration",
    },
    flag: { value: "which", help: "learnables to end with: best validation, or last" },
  },
} as const satisfies Readonly<Record<string, OptionRow>>;

export type OptionName = keyof typeof rows;

export const optionRows: Readonly<Record<OptionName, OptionRow>> = rows;

/** Not taken apart where it is a union: a rule of either kind is one of numbers here. */
type ValueOf<Rule> = [Rule] extends [{ readonly choices: readonly (infer Choice)[] }] ? Choice : number;

/** Whatever is absent comes from the preset. `Infinity` is written "none". */
export type ExperimentOptions = { readonly [Name in OptionName]?: ValueOf<(typeof rows)[Name]["rule"]> };

/** Those that every experiment reads. */
type CommonName = {
  [Name in OptionName]: (typeof rows)[Name] extends { readers: object } ? never : Name;
}[OptionName];

/** A value for every option that is read, and for no other. */
export type OptionValues = ExperimentOptions & Required<Pick<ExperimentOptions, CommonName>>;

export const optionNames = Object.keys(rows) as readonly OptionName[];

export const isOptionName = (name: string): name is OptionName => Object.hasOwn(rows, name);

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
  const { rule } = optionRows[option];
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
  readonly solver: SolverName;
  readonly schedule: ScheduleName;
}

/** Whether an experiment with these choices reads the option. */
export function isRead(option: OptionName, { network, solver, schedule }: Choices): boolean {
  const { networks, solvers, schedules } = optionRows[option].readers ?? {};
  return (
    (networks?.includes(network) ?? true) &&
    (solvers?.includes(solver) ?? true) &&
    (schedules?.includes(schedule) ?? true)
  );
}
