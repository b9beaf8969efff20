/** `fluxion train`: trains networks, evaluates them and writes their files. */
import { join } from "node:path";
import { Argument, type Command } from "commander";
import { describeLeftOver, type Experiment, type NetworkName, type PresetName } from "../calculus";
import { readResumption } from "./checkpoint";
import { UsageError } from "./errors";
import { checkFlags, nameOf, resolveExperiments } from "./experiment";
import { isPipe, OutputDirectory } from "./files";
import { openHost } from "./host";
import { endOnInterrupt, stoppedBefore } from "./interrupt";
import { trainOne, trainSeveral } from "./session";
import { addTrainFlags, givenFlags, type TrainFlags } from "./train-flags";

const examples = `
A network learns to map a sampled curve to its derivative: the CNN as if it were an image, the
bidirectional LSTM as if it were a sound. Defaults are those of the post (Cleve's Corner, October
2018); the numbers in brackets. A flag whose text begins with cnn or bilstm holds for that network
alone, every other for both.

Examples:
  fluxion train                                    both networks, by the preset that suits this machine
  fluxion train cnn --preset moler --out runs/a    the post's CNN, results in runs/a
  fluxion train both --seeds 3                     three runs of each, with mean and spread
  fluxion train cnn --preset quick --init glorot --learn-rate-schedule cosine --warmup 20
  fluxion train cnn --seed 1 --json | tail -n 1    the summary as JSON
  fluxion train bilstm --out runs/b --checkpoint-every 50
  fluxion train --resume runs/b/checkpoint.safetensors

Written to --out: model.safetensors, metrics.csv, predictions.csv, summary.json, report.html. Of
several runs each has a directory, <network>/, seed-<n>/ or <network>/seed-<n>/, and --out itself
holds the report and the summary of all.
With --checkpoint-every the directory of a run also holds checkpoint.safetensors, its latest state:
--resume goes on from there as if the run had never been interrupted. Of several runs it goes on
with that one alone: the report and the summary of all stay as they were.
Ctrl-C, SIGTERM and SIGHUP stop early, keep what was trained and begin no further run; the exit
status is then 130, 143 or 129. The second signal abandons the run under way at once. Two processes
do not train into one directory: the second is refused.`;

const choices = { cnn: ["cnn"], bilstm: ["bilstm"], both: ["cnn", "bilstm"] } as const;

export function addTrain(program: Command): void {
  addTrainFlags(
    program
      .command("train")
      .summary("train a network and report on it")
      .description(
        "Train networks on the GPU and write their models, metrics, predictions and a report that compares them.",
      )
      .addArgument(new Argument("[network]", "which network").choices(Object.keys(choices)).default("both")),
  )
    .addHelpText("after", examples)
    .action(train);
}

async function train(choice: keyof typeof choices, flags: TrainFlags, command: Command): Promise<void> {
  if (flags.resume !== undefined) return resume(flags.resume, flags, command);
  const networks: readonly NetworkName[] = choices[choice];
  checkFlags(flags, networks);
  endOnInterrupt(stoppedBefore());
  // A directory that was named is tried before anything is started; the other is named by the time.
  const named = flags.out === undefined ? undefined : new OutputDirectory(flags.out);
  const device = await openHost(flags);
  const preset = flags.preset ?? presetFor(device.adapter.software);
  const experiments = resolveExperiments(flags, preset, networks);
  for (const sentence of new Set(experiments.flatMap(leftOver))) process.stderr.write(`${sentence}\n`);
  const out = named ?? OutputDirectory.fresh(join("runs", `${timestamp(new Date())}-${choice}`));
  const settings = {
    json: flags.json === true,
    checkpointEvery: flags.checkpointEvery,
    kernels: flags,
  };
  if (experiments.length === 1) return trainOne(device, experiments[0], out, settings);
  // The seeds are told by themselves.
  const changes = givenFlags(command, [...runFlags, "tune", "recurrentWeights", "preset", "seed", "seeds"]);
  return trainSeveral(device, experiments, out, [`preset ${preset}`, ...changes].join(" "), settings);
}

/** What is to be said of training curves that are left over. */
const leftOver = ({ data, training }: Experiment): string[] => {
  const sentence = describeLeftOver(data.curves, training);
  return sentence === undefined ? [] : [sentence];
};

/** Flags that say how the program runs, not what is trained. */
const runFlags = [
  "adapter",
  "expectAdapter",
  "verbose",
  "out",
  "json",
  "stepsPerSubmit",
  "checkpointEvery",
  "resume",
] as const;

/** Goes on with one run: the checkpoint says what is trained, and no flag may say otherwise. */
async function resume(path: string, flags: TrainFlags, command: Command): Promise<void> {
  const [contrary] = givenFlags(command, runFlags);
  if (contrary !== undefined)
    throw new UsageError(`${contrary}: cannot stand beside --resume, which goes on with the run as it was`);
  if (flags.out === undefined && isPipe(path))
    throw new UsageError(`--resume ${path}: is a pipe, so name with --out where the results go`);
  const { experiment, state, every, directory, kernels } = await readResumption(path, flags.stepsPerSubmit);
  const [asked] = command.args;
  if (asked !== undefined && asked !== experiment.network)
    throw new UsageError(`train ${asked} --resume ${path}: is a checkpoint of ${experiment.network}`);
  endOnInterrupt(stoppedBefore());
  const out = new OutputDirectory(flags.out ?? directory);
  const device = await openHost(flags);
  process.stderr.write(`${nameOf(experiment)}, on from iteration ${state.iteration}\n`);
  const settings = {
    json: flags.json === true,
    checkpointEvery: flags.checkpointEvery ?? every,
    kernels,
  };
  return trainOne(device, experiment, out, settings, state);
}

/** Says on standard error which preset it will be. */
export function presetFor(software: boolean): PresetName {
  process.stderr.write(
    software
      ? "preset quick, by adapter (software: --preset moler trains the post's full experiment)\n"
      : "preset moler, by adapter (hardware)\n",
  );
  return software ? "quick" : "moler";
}

/** Local time as a file name: 2026-11-23T07-15-02. */
export function timestamp(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replaceAll(":", "-");
}
