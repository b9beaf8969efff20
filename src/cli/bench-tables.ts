/** The figures of `fluxion bench` as tables. */
import type { Failure, PeerFigures, Unsupported } from "../../bench/comparison";
import type { NetworkBenchmark } from "../check";
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
