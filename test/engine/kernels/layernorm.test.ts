import { test } from "vitest";
import { layerValues } from "../../../src/check/values";
import { layerNorm } from "../../../src/engine";
import { kernelsFor } from "./adapter";
import { expectLayer } from "./layer";

test.for([
  { shape: [1, 1, 1], mean: 3, kind: "software" },
  { shape: [3, 130, 2], mean: 0, kind: "software" },
  { shape: [3, 67, 17], mean: 1000, kind: "hardware" },
  // Five splits of the rows, the last one shorter.
  { shape: [17, 5, 257], mean: -1000, kind: "software" },
  { shape: [17, 33, 257], mean: 1e4, kind: "hardware" },
] as const)("$shape (B, C, T), mean $mean, $kind", async ({ shape, mean, kind }) => {
  const spec = layerNorm();
  const values = layerValues(spec, shape);
  const data = values.x.data.map((value) => mean + value);
  const dy = values.dy.map((value) => value + 0.5);
  await expectLayer(spec, { ...values, x: { shape, data }, dy }, kernelsFor(kind));
});
