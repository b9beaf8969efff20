import { expect, test } from "vitest";
import { layerValues } from "../../../src/check/values";
import { leakyReLU } from "../../../src/engine";
import { gpu } from "../../browser/client";
import { expectLayer } from "./layer";

test.for([
  { batch: 1, channels: 1, steps: 1, slope: 0.5 },
  { batch: 31, channels: 33, steps: 3, slope: 0.01 },
  { batch: 3, channels: 127, steps: 33, slope: -0.3 },
])("(B $batch, C $channels, T $steps), slope $slope", async ({ batch, channels, steps, slope }) => {
  const spec = leakyReLU(slope);
  const values = layerValues(spec, [batch, channels, steps]);
  // At 0, and at the other 0, the derivative is 1.
  values.x.data.set([0, -0, 1e-30, -1e-30].slice(0, values.x.data.length));
  await expectLayer(spec, values, {});
});

test("more values than one dimension of a dispatch has invocations", async () => {
  const worst = await gpu.run(async ({ fluxion, device }) => {
    const shape = [5, 1, (65_535 * 64 + 10) / 5] as const;
    const data = Float32Array.from({ length: shape[0] * shape[2] }, (_, i) => (i % 1000) - 500);
    const got = await fluxion.layerGradients(device, fluxion.leakyReLU(0.5), {
      x: { shape, data },
      dy: data,
      learnables: new Map(),
    });
    const expected = data.map((value) => (value < 0 ? value / 2 : value));
    return [...got].map(([name, values]) => [name, values.findIndex((value, i) => value !== expected[i])]);
  }, {});
  expect(worst).toEqual([
    ["y", -1],
    ["dx", -1],
  ]);
});
