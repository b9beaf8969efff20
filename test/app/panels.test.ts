import { describe, expect, test } from "vitest";
import { distributionOf } from "../../src/app/panels/distribution";
import { columns, inOrder, type Row } from "../../src/app/panels/kernel-columns";
import { reportKernels, sumKernels } from "../../src/check/roofline";

describe("a distribution", () => {
  test("counts every value in bins of equal width", () => {
    const found = distributionOf(Float32Array.of(0, 0, 1, 2, 3, 4, 4, 4), 4);
    expect(found).toMatchObject({ count: 8, min: 0, max: 4, mean: 2.25, zeros: 2, nonFinite: 0 });
    expect(found.middles).toEqual([0.5, 1.5, 2.5, 3.5]);
    expect(found.counts).toEqual([2, 1, 1, 4]);
    expect(found.deviation).toBeCloseTo(Math.sqrt(21.5 / 8), 12);
  });

  test("the standard deviation survives a large mean", () => {
    const { mean, deviation } = distributionOf(Float32Array.of(99_999, 100_001, 99_999, 100_001), 10);
    expect([mean, deviation]).toEqual([100_000, 1]);
  });

  test("what is not finite is counted, and left out of everything else", () => {
    const values = Float32Array.of(Number.NaN, 1, Number.POSITIVE_INFINITY, 3, Number.NEGATIVE_INFINITY);
    const found = distributionOf(values, 2);
    expect(found).toMatchObject({ count: 5, min: 1, max: 3, mean: 2, deviation: 1, nonFinite: 3 });
    expect(found.counts).toEqual([1, 1]);
  });

  test("equal values make one bin, none make none", () => {
    expect(distributionOf(Float32Array.of(7, 7), 10)).toMatchObject({
      middles: [7],
      counts: [2],
      deviation: 0,
    });
    const none = distributionOf(Float32Array.of(Number.NaN), 10);
    expect(none).toMatchObject({ count: 1, nonFinite: 1, middles: [], counts: [], min: Number.NaN });
  });
});

describe("the table of kernels", () => {
  const sum = (label: string, milliseconds: number, flops: number, bytes: number) => ({
    ...{ label, milliseconds, flops, executed: flops, bytes },
    dispatches: 2,
  });
  const kernels = reportKernels(
    [sum("a", 1, 0, 4e6), sum("b", 7, 14e6, 7e6), sum("c", 2, 0, 1e6), sum("d", 0, 0, 1e6)],
    { gflops: 8, gbps: 10 },
  );
  const cells = (row: Row) => Object.fromEntries(columns.map(({ name, cell }) => [name, cell(row)]));

  test("says of a kernel what it did, how fast, and what bounds it", () => {
    expect(cells(kernels[0])).toEqual({
      ...{
        Dispatches: "2",
        ms: "1",
        "Of kernels": "10.0 %",
        GFLOP: "–",
        MB: "4",
        "GFLOP/s": "–",
        "GB/s": "4",
      },
      ...{ "× minimum": "2.5", "Of peak": "40.0 %", Bound: "memory" },
    });
    expect(cells(kernels[1])).toMatchObject({
      ...{ GFLOP: "0.014", "GFLOP/s": "2", "GB/s": "1", "× minimum": "4", "Of peak": "25.0 %" },
      Bound: "compute",
    });
  });

  test("says nothing of the speed of what was too fast for the clock", () => {
    expect(cells(kernels[3])).toMatchObject({
      ...{ ms: "< 0.1", MB: "1", "GB/s": "–", "× minimum": "–", "Of peak": "–" },
    });
  });

  test("sets a whole step beside the sum of its kernels' minima", () => {
    expect(cells(sumKernels(kernels, 14))).toEqual({
      ...{ Dispatches: "8", ms: "14", "Of kernels": "", GFLOP: "0.014", MB: "13", "GFLOP/s": "1" },
      ...{ "GB/s": "0.929", "× minimum": "5.96", "Of peak": "16.8 %", Bound: "" },
    });
  });

  test("comes in the order of the step, or the slowest first", () => {
    expect(inOrder(kernels, "time").map(({ label }) => label)).toEqual(["b", "c", "a", "d"]);
    expect(inOrder(kernels, "step")).toBe(kernels);
  });

  test("explains every column", () => {
    for (const { meaning } of columns) expect(meaning).toMatch(/^[A-Z].*\.$/);
  });
});
