import { expect, test } from "vitest";
import { layerValues } from "../../../src/check/values";
import { relu } from "../../../src/engine";
import { expectLayer, runLayer } from "./layer";

test.for([
  [1, 1, 1],
  [3, 67, 17],
  [17, 33, 2],
] as const)("%j (B, C, T)", async (shape) => {
  const values = layerValues(relu(), shape);
  // At 0, and at the other 0, the derivative is 0.
  values.x.data.set([0, -0, 1e-30, -1e-30].slice(0, values.x.data.length));
  await expectLayer(relu(), values, {});
});

test("what is not finite shows in the output", async () => {
  const data = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1e38);
  const x = { shape: [1, 1, 4], data } as const;
  const y = (await runLayer(relu(), { x, dy: data.map(() => 1), learnables: new Map() }, {})).get("y");
  expect(y).toEqual(Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0));
});
