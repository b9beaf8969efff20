/** The figures of `fluxion bench` as tables. */
import type { Failure, PeerFigures, Unsupported } from "../../bench/comparison";
import { type NetworkBenchmark, sumKernels, type Throughput } from "../check";
import { type FigureTable, figure, percent } from "./table";

export function networkTable(networks: readonly NetworkBenchmark[]): FigureTable {
  return {
    head: ["network", "batch", "ms/step", "GFLOP/s", "of peak", "dispatches", "submits/step", "host ms/step"],
    words: [0],
    rows: networks.map((row) => [
      row.network,
      row.batch,
      figure(row.msPerStep),
      row.gflops.toPrecision(3),
      percent(row.shareOfPeak),
      row.dispatchesPerStep,
      row.submitsPerStep.toPrecision(2),
      row.hostMsPerStep.toPrecision(2),
    ]),
  };
}

/** Peers beside Fluxion, and a line without figures for whatever has none. */
export function peerTable(
  peers: readonly PeerFigures[],
  unsupported: readonly Unsupported[],
  failures: readonly Failure[],
): FigureTable {
  return {
    head: [
      ...["peer", "version", "network", "batch", "ms/step", "fastest … slowest", "first step"],
      ...["Fluxion ms/step", "fastest … slowest", "peer ÷ Fluxion"],
    ],
    words: [0, 1, 2],
    rows: [
      ...peers.map((row) => [
        ...[row.peer, row.version, row.network, row.batch],
        ...[figure(row.msPerStep), spread(row.spreadMs), figure(row.warmUpMs)],
        ...[figure(row.oursMsPerStep), spread(row.oursSpreadMs), figure(row.ratio)],
      ]),
      ...failures.map((row) => [
        ...[row.peer, row.version, row.network, row.batch],
        ...["failed", "", "", "", "", ""],
      ]),
      ...unsupported.map((row) => [
        ...[row.peer, row.version, row.network, ""],
        ...["unsupported", "", "", "", "", ""],
      ]),
    ],
  };
}

/** Why a line of the table has no figures, a sentence each. */
export const peerReasons = (unsupported: readonly Unsupported[], failures: readonly Failure[]): string[] => [
  ...failures.map(
    ({ peer, network, batch, reason }) => `${peer}, ${network}, batch ${batch}: failed: ${reason}`,
  ),
  ...unsupported.map(({ peer, network, reason }) => `${peer}, ${network}: unsupported: ${peer} ${reason}`),
];

const spread = ([fastest, slowest]: readonly [number, number]): string =>
  `${figure(fastest)} … ${figure(slowest)}`;

/** Kernels of a smaller share of all stand together in one line. */
const leastShare = 0.01;

/**
 * The slowest kernel first, then those of less than one percent together, all of them, and a step as in training beside
 * the sum of their minima.
 */
export function kernelTable({
  network,
  kernels,
  msPerStep,
}: Pick<NetworkBenchmark, "network" | "kernels" | "msPerStep">): FigureTable {
  const head = [
    ...[`${network}: kernel`, "dispatches", "ms", "of kernels", "GFLOP", "MB", "GFLOP/s", "GB/s"],
    ...["× minimum", "of peak", "bound"],
  ];
  const [large, small] = [true, false].map((wanted) =>
    kernels.filter(({ share }) => share >= leastShare === wanted).toSorted((a, b) => b.ms - a.ms),
  );
  const rows = large.map((kernel) => row(kernel.label, kernel, kernel.share, kernel.bound));
  if (small.length > 0)
    rows.push(
      row(
        small.length === 1 ? small[0].label : `${small.length} others`,
        sumKernels(small),
        small.reduce((sum, { share }) => sum + share, 0),
      ),
    );
  rows.push(row("all kernels", sumKernels(kernels), 1));
  rows.push(row("a step, as in training", sumKernels(kernels, msPerStep)));
  return { head, rows, words: [0, head.length - 1] };
}

function row(label: string, part: Throughput, share?: number, bound = ""): string[] {
  const { dispatches, ms, flops, bytes, gflops, gbps, timesMinimum, shareOfPeak } = part;
  // A clock that browsers and drivers round may show no time at all.
  const measured = (text: string): string => (ms > 0 ? text : "");
  return [
    label,
    String(dispatches),
    ms > 0 ? figure(ms) : "< 0.1",
    share === undefined ? "" : percent(share),
    flops > 0 ? figure(flops / 1e9) : "",
    figure(bytes / 1e6),
    flops > 0 ? measured(figure(gflops)) : "",
    measured(figure(gbps)),
    measured(figure(timesMinimum)),
    measured(percent(shareOfPeak)),
    bound,
  ];
}
