/** The flags of `fluxion train`: how it runs, and the options of the experiment under their names in the field. */
import { type Command, Option } from "commander";
import {
  type ExperimentOptions,
  networkNames,
  type OptionName,
  type OptionRule,
  optionNames,
  optionRules,
  type Preset,
  type PresetName,
  presets,
  writeOption,
} from "../calculus";
import {
  adam,
  adamw,
  defaultTrainingOptions as defaults,
  rmsprop,
  sgdm,
  type TrainingOptions,
} from "../engine";
import { defaultL2, defaultLearnRates } from "../engine/training/options";
import { type AdapterFlags, addAdapterFlags } from "./adapter-flags";
import { number, wholeNumber } from "./numbers";
import { type KernelFlags, recurrentWeightTypes, tuneModes } from "./tuning";

/** What the user set; options that are absent come from the preset. Keys are commander's, from the flags. */
export interface TrainFlags extends ExperimentOptions, KernelFlags, AdapterFlags {
  readonly preset?: PresetName;
  readonly out?: string;
  readonly json?: true;
  readonly stepsPerSubmit: number;
  readonly checkpointEvery?: number;
  readonly resume?: string;
  readonly seeds: number;
}

/** "--learn-rate". */
export const flagOf = (option: OptionName): string =>
  `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Of --checkpoint-every. */
export const intervalRule = { kind: "whole", from: 1, to: 1e9 } as const;

/** "moler: 3000, quick: 1200", read from the presets. */
const byPreset = (read: (preset: Preset) => string | number): string =>
  Object.entries(presets)
    .map(([name, preset]) => `${name}: ${read(preset)}`)
    .join(", ");

/** A training option by preset, and by network where they differ. */
const trained = (key: "epochs" | "batch"): string =>
  Object.entries(presets)
    .map(([name, { cnn, bilstm }]) => {
      const values = [cnn, bilstm].map(({ training }) => training[key] ?? defaults[key]);
      return `${name}: ${values[0] === values[1] ? values[0] : `cnn ${values[0]}, bilstm ${values[1]}`}`;
    })
    .join(", ");

/** ["principled: glorot"]: what presets have of their own, by network where these differ. */
const own = (read: (training: Partial<TrainingOptions>) => string | number | undefined): string[] =>
  Object.entries(presets).flatMap(([name, preset]) => {
    const values = networkNames.map((network) => read(preset[network].training));
    if (new Set(values).size === 1) return values[0] === undefined ? [] : [`${name}: ${values[0]}`];
    return networkNames.flatMap((network, i) =>
      values[i] === undefined ? [] : [`${network} of preset ${name}: ${values[i]}`],
    );
  });

/** "narrow-normal, principled: glorot". */
const orOwn = (
  standard: string | number,
  read: (training: Partial<TrainingOptions>) => string | number | undefined,
): string => [standard, ...own(read)].join(", ");

/** "sgdm: 0.01, adam: 0.001 …", and where a preset has its own. */
const learnRates = (): string =>
  [
    ...Object.entries(defaultLearnRates).map(([solver, rate]) => `${solver}: ${rate}`),
    ...own(({ learnRate }) => learnRate),
  ].join(", ");

const warmupOf = ({ schedule }: Partial<TrainingOptions>): number | undefined =>
  schedule?.kind === "cosine" ? schedule.warmup : undefined;

/** Placeholder and description of each option; in brackets what it is where it is not given. */
const descriptions: Readonly<Record<OptionName, readonly [placeholder: string, description: string]>> = {
  family: [
    "name",
    `functions of the training curves; tested are the six (${byPreset(({ data }) => data.family)})`,
  ],
  curves: [
    "n",
    `curves, training and test together, a multiple of 6 (${byPreset(({ data }) => data.curves)})`,
  ],
  samples: ["n", `points of a curve (${byPreset(({ data }) => data.samples)})`],
  noise: [
    "sigma",
    `standard deviation of the noise on curves and targets (${byPreset(({ data }) => data.noise)})`,
  ],
  seed: ["n", "of data, split, weights, shuffles and dropout (0)"],
  filters: ["n", `cnn: filters of the hidden convolutions (${byPreset(({ cnn }) => cnn.network.filters)})`],
  kernel: ["n", `cnn: taps of every convolution (${byPreset(({ cnn }) => cnn.network.kernel)})`],
  hidden: [
    "n",
    `bilstm: hidden units of each direction (${byPreset(({ bilstm }) => bilstm.network.hidden)})`,
  ],
  dropout: [
    "probability",
    `bilstm: share of values dropped while training (${byPreset(({ bilstm }) => bilstm.network.dropout)})`,
  ],
  init: [
    "method",
    `initial weights (${orOwn(defaults.initialisation, ({ initialisation }) => initialisation)})`,
  ],
  epochs: ["n", `passes over the training set (${trained("epochs")})`],
  batch: ["n", `curves in a mini-batch (${trained("batch")})`],
  solver: ["name", "optimizer (cnn: sgdm, bilstm: adam, principled: adam)"],
  learnRate: ["rate", `initial learning rate (${learnRates()})`],
  learnRateSchedule: [
    "name",
    `course of the learning rate (${orOwn(defaults.schedule.kind, ({ schedule }) => schedule?.kind)})`,
  ],
  learnRateDropFactor: ["factor", "piecewise: factor of each drop (0.1)"],
  learnRateDropPeriod: ["n", "piecewise: epochs between drops (10)"],
  warmup: ["n", `cosine: iterations of linear warm-up (${orOwn(0, warmupOf)})`],
  momentum: ["mu", `of sgdm (${sgdm().momentum})`],
  beta1: ["beta", `of adam and adamw: decay of the mean gradient (${adam().beta1})`],
  beta2: ["beta", `of adam and adamw: decay of its mean square (${adam().beta2})`],
  decay: ["rho", `of rmsprop: decay of the mean square of the gradient (${rmsprop().decay})`],
  epsilon: ["value", `of adam, adamw and rmsprop (${adam().epsilon})`],
  weightDecay: ["lambda", `of adamw: decoupled decay of weights (${adamw().weightDecay})`],
  l2: ["lambda", `L2 regularisation (${orOwn(`${defaults.l2}, adamw: ${defaultL2.adamw}`, ({ l2 }) => l2)})`],
  clip: [
    "threshold",
    `gradient threshold, or none (${orOwn(defaults.clip, ({ clip }) => clip && writeOption(clip))})`,
  ],
  clipMethod: ["name", `what the threshold bounds (${defaults.clipMethod})`],
  batchnormStatistics: ["source", `cnn: at prediction (${defaults.batchNormStatistics})`],
  shuffle: ["when", `order of the training curves (${orOwn(defaults.shuffle, ({ shuffle }) => shuffle)})`],
  validationEvery: [
    "n",
    `iterations between validations (${orOwn(defaults.validationEvery, ({ validationEvery }) => validationEvery)})`,
  ],
  patience: ["n", "validations without progress before stopping, or none (none)"],
  restore: ["which", `learnables to end with: best validation, or last (${defaults.restore})`],
};

/** The options with which a group of the help begins. */
const groups: { readonly [Name in OptionName]?: string } = {
  family: "Data:",
  filters: "Network:",
  epochs: "Training:",
};

/** Declares all flags on the command, in groups, with their defaults in the help. */
export function addTrainFlags(command: Command): Command {
  command.optionsGroup("Run:");
  command.addOption(
    new Option(
      "--preset <name>",
      "moler: the post's experiment; quick: smaller; principled: a better teacher (default: by adapter, moler or quick)",
    ).choices(Object.keys(presets)),
  );
  addAdapterFlags(command);
  addKernelFlags(command);
  command.option("--out <dir>", "where the results go (default: runs/<time>-<network>)");
  command.option("--json", "print the summary as one line of JSON, last on standard output");
  command.addOption(
    new Option("--seeds <n>", "runs of each network, with the seeds from --seed on")
      .argParser(wholeNumber(1, 1000))
      .default(1),
  );
  command.addOption(
    new Option("--steps-per-submit <n>", "training steps handed to the GPU at once")
      .argParser(wholeNumber(1, 256))
      .default(8),
  );
  command.addOption(
    new Option(
      "--checkpoint-every <n>",
      "iterations between checkpoints, from which --resume goes on (none)",
    ).argParser(number(intervalRule)),
  );
  command.option("--resume <file>", "go on with the run of this checkpoint, in its directory");
  for (const name of optionNames) {
    const group = groups[name];
    if (group !== undefined) command.optionsGroup(group);
    const [placeholder, description] = descriptions[name];
    const option = new Option(`${flagOf(name)} <${placeholder}>`, description);
    const rule: OptionRule = optionRules[name];
    command.addOption(rule.kind === "choice" ? option.choices(rule.choices) : option.argParser(number(rule)));
  }
  return command;
}

/** The flags of the commands that train. */
export function addKernelFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--tune <when>",
        "measure which kernels suit this adapter, once: off goes by rules, again forgets what was measured",
      )
        .choices(tuneModes)
        .default("on"),
    )
    .addOption(
      new Option(
        "--recurrent-weights <type>",
        "how recurrences of LSTMs read their weights: f16 is less exact, and faster where memory is slow",
      )
        .choices(recurrentWeightTypes)
        .default("f32"),
    );
}

/** The options that stand on the command line, as "--epochs 3", but for those that say how the program runs. */
export const givenFlags = (command: Command, except: readonly (keyof TrainFlags)[]): string[] =>
  command.options
    .map((option) => ({ long: option.long, key: option.attributeName() }))
    .filter(({ key }) => command.getOptionValueSource(key) === "cli" && !except.some((name) => name === key))
    .map(({ long, key }) => {
      const value: unknown = command.getOptionValue(key);
      return `${long} ${value === Number.POSITIVE_INFINITY ? "none" : value}`;
    });
