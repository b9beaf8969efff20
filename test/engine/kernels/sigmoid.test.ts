import { expect, test } from "vitest";
import { layerValues } from "../../../src/check/values";
import { sigmoid } from "../../../src/engine";
import { expectLayer, runLayer } from "./layer";

test.for([
  [1, 1, 1],
  [3, 67, 17],
  [17, 130, 2],
] as const)("%j (B, C, T), far to both sides of where it bends", async (shape) => {
  const values = layerValues(sigmoid(), shape, { x: 10 });
  values.x.data.set([0, -1e-4, 100, -100].slice(0, values.x.data.length));
  await expectLayer(sigmoid(), values, {});
});

test("what is not finite shows in the output", async () => {
  const data = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e38);
  const x = { shape: [1, 1, 4], data } as const;
  const y = (await runLayer(sigmoid(), { x, dy: data.map(() => 1), learnables: new Map() }, {})).get("y");
  expect(y).toEqual(Float32Array.of(Number.NaN, Number.NaN, Number.NaN, 1));
});
