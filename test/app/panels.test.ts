import { describe, expect, test } from "vitest";
import { distributionOf } from "../../src/app/panels/distribution";
import { inOrder, ratesOf, totalOf } from "../../src/app/panels/kernel-rates";

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

describe("a profile", () => {
  const kernel = (label: string, ms: number, flops: number, bytes: number) => ({
    ...{ label, ms, flops, bytes },
    dispatches: 2,
    share: ms / 10,
  });
  const kernels = [kernel("a", 1, 0, 4e6), kernel("b", 7, 14e6, 7e6), kernel("c", 2, 0, 1e6)];
  const peak = { gflops: 8, gbps: 10 };

  test("rates, and the peak that is nearer", () => {
    expect(ratesOf(kernels[0], peak)).toEqual({ gbps: 4, peak: { share: 0.4, of: "memory" } });
    expect(ratesOf(kernels[1], peak)).toEqual({
      gflops: 2,
      gbps: 1,
      peak: { share: 0.25, of: "arithmetic" },
    });
    expect(ratesOf({ ms: 0, flops: 1, bytes: 1 }, peak)).toEqual({});
  });

  test("sums, and the slowest first", () => {
    expect(totalOf(kernels)).toEqual({ dispatches: 6, ms: 10, share: 1, flops: 14e6, bytes: 12e6 });
    expect(inOrder(kernels, "time").map(({ label }) => label)).toEqual(["b", "c", "a"]);
    expect(inOrder(kernels, "step")).toBe(kernels);
  });
});
