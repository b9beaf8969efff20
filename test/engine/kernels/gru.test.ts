import { describe, expect, test } from "vitest";
import { layerReference } from "../../../src/check/expected-layer";
import type { KernelChoice } from "../../../src/engine/layers/layer";
import { kernelsFor } from "./adapter";
import { expectWithin, unit } from "./bounds";
import { type LayerValues, runLayer } from "./layer";
import {
  expectReference,
  type RecurrentCase,
  recurrentValues,
  specOf,
  withRoundedWeights,
} from "./recurrent";

const software = kernelsFor("software");
const hardware = kernelsFor("hardware");

interface Case extends RecurrentCase {
  readonly kernels: Partial<KernelChoice>;
  readonly why: string;
}

// What goes around the cell is that of the LSTM, whose tests have more sizes.
const cases: readonly Case[] = (
  [
    ["gru", 1, 1, 1, 1, software, "one of all"],
    ["bigru", 1, 67, 7, 67, software, "one unit; a last workgroup of seven rows"],
    ["bigru", 33, 1, 257, 1, software, "long"],
    ["bigru", 65, 67, 2, 17, software, "ragged"],
    ["gru", 128, 1, 7, 3, software, "no unit of padding"],
    ["bigru", 130, 1, 2, 3, software, "a second block of units"],
    ["gru", 1, 1, 1, 1, hardware, "one of all"],
    ["bigru", 33, 67, 7, 17, hardware, "ragged"],
    ["gru", 65, 1, 257, 1, hardware, "long, one direction"],
    ["bigru", 130, 1, 2, 67, hardware, "many workgroups"],
  ] as const
).map(([kind, hidden, inputs, steps, batch, kernels, why]) => ({
  ...{ kind, hidden, inputs, steps, batch, kernels },
  why: `${kernels.software ? "software" : "hardware"}: ${why}`,
}));

test.for(cases)("$kind $inputs → $hidden, T $steps, batch $batch, $why", async ({ kernels, ...sizes }) => {
  await expectReference(sizes, kernels);
});

const sizes = { kind: "bigru", hidden: 9, inputs: 3, steps: 7, batch: 11 } as const;
const values = recurrentValues(sizes);

test("gates far from half open: weights 30 times as large", async () => {
  // Most gates are known only as 0 or 1; those few on the way take the rounding of their sum as it is, and the new gate that
  // of a product behind the reset besides. Measured: 9e-6 for y as for gradients.
  const large = recurrentValues(sizes, { weights: 30 });
  for (const kernels of [software, hardware])
    await expectReference(sizes, kernels, large, { y: 4e-5, gradient: 4e-5 });
});

test("weights of 1e-4: every y to the last bits", async () => {
  // Without signs nothing cancels in the sums, so that what cancels in tanh would show.
  const small = recurrentValues(sizes, { weights: 1e-4 });
  const positive: LayerValues = {
    ...small,
    x: { ...small.x, data: small.x.data.map(Math.abs) },
    learnables: new Map(Array.from(small.learnables, ([name, data]) => [name, data.map(Math.abs)])),
  };
  const y = layerReference(specOf(sizes), positive).get("y") ?? [];
  const got = await runLayer(specOf(sizes), positive, {});
  expectWithin("y", got.get("y"), y, (i) => 16 * unit * y[i]);
});

test("recurrent weights of 16 bits are those of the learnables rounded, and nothing else", async () => {
  const got = await runLayer(specOf(sizes), values, { recurrentWeights: "f16" });
  expect(got).toEqual(await runLayer(specOf(sizes), withRoundedWeights(values), {}));
});

describe("the same numbers another way", () => {
  const stepFlops = 6 * 9 * 9 * 11 * 2;

  test.for([
    { kind: "software", steps: 1 },
    { kind: "software", steps: 3 },
    { kind: "hardware", steps: 2 },
  ] as const)("in chunks of at most $steps steps, $kind: bit for bit", async ({ kind, steps }) => {
    const kernels = kernelsFor(kind);
    const whole = await runLayer(specOf(sizes), values, kernels);
    const chunked = await runLayer(specOf(sizes), values, { ...kernels, dispatchFlops: steps * stepFlops });
    expect(chunked).toEqual(whole);
  });

  test("a dispatch for every step", async () => {
    await expectReference(sizes, { workgroupBytes: 0 });
  });
});

// The reset and the update gate add their biases; the new gate has a sum of the input and one of the recurrence.
test.for([
  { gate: 0, bias: "bias_ih", value: Number.NaN, kernels: software },
  { gate: 1, bias: "bias_hh", value: Number.NEGATIVE_INFINITY, kernels: hardware },
  { gate: 2, bias: "bias_ih", value: Number.POSITIVE_INFINITY, kernels: { workgroupBytes: 0 } },
  { gate: 2, bias: "bias_hh", value: Number.NaN, kernels: software },
])("a $bias of gate $gate that is not finite ($value) shows in the output", async (fault) => {
  const name = `forward.${fault.bias}`;
  const { batch, hidden, steps } = sizes;
  const bias = values.learnables.get(name)?.slice() ?? new Float32Array();
  bias[fault.gate * hidden] = fault.value;
  const learnables = new Map(values.learnables).set(name, bias);
  const y = (await runLayer(specOf(sizes), { ...values, learnables }, fault.kernels)).get("y");
  const at = (b: number, channel: number, t: number) => y?.[(b * 2 * hidden + channel) * steps + t];
  for (let b = 0; b < batch; b++) {
    // The unit itself at once, the others of its direction a step later, the other direction never.
    expect(at(b, 0, 0)).toBeNaN();
    expect(at(b, 1, 0)).not.toBeNaN();
    expect(at(b, 1, 1)).toBeNaN();
    expect(at(b, hidden, steps - 1)).not.toBeNaN();
  }
});
