/** `fluxion train`: trains a network, evaluates it and writes its files. */
import { join } from "node:path";
import { Argument, type Command } from "commander";
import { UsageError } from "./errors";
import { checkFlags, resolveExperiment } from "./experiment";
import { OutputDirectory } from "./files";
import { openHost } from "./host";
import { endOnInterrupt } from "./interrupt";
import { resultsTable } from "./results-table";
import { summarise, summariseDivergence, trainingFiles } from "./summary";
import { addTrainFlags, type TrainFlags } from "./train-flags";
import { runExperiment } from "./training-run";

const examples = `
The network learns to map a sampled curve to its derivative. Defaults are those of the post
(Cleve's Corner, October 2018); the numbers in brackets.

Examples:
  fluxion train cnn                                the preset that suits this machine
  fluxion train cnn --preset moler --out runs/a    the post's experiment, results in runs/a
  fluxion train cnn --preset quick --init glorot --learn-rate-schedule cosine --warmup 20
  fluxion train cnn --seed 1 --json | tail -n 1    the summary as JSON

Written to --out: model.safetensors, metrics.csv, predictions.csv, summary.json, report.html.
Ctrl-C stops early and keeps what was trained; twice abandons the run and writes nothing.`;

export function addTrain(program: Command): void {
  addTrainFlags(
    program
      .command("train")
      .summary("train a network and report on it")
      .description("Train a network on the GPU and write its model, metrics, predictions and a report.")
      .addArgument(
        new Argument("[network]", "which network").choices(["cnn", "bilstm", "both"]).default("both"),
      ),
  )
    .addHelpText("after", examples)
    .action(train);
}

async function train(network: "cnn" | "bilstm" | "both", flags: TrainFlags): Promise<void> {
  if (network !== "cnn")
    throw new UsageError(
      `train ${network}: only the network cnn is built in this version, use: fluxion train cnn`,
    );
  checkFlags(flags);
  endOnInterrupt();
  // A directory that was named is tried before anything is started; the other is named by the time.
  const named = flags.out === undefined ? undefined : new OutputDirectory(flags.out);
  const device = await openHost(flags.adapter);
  const preset = flags.preset ?? (device.adapter.software ? "quick" : "moler");
  if (flags.preset === undefined)
    process.stderr.write(
      `preset ${preset}, by adapter (${device.adapter.software ? "software: --preset moler trains the post's full experiment" : "hardware"})\n`,
    );
  const experiment = resolveExperiment(flags, preset);
  const out = named ?? new OutputDirectory(join("runs", `${timestamp(new Date())}-${network}`));

  const outcome = await runExperiment(device, experiment);
  if (!("evaluation" in outcome)) {
    process.stderr.write(
      `fluxion: training diverged: ${outcome.result.detail ?? "the loss is not finite"}\n`,
    );
    if (flags.json) process.stdout.write(`${JSON.stringify(summariseDivergence(outcome))}\n`);
    process.exitCode = 1;
    return;
  }
  out.write(trainingFiles(outcome));
  const { iterations, seconds, stopReason } = outcome.result;
  process.stdout.write(
    `${resultsTable(outcome)}\nRMSE per point against the clean derivative, ${outcome.test.rows} test curves\n` +
      `${stopReason} after ${iterations} iterations in ${seconds.toFixed(1)} s\nwritten to ${join(out.path, "report.html")}\n`,
  );
  if (flags.json) process.stdout.write(`${JSON.stringify(summarise(outcome))}\n`);
}

/** Local time as a file name: 2026-11-23T07-15-02. */
function timestamp(date: Date): string {
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replaceAll(":", "-");
}
