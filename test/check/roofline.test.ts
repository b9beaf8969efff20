import { describe, expect, test } from "vitest";
import { reportKernels, sumKernels } from "../../src/check/roofline";

/** 2 GFLOP/s and 4 GB/s: both bound a kernel alike at half an operation a byte. */
const peak = { gflops: 2, gbps: 4 };
const sum = (label: string, milliseconds: number, flops: number, bytes: number, dispatches = 1) => ({
  ...{ label, milliseconds, flops, executed: flops, bytes, dispatches },
});

describe("a kernel beside the peak", () => {
  test.for([
    // The longer of 8e6 ÷ 2e9 and 4e6 ÷ 4e9 seconds.
    { flops: 8e6, bytes: 4e6, minimumMs: 4, bound: "compute" },
    { flops: 1e6, bytes: 4e6, minimumMs: 1, bound: "memory" },
    { flops: 2e6, bytes: 4e6, minimumMs: 1, bound: "memory" },
    { flops: 0, bytes: 4e6, minimumMs: 1, bound: "memory" },
  ])("$flops operations and $bytes bytes: bound by $bound", ({ flops, bytes, minimumMs, bound }) => {
    const [kernel] = reportKernels([sum("k", 8, flops, bytes)], peak);
    expect(kernel).toEqual({
      ...{ label: "k", dispatches: 1, ms: 8, share: 1, flops, bytes },
      ...{ gflops: flops / 8e6, gbps: bytes / 8e6 },
      ...{ minimumMs, timesMinimum: 8 / minimumMs, shareOfPeak: minimumMs / 8, bound },
    });
  });

  test("its share of the peak is the larger of the two shares", () => {
    for (const flops of [0, 1e6, 3e6, 9e6]) {
      const [{ gflops, gbps, shareOfPeak }] = reportKernels([sum("k", 7, flops, 4e6)], peak);
      expect(shareOfPeak).toBeCloseTo(Math.max(gflops / peak.gflops, gbps / peak.gbps), 12);
    }
  });

  test("with a way to do with fewer operations, its minimum is theirs and its speed that of what it computes", () => {
    const [kernel] = reportKernels([{ ...sum("k", 8, 16e6, 4e6), executed: 4e6 }], peak);
    expect(kernel).toMatchObject({ gflops: 2, minimumMs: 2, shareOfPeak: 2 / 8, bound: "compute" });
  });

  test("faster than memory, from caches, it is below its minimum", () => {
    const [{ timesMinimum, shareOfPeak }] = reportKernels([sum("k", 0.5, 0, 4e6)], peak);
    expect([timesMinimum, shareOfPeak]).toEqual([0.5, 2]);
  });

  test("too fast for the clock, it has a minimum and no speed", () => {
    const [kernel] = reportKernels([sum("k", 0, 1e6, 4e6)], peak);
    expect(kernel).toMatchObject({ minimumMs: 1, gflops: 0, gbps: 0, timesMinimum: 0, shareOfPeak: 0 });
    expect(kernel.share).toBe(0);
  });
});

describe("kernels together", () => {
  const kernels = reportKernels([sum("a", 6, 8e6, 4e6), sum("b", 2, 0, 8e6, 3)], peak);

  test("take the sum of their times and minima", () => {
    expect(kernels.map(({ share }) => share)).toEqual([0.75, 0.25]);
    expect(sumKernels(kernels)).toEqual({
      ...{ dispatches: 4, ms: 8, flops: 8e6, bytes: 12e6, gflops: 1, gbps: 1.5 },
      // 4 ms of arithmetic, then 2 ms of memory: one after the other, not beside each other.
      ...{ minimumMs: 6, timesMinimum: 8 / 6, shareOfPeak: 6 / 8 },
    });
  });

  test("or the time of the step as a whole", () => {
    expect(sumKernels(kernels, 12)).toMatchObject({
      ...{ ms: 12, minimumMs: 6, timesMinimum: 2, shareOfPeak: 0.5, gbps: 1 },
    });
  });

  test("none are nothing", () => {
    expect(sumKernels([])).toEqual({
      ...{ dispatches: 0, ms: 0, flops: 0, bytes: 0, gflops: 0, gbps: 0 },
      ...{ minimumMs: 0, timesMinimum: 0, shareOfPeak: 0 },
    });
  });
});
