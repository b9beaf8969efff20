import { expect, test } from "vitest";
import { layerValues } from "../../../src/check/values";
import { averagePool, globalAveragePool, globalMaxPool, lastStep, maxPool } from "../../../src/engine";
import { expectLayer, runLayer } from "./layer";

test.for([
  { shape: [1, 1, 1], size: 1, stride: 1 },
  { shape: [3, 130, 2], size: 2, stride: 5 },
  // The last step of every row is in no window.
  { shape: [3, 67, 17], size: 3, stride: 3 },
  { shape: [17, 5, 257], size: 5, stride: 2 },
  { shape: [1, 33, 257], size: 4, stride: 1 },
  { shape: [3, 5, 17], size: 2, stride: 4 },
] as const)("$shape (B, C, T), size $size, stride $stride", async ({ shape, ...windows }) => {
  for (const spec of [maxPool(windows), averagePool(windows)]) {
    const values = layerValues(spec, shape);
    // Below zero: what stands beyond the last channel or step must not be taken.
    const data = values.x.data.map((value) => value - 10);
    await expectLayer(spec, { ...values, x: { shape, data } }, {});
  }
});

test.for([
  [1, 1, 1],
  [3, 130, 2],
  [17, 5, 257],
] as const)("%j (B, C, T) to one step", async (shape) => {
  for (const spec of [lastStep(), globalAveragePool(), globalMaxPool()]) {
    const values = layerValues(spec, shape);
    const data = values.x.data.map((value) => value - 10);
    await expectLayer(spec, { ...values, x: { shape, data } }, {});
  }
});

test("of equals the first is taken, and a NaN shows", async () => {
  const data = Float32Array.of(2, 2, 1, 2, 2, 2, 1, Number.NaN, 3, Number.NaN, 1, 1);
  const values = {
    x: { shape: [1, 1, 12], data },
    dy: Float32Array.of(1, 2, 4, 8),
    learnables: new Map(),
  } as const;
  const found = await runLayer(maxPool({ size: 3 }), values, {});
  expect(found.get("y")).toEqual(Float32Array.of(2, 2, Number.NaN, Number.NaN));
  expect(found.get("dx")).toEqual(Float32Array.of(1, 0, 0, 2, 0, 0, 0, 4, 0, 8, 0, 0));
  const means = await runLayer(averagePool({ size: 3 }), values, {});
  expect(Array.from(means.get("y") ?? [], Number.isNaN)).toEqual([false, false, true, true]);
});
