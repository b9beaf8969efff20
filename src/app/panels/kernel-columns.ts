/** What the table of kernels says of each, in which words and order. */

import { formatNumber } from "../../charts/numbers";
import type { KernelReport, Throughput } from "../../check";

/** A kernel, or several together. */
export type Row = Throughput & Partial<Pick<KernelReport, "share" | "bound">>;

export interface Column {
  readonly name: string;
  readonly meaning: string;
  readonly cell: (row: Row) => string;
}

export const shareColumn: Column = {
  name: "Of kernels",
  meaning: "Its part of the time of all kernels.",
  cell: ({ share }) => (share === undefined ? "" : percent(share)),
};

export const boundColumn: Column = {
  name: "Bound",
  meaning: "Which peak makes that least time: that of arithmetic (compute) or that of memory.",
  cell: ({ bound = "" }) => bound,
};

/** All but the kernel's name. */
export const columns: readonly Column[] = [
  {
    name: "Dispatches",
    meaning: "How often it is started in a step.",
    cell: ({ dispatches }) => String(dispatches),
  },
  {
    name: "ms",
    meaning: "Time of all its dispatches.",
    // A clock that the browser rounds may show none.
    cell: ({ ms }) => (ms > 0 ? number(ms) : "< 0.1"),
  },
  shareColumn,
  {
    name: "GFLOP",
    meaning: "Floating-point operations of its matrix products, 10⁹; a multiply-add counts two.",
    cell: ({ flops }) => (flops > 0 ? number(flops / 1e9) : "–"),
  },
  {
    name: "MB",
    meaning: "What its dispatches must read and write at least, each value once in each of them, 10⁶ bytes.",
    cell: ({ bytes }) => number(bytes / 1e6),
  },
  {
    name: "GFLOP/s",
    meaning: "GFLOP in its time.",
    cell: (row) => (row.flops > 0 ? timed(row, number(row.gflops)) : "–"),
  },
  {
    name: "GB/s",
    meaning: "MB in its time.",
    cell: (row) => timed(row, number(row.gbps)),
  },
  {
    name: "× minimum",
    meaning:
      "Its time ÷ the least that the two peaks allow: that of its GFLOP or that of its MB, whichever is longer. Of several kernels, the sum of theirs.",
    cell: (row) => timed(row, number(row.timesMinimum)),
  },
  {
    name: "Of peak",
    meaning: "The same the other way round: the least ÷ its time. More than 100 % is what caches give.",
    cell: (row) => timed(row, percent(row.shareOfPeak)),
  },
  boundColumn,
];

export type Order = "step" | "time";

/** The kernels as they come in the step, or the slowest first. */
export const inOrder = (kernels: readonly KernelReport[], order: Order): readonly KernelReport[] =>
  order === "step" ? kernels : kernels.toSorted((a, b) => b.ms - a.ms);

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const number = (value: number): string => formatNumber(value, 3);
const timed = ({ ms }: Throughput, text: string): string => (ms > 0 ? text : "–");
