/** `fluxion bench`: what this adapter reaches, and what training makes of it. */
import Table from "cli-table3";
import { type Command, Option } from "commander";
import {
  type AdapterChoice,
  type BenchmarkSubject,
  benchmark,
  molerBilstm,
  molerCnn,
  type NetworkBenchmark,
  type NetworkName,
  networkNames,
  presets,
} from "../index";
import { UsageError } from "./errors";
import { openHost } from "./host";
import { wholeNumber } from "./numbers";
import { addAdapterFlag } from "./train-flags";

interface BenchFlags {
  readonly batch: number;
  readonly steps?: number;
  readonly network: NetworkName | "both";
  readonly host: "node" | "chrome";
  readonly peers?: true;
  readonly json?: true;
  readonly adapter: AdapterChoice;
}

const examples = `
Peak figures are those of plain kernels on the same adapter: arithmetic in registers (GFLOP/s) and
a copy (GB/s). A step is one training iteration of the network at full width, median after warm-up;
eight stand in a submit, or fewer where they are slow.

Examples:
  fluxion bench
  fluxion bench --network cnn --batch 20 --steps 16 --json | tail -n 1`;

/** The post's networks, at full width. */
const subjects: Readonly<Record<NetworkName, BenchmarkSubject>> = {
  cnn: { name: "cnn", spec: molerCnn(), options: presets.moler.cnn.training },
  bilstm: { name: "bilstm", spec: molerBilstm(), options: presets.moler.bilstm.training },
};

export function addBench(program: Command): void {
  addAdapterFlag(
    program
      .command("bench")
      .summary("measure training throughput")
      .description("Measure the adapter's peak and the time of a training step.")
      .addOption(
        new Option("--network <name>", "network to time").choices([...networkNames, "both"]).default("both"),
      )
      .addOption(new Option("--batch <n>", "curves in a step").argParser(wholeNumber(1, 1e6)).default(200))
      .addOption(
        new Option("--steps <n>", "steps to time (24, or fewer where they are slow)").argParser(
          wholeNumber(3, 1e6),
        ),
      )
      .addOption(new Option("--host <name>", "where it runs").choices(["node", "chrome"]).default("node"))
      .option("--peers", "time other libraries beside it (not in this version)")
      .option("--json", "print the figures as one line of JSON, last on standard output"),
  )
    .addHelpText("after", examples)
    .action(bench);
}

async function bench({ network, batch, steps, host, peers, json, adapter }: BenchFlags): Promise<void> {
  if (host !== "node") throw new UsageError(`--host ${host}: is not built in this version, use --host node`);
  if (peers) throw new UsageError("--peers: is not built in this version, times Fluxion alone without it");
  const device = await openHost(adapter);
  const names = network === "both" ? networkNames : [network];
  const { peak, networks } = await benchmark(device, {
    networks: names.map((name) => subjects[name]),
    batch,
    steps,
  });
  if (json) {
    process.stdout.write(`${JSON.stringify({ adapter: device.adapter, peak, networks, peers: [] })}\n`);
    return;
  }
  process.stdout.write(
    `peak ${peak.gflops.toPrecision(3)} GFLOP/s, ${peak.gbps.toPrecision(3)} GB/s\n${networkTable(networks)}\n`,
  );
  for (const row of networks) process.stdout.write(`\n${kernelTable(row)}\n`);
}

const style = { head: [], border: [], compact: true };

function networkTable(networks: readonly NetworkBenchmark[]): string {
  const table = new Table({
    head: ["network", "batch", "ms/step", "GFLOP/s", "of peak", "dispatches", "submits/step", "host ms/step"],
    style,
  });
  for (const row of networks)
    table.push([
      row.network,
      row.batch,
      row.msPerStep.toPrecision(4),
      row.gflops.toPrecision(3),
      percent(row.shareOfPeak),
      row.dispatchesPerStep,
      row.submitsPerStep.toPrecision(2),
      row.hostMsPerStep.toPrecision(2),
    ]);
  return table.toString();
}

/** Where the time of a step goes; kernels below one percent stand together in the last line. */
function kernelTable({ network, kernels }: NetworkBenchmark): string {
  const table = new Table({ head: [`${network}: kernel`, "ms", "of step", "GFLOP/s"], style });
  const sorted = [...kernels].sort((a, b) => b.ms - a.ms);
  const small = sorted.filter(({ share }) => share < 0.01);
  for (const { label, ms, share, gflops } of sorted.filter(({ share }) => share >= 0.01))
    table.push([label, ms.toPrecision(3), percent(share), gflops > 0 ? gflops.toPrecision(3) : ""]);
  const sum = (key: "ms" | "share"): number => small.reduce((total, kernel) => total + kernel[key], 0);
  if (small.length > 0)
    table.push([`${small.length} others`, sum("ms").toPrecision(3), percent(sum("share")), ""]);
  return table.toString();
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
