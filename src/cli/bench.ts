/** `fluxion bench`: what this adapter reaches, what training makes of it, and what other libraries do. */
import { type Command, Option } from "commander";
import type { ChromeFigures } from "../../bench/run";
import { type NetworkName, networkNames, resolveExperiment } from "../calculus";
import { type BenchmarkSubject, benchmark } from "../check";
import { runtime } from "../node/runtime";
import { type AdapterFlags, addAdapterFlags } from "./adapter-flags";
import { kernelTable, networkTable, peerReasons, peerTable } from "./bench-tables";
import { UsageError } from "./errors";
import { openHost } from "./host";
import { wholeNumber } from "./numbers";
import { markdownTable, textTable } from "./table";
import { addKernelFlags } from "./train-flags";
import { type KernelFlags, kernelsFor } from "./tuning";

interface BenchFlags extends KernelFlags, AdapterFlags {
  readonly batch: number;
  readonly steps?: number;
  readonly network: NetworkName | "both";
  readonly host?: "node" | "chrome";
  readonly peers?: true;
  readonly json?: true;
  readonly markdown?: true;
}

/** What was measured, on either host. */
interface Figures extends Omit<ChromeFigures, "browser"> {
  readonly host: "node" | "deno" | "chrome";
  readonly browser?: string;
}

const examples = `
Peak figures are those of plain kernels on the same adapter: arithmetic in registers (GFLOP/s) and
a copy (GB/s). A step is one training iteration of the network at full width, median after warm-up;
eight stand in a submit, or fewer where they are slow. Which kernels suit the adapter is measured
before, as for training; in Chrome anew every time, unless with --tune off.

Peers train the same network, from the same initial learnables and on the same batch, in the same
headless Chrome. A peer is timed once its parameters and its first loss agree with Fluxion's. Beside
peers, Fluxion too makes one step at a time and waits for the GPU. Chrome and peers need a clone of
the repository; peers are installed into bench/ when they are first wanted. A peer that cannot
finish a batch is given a tenth of it, and so is Fluxion beside it. Exit status 1 when a peer
cannot be timed at all; the other figures are printed nevertheless.

Examples:
  fluxion bench
  fluxion bench --network cnn --batch 20 --steps 16 --json | tail -n 1
  fluxion bench --peers --batch 20 --markdown`;

/** The post's network, at full width. */
function subjectOf(network: NetworkName): BenchmarkSubject {
  const { spec, training } = resolveExperiment("moler", network);
  return { name: network, spec, options: { solver: training.solver } };
}

export function addBench(program: Command): void {
  const command = addAdapterFlags(
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
      .addOption(
        new Option("--host <name>", "where it runs (node; with --peers: chrome)").choices(["node", "chrome"]),
      )
      .option("--peers", "time TensorFlow.js and jax-js beside it, in Chrome")
      .option("--json", "print the figures as one line of JSON, last on standard output")
      .option("--markdown", "print the tables as Markdown"),
  );
  addKernelFlags(command).addHelpText("after", examples).action(bench);
}

async function bench(flags: BenchFlags): Promise<void> {
  const { host = flags.peers ? "chrome" : "node", json, markdown } = flags;
  if (flags.peers && host === "node")
    throw new UsageError("--peers: needs --host chrome: peers run in a browser, and Fluxion beside them");
  const figures = await (host === "chrome" ? benchInChrome(flags) : benchInNode(flags));
  if (!json || markdown) process.stdout.write(describe(figures, markdown === true));
  if (json) process.stdout.write(`${JSON.stringify(figures)}\n`);
  if (untimed(figures)) process.exitCode = 1;
}

/** Whether a peer that can train a network has failed at every size. */
const untimed = ({ peers, failures }: Figures): boolean =>
  failures.some(
    ({ peer, network }) => !peers.some((timed) => timed.peer === peer && timed.network === network),
  );

async function benchInNode(flags: BenchFlags): Promise<Figures> {
  const { network, batch, steps } = flags;
  const device = await openHost(flags);
  const networks: BenchmarkSubject[] = [];
  for (const name of namesOf(network)) {
    const subject = subjectOf(name);
    const kernels = await kernelsFor(device, { ...subject.spec, batch }, flags);
    networks.push({ ...subject, kernels });
  }
  const measured = await benchmark(device, { networks, batch, steps });
  return {
    host: runtime.name,
    adapter: device.adapter,
    ...measured,
    peers: [],
    unsupported: [],
    failures: [],
  };
}

/** Runs what lies in bench/, which a package from npm does not have the means for. */
async function benchInChrome(flags: BenchFlags): Promise<Figures> {
  const harness = await import("../../bench/run").catch((cause: unknown) => {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND")) throw cause;
    throw new UsageError(
      "--host chrome: works in a clone of the repository only, after npm ci; --host node works anywhere",
      { cause },
    );
  });
  const measured = await harness.benchInChrome({
    networks: namesOf(flags.network),
    batch: flags.batch,
    steps: flags.steps,
    adapter: flags.adapter,
    expectAdapter: flags.expectAdapter,
    kernels: { tuned: flags.tune !== "off", recurrentWeights: flags.recurrentWeights },
    peers: flags.peers === true,
    say: (text) => process.stderr.write(`${text}\n`),
  });
  return { host: "chrome", ...measured };
}

const namesOf = (network: NetworkName | "both"): readonly NetworkName[] =>
  network === "both" ? networkNames : [network];

function describe(figures: Figures, markdown: boolean): string {
  const { peak, networks, peers, unsupported, failures } = figures;
  const table = markdown ? markdownTable : textTable;
  const parts = [
    `peak ${peak.gflops.toPrecision(3)} GFLOP/s, ${peak.gbps.toPrecision(3)} GB/s`,
    table(networkTable(networks)),
    ...networks.map((row) => table(kernelTable(row))),
  ];
  if (peers.length + unsupported.length + failures.length > 0)
    parts.push(table(peerTable(peers, unsupported, failures)));
  const reasons = peerReasons(unsupported, failures);
  if (reasons.length > 0) parts.push(reasons.map((reason) => (markdown ? `- ${reason}` : reason)).join("\n"));
  return `${parts.join("\n\n")}\n`;
}
