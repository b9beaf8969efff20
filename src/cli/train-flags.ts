/** The flags of `fluxion train`: how it runs, and the options of the experiment under their names in the field. */
import { type Command, Option } from "commander";
import {
  type ExperimentOptions,
  networkNames,
  type OptionName,
  optionNames,
  optionRows,
  type PresetName,
  presets,
  writeOption,
} from "../calculus";
import type { defaultLearnRates } from "../engine/training/options";
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

/**
 * What an option is where it is not given. Of data, network and length the help names what every preset has, "moler: 3000,
 * quick: 1200"; of all others the default and what presets have of their own, "narrow-normal, principled: glorot".
 */
function whereAbsent(option: OptionName): string {
  const { at, readers, default: common, flag } = optionRows[option];
  if (flag.absent !== undefined) return flag.absent;
  const standard = typeof common === "object" ? bySolver(common) : writeOption(common);
  const ofPresets = ["data", "network"].includes(at[0]) || option === "epochs" || option === "batch";
  const own = Object.entries(presets).flatMap(([name, preset]) => {
    const told = (readers?.networks ?? networkNames).flatMap((network) => {
      const value = preset[network][option] ?? (ofPresets ? standard : undefined);
      return value === undefined ? [] : [{ network, value: writeOption(value) }];
    });
    return new Set(told.map(({ value }) => value)).size === 1
      ? [`${name}: ${told[0].value}`]
      : told.map(({ network, value }) => `${network} of preset ${name}: ${value}`);
  });
  return [...(ofPresets ? [] : [standard]), ...own].join(", ");
}

/** "sgdm: 0.01, adam: 0.001, adamw: 0.001"; where one alone differs from SGD, "0.0001, adamw: 0". */
function bySolver(values: typeof defaultLearnRates): string {
  const all = Object.entries(values);
  const others = all.filter(([, value]) => value !== values.sgdm);
  const inWords = (pairs: typeof all) => pairs.map((pair) => pair.join(": ")).join(", ");
  return others.length === 1 ? `${values.sgdm}, ${inWords(others)}` : inWords(all);
}

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
    const { rule, flag } = optionRows[name];
    if (flag.heading !== undefined) command.optionsGroup(flag.heading);
    const option = new Option(`${flagOf(name)} <${flag.value}>`, `${flag.help} (${whereAbsent(name)})`);
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
