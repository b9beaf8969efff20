/** Where the time of a step goes, kernel by kernel, beside what the adapter can do at best. */
import { type NetworkBenchmark, sumKernels, type Throughput } from "../check";
import { type FigureTable, figure, percent } from "./table";

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
