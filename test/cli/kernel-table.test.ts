import { expect, test } from "vitest";
import { reportKernels } from "../../src/check/roofline";
import { kernelTable } from "../../src/cli/bench-tables";
import type { FigureTable } from "../../src/cli/table";

const sum = (label: string, milliseconds: number, flops: number, bytes: number, dispatches = 1) => ({
  ...{ label, milliseconds, flops, executed: flops, bytes, dispatches },
});

const cellsOf = ({ head, rows }: FigureTable) => [head, ...rows];

test("the slowest kernel first, small ones together, then the step beside the sum of minima", () => {
  const kernels = reportKernels(
    [
      sum("gather", 0.5, 0, 4e6, 2),
      sum("forward", 39, 156e6, 4e6),
      sum("backward", 60, 1200e6, 1800e6, 3),
      sum("update", 0.5, 0, 0.4e6),
    ],
    { gflops: 20, gbps: 40 },
  );
  expect(cellsOf(kernelTable({ network: "cnn", kernels, msPerStep: 121.5 }))).toEqual([
    [
      ...["cnn: kernel", "dispatches", "ms", "of kernels", "GFLOP", "MB", "GFLOP/s", "GB/s"],
      ...["× minimum", "of peak", "bound"],
    ],
    ["backward", "3", "60", "60 %", "1.2", "1800", "20", "30", "1", "100 %", "compute"],
    ["forward", "1", "39", "39 %", "0.156", "4", "4", "0.103", "5", "20 %", "compute"],
    ["2 others", "3", "1", "1 %", "", "4.4", "", "4.4", "9.09", "11 %", ""],
    ["all kernels", "7", "100", "100 %", "1.36", "1808", "13.6", "18.1", "1.47", "68 %", ""],
    ["a step, as in training", "7", "122", "", "1.36", "1808", "11.2", "14.9", "1.79", "56 %", ""],
  ]);
});

test("a kernel too fast for the clock has no speed", () => {
  const kernels = reportKernels([sum("forward", 1, 1e6, 1e6), sum("tiny", 0, 1e3, 1e3)], {
    gflops: 20,
    gbps: 40,
  });
  const table = cellsOf(kernelTable({ network: "cnn", kernels, msPerStep: 1 }));
  expect(table[2]).toEqual(["tiny", "1", "< 0.1", "0 %", "0.000001", "0.001", "", "", "", "", ""]);
});
