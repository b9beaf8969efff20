/** `fluxion study`: its flags. What it does brings a parser of expressions along, and is loaded when it is asked for. */
import { type Command, Option } from "commander";
import { networkNames, presetNames } from "../calculus";
import { addAdapterFlags } from "./adapter-flags";
import { UsageError } from "./errors";
import { wholeNumber } from "./numbers";
import type { StudyFlags } from "./study/settings";

const examples = `
A study is a list of cells: each trains one network under one condition with one seed, or evaluates
the classical opponents on the same curves, and measures all that any study asks of it. So studies
share their trainings. Seeds begin at 0. A finished cell is a file in cells/ below --out; the same
command with the same --out measures only what is missing. --only and --network say what is measured
now; the report is on every study with every network that was ever named there. Ctrl-C stops after
the running cell, twice abandons it; with cells left the exit status is that of a process which a
signal has ended. Kernels are chosen by rules, never by measuring, so that a cell's figures depend on
preset, epochs, adapter and version besides itself. A cell belongs to the same shard whatever else is
asked for.

Examples:
  fluxion study --list
  fluxion study --only unseen --seeds 5 --out runs/unseen
  fluxion study --out runs/unseen                        goes on where it stopped
  fluxion study --only unseen,noise --shard 0/2 --out a  on one machine, --shard 1/2 --out b on another
  fluxion study merge a b --out both

Written to --out: study.json and study.html (tables, plots, every question with its answer).`;

export function addStudy(program: Command): void {
  const study = program
    .command("study")
    .summary("run the laboratory's experiments on what networks learn")
    .description("Train networks under several conditions and compare them with classical opponents.")
    .option("--list", "tell the studies and how many cells they have")
    .addOption(
      new Option(
        "--only <names>",
        "studies to run, again or separated by commas (default: all, or all that --out has)",
      ).argParser((text: string, before: readonly string[] = []) => [...before, ...text.split(",")]),
    )
    .addOption(
      new Option(
        "--network <name>",
        "the only network to train (default: both, or those that --out has); the classical opponents always stand beside",
      ).choices(networkNames),
    )
    .addOption(
      new Option("--seeds <n>", "trainings of each network under each condition (default: 5)").argParser(
        wholeNumber(1, 1000),
      ),
    )
    .addOption(
      new Option(
        "--preset <name>",
        "moler: the post's experiment; quick: smaller; principled: a better teacher; see --list (default: by adapter)",
      ).choices(presetNames),
    )
    .addOption(
      new Option("--epochs <n>", "passes over the training set (default: by preset, see --list)").argParser(
        wholeNumber(1, 1e6),
      ),
    );
  addAdapterFlags(study)
    .option("--out <dir>", "where the results go, or where to go on (default: runs/<time>-study)")
    .option("--shard <i/n>", "only every n-th cell of all studies from the i-th on, i from 0 to n - 1")
    .option("--json", "print study.json as one line, last on standard output")
    .addHelpText("after", examples)
    // A misspelt command is a word too many to commander, which says no more than that.
    .allowExcessArguments()
    .action(async (flags: StudyFlags, { args: [word] }: Command) => {
      if (word !== undefined) throw new UsageError(`study: unknown command '${word}', the only one is merge`);
      await (await import("./study/command")).study(flags);
    });
  study
    .command("merge")
    .description("Put the cells of several directories into one and report on them.")
    .argument(
      "<dirs...>",
      "directories begun with the same version, preset, epochs and seeds, for instance shards",
    )
    .option("--out <dir>", "where the results go (required)")
    .option("--json", "print study.json as one line, last on standard output")
    .action(async (paths: readonly string[], _: unknown, command: Command) =>
      // Of flags that both commands have, the outer one takes the value.
      (await import("./study/command")).merge(paths, command.optsWithGlobals<StudyFlags>()),
    );
}
