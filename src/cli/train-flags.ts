/** The flags of `fluxion train`: the training options under their names in the field. */
import { type Command, Option } from "commander";
import {
  type AdapterChoice,
  adam,
  adamw,
  type BatchNormStatistics,
  type ClipMethod,
  defaultL2,
  defaultLearnRates,
  defaultTrainingOptions as defaults,
  type Initialisation,
  type LearnRateSchedule,
  type Preset,
  presets,
  type Restore,
  rmsprop,
  type Shuffle,
  type SolverSpec,
  sgdm,
} from "../index";
import { networkNames } from "./flag-readers";
import { number, orNone, wholeNumber } from "./numbers";

/** What the user set; everything absent comes from the preset. Keys are commander's, from the flags. */
export interface TrainFlags {
  readonly preset?: "moler" | "quick";
  readonly adapter: AdapterChoice;
  readonly out?: string;
  readonly json?: true;
  readonly stepsPerSubmit: number;
  readonly checkpointEvery?: number;
  readonly resume?: string;
  readonly curves?: number;
  readonly samples?: number;
  readonly noise?: number;
  readonly seed?: number;
  readonly seeds: number;
  readonly filters?: number;
  readonly kernel?: number;
  readonly hidden?: number;
  readonly dropout?: number;
  readonly epochs?: number;
  readonly batch?: number;
  readonly init?: Initialisation;
  readonly solver?: SolverSpec["kind"];
  readonly learnRate?: number;
  readonly learnRateSchedule: LearnRateSchedule["kind"];
  readonly learnRateDropFactor?: number;
  readonly learnRateDropPeriod?: number;
  readonly warmup?: number;
  readonly momentum?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
  readonly decay?: number;
  readonly l2?: number;
  readonly clip?: number;
  readonly clipMethod?: ClipMethod;
  readonly batchnormStatistics?: BatchNormStatistics;
  readonly shuffle?: Shuffle;
  readonly validationEvery?: number;
  readonly patience?: number;
  readonly restore?: Restore;
}

const most = 1e9;

/** Readers of the numbers that make data and network: on the command line, and in a checkpoint. */
export const setupReaders = {
  curves: wholeNumber(6, 1e6),
  samples: wholeNumber(1, 1e5),
  noise: number({ from: 0, to: 1e3 }),
  filters: wholeNumber(1, 4096),
  kernel: wholeNumber(1, 1024),
  hidden: wholeNumber(1, 1024),
  dropout: number({ from: 0, below: 1 }),
} as const;

/** Reader of --checkpoint-every. */
export const readInterval = wholeNumber(1, most);

/** "moler: 3000, quick: 1200", read from the presets. */
const byPreset = (read: (preset: Preset) => number): string =>
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

/** "sgdm: 0.01, adam: 0.001 …", and where a preset has its own. */
const learnRates = (): string =>
  [
    ...Object.entries(defaultLearnRates).map(([solver, rate]) => `${solver}: ${rate}`),
    ...Object.entries(presets).flatMap(([name, preset]) =>
      networkNames.flatMap((network) => {
        const { learnRate } = preset[network].training;
        return learnRate === undefined ? [] : [`${network} of preset ${name}: ${learnRate}`];
      }),
    ),
  ].join(", ");

/** Declares all flags on the command, in groups, with their defaults in the help. */
export function addTrainFlags(command: Command): Command {
  const add = (flags: string, description: string, read: (text: string) => number): void => {
    command.addOption(new Option(flags, description).argParser(read));
  };
  const choose = (flags: string, description: string, choices: readonly string[]): void => {
    command.addOption(new Option(flags, description).choices(choices));
  };

  command.optionsGroup("Run:");
  choose("--preset <name>", "moler: the post's experiment; quick: smaller (default: by adapter)", [
    "moler",
    "quick",
  ]);
  addAdapterFlag(command);
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
  add(
    "--checkpoint-every <n>",
    "iterations between checkpoints, from which --resume goes on (none)",
    readInterval,
  );
  command.option("--resume <file>", "go on with the run of this checkpoint, in its directory");

  command.optionsGroup("Data:");
  add(
    "--curves <n>",
    `curves, training and test together, a multiple of 6 (${byPreset(({ data }) => data.curves)})`,
    setupReaders.curves,
  );
  add("--samples <n>", `points of a curve (${byPreset(({ data }) => data.samples)})`, setupReaders.samples);
  add(
    "--noise <sigma>",
    `standard deviation of the noise on curves and targets (${byPreset(({ data }) => data.noise)})`,
    setupReaders.noise,
  );
  add("--seed <n>", "of data, split, weights, shuffles and dropout (0)", wholeNumber(0, 2 ** 32 - 1));

  command.optionsGroup("Network:");
  add(
    "--filters <n>",
    `cnn: filters of the hidden convolutions (${byPreset(({ cnn }) => cnn.network.filters)})`,
    setupReaders.filters,
  );
  add(
    "--kernel <n>",
    `cnn: taps of every convolution (${byPreset(({ cnn }) => cnn.network.kernel)})`,
    setupReaders.kernel,
  );
  add(
    "--hidden <n>",
    `bilstm: hidden units of each direction (${byPreset(({ bilstm }) => bilstm.network.hidden)})`,
    setupReaders.hidden,
  );
  add(
    "--dropout <probability>",
    `bilstm: share of values dropped while training (${byPreset(({ bilstm }) => bilstm.network.dropout)})`,
    setupReaders.dropout,
  );
  choose("--init <method>", `initial weights (${defaults.initialisation})`, ["narrow-normal", "glorot"]);

  command.optionsGroup("Training:");
  add("--epochs <n>", `passes over the training set (${trained("epochs")})`, wholeNumber(1, 1e6));
  add("--batch <n>", `curves in a mini-batch (${trained("batch")})`, wholeNumber(1, 1e6));
  choose("--solver <name>", "optimizer (cnn: sgdm, bilstm: adam)", Object.keys(defaultLearnRates));
  add("--learn-rate <rate>", `initial learning rate (${learnRates()})`, number({ above: 0, to: 1e6 }));
  command.addOption(
    new Option("--learn-rate-schedule <name>", "course of the learning rate")
      .choices(["none", "piecewise", "cosine"])
      .default("none"),
  );
  add(
    "--learn-rate-drop-factor <factor>",
    "piecewise: factor of each drop (0.1)",
    number({ above: 0, to: 1 }),
  );
  add("--learn-rate-drop-period <n>", "piecewise: epochs between drops (10)", wholeNumber(1, 1e6));
  add("--warmup <n>", "cosine: iterations of linear warm-up (0)", wholeNumber(0, most));
  add("--momentum <mu>", `of sgdm (${sgdm().momentum})`, number({ from: 0, below: 1 }));
  add(
    "--beta1 <beta>",
    `of adam and adamw: decay of the mean gradient (${adam().beta1})`,
    number({ from: 0, below: 1 }),
  );
  add(
    "--beta2 <beta>",
    `of adam and adamw: decay of its mean square (${adam().beta2})`,
    number({ from: 0, below: 1 }),
  );
  add(
    "--decay <rho>",
    `of rmsprop: decay of the mean square of the gradient (${rmsprop().decay})`,
    number({ from: 0, below: 1 }),
  );
  add("--epsilon <value>", `of adam, adamw and rmsprop (${adam().epsilon})`, number({ above: 0, to: 1 }));
  add(
    "--weight-decay <lambda>",
    `of adamw: decoupled decay of weights (${adamw().weightDecay})`,
    number({ from: 0, to: 1e6 }),
  );
  add(
    "--l2 <lambda>",
    `L2 regularisation (${defaults.l2}, adamw: ${defaultL2.adamw})`,
    number({ from: 0, to: 1e6 }),
  );
  add(
    "--clip <threshold>",
    `gradient threshold, or none (${defaults.clip})`,
    orNone(number({ above: 0, to: 1e9 })),
  );
  choose("--clip-method <name>", `what the threshold bounds (${defaults.clipMethod})`, [
    "l2norm",
    "global-l2norm",
    "absolute-value",
  ]);
  choose("--batchnorm-statistics <source>", `cnn: at prediction (${defaults.batchNormStatistics})`, [
    "population",
    "moving",
  ]);
  choose("--shuffle <when>", `order of the training curves (${defaults.shuffle})`, [
    "once",
    "every-epoch",
    "never",
  ]);
  add(
    "--validation-every <n>",
    `iterations between validations (${defaults.validationEvery})`,
    wholeNumber(1, most),
  );
  add(
    "--patience <n>",
    "validations without progress before stopping, or none (none)",
    orNone(wholeNumber(1, most)),
  );
  choose("--restore <which>", `learnables to end with: best validation, or last (${defaults.restore})`, [
    "best",
    "last",
  ]);
  return command;
}

/** The flag that every command with a GPU shares. */
export function addAdapterFlag(command: Command): Command {
  return command.addOption(
    new Option("--adapter <kind>", "what to run on: auto takes a GPU where there is one")
      .choices(["auto", "hardware", "software"])
      .default("auto"),
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
