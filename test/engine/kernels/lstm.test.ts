import { describe, expect, test } from "vitest";
import { layerReference } from "../../../src/check/expected-layer";
import { lstm } from "../../../src/engine";
import type { KernelChoice } from "../../../src/engine/layers/layer";
import { recurrentTolerance } from "../../../src/engine/layers/recurrence/definition";
import { kernelsFor } from "./adapter";
import { expectRelative, expectWithin, unit } from "./bounds";
import { type LayerValues, runLayer } from "./layer";
import {
  exchangedDirections,
  expectReference,
  type RecurrentCase,
  recurrentValues,
  reversedTime,
  specOf,
  swappedHalves,
  withRoundedWeights,
} from "./recurrent";

const software = kernelsFor("software");
const hardware = kernelsFor("hardware");

interface Case extends RecurrentCase {
  readonly kernels: Partial<KernelChoice>;
  readonly why: string;
}

// Software adapters: a thread has two units forward and eight backward, and 4 to 20 rows of the batch.
// Hardware adapters: one unit, as few rows as let all workgroups run at once. Every number of rows: variants-recurrence.
const cases: readonly Case[] = (
  [
    ["lstm", 1, 1, 1, 1, software, "one of all"],
    ["bilstm", 1, 2, 7, 67, software, "one unit; a last workgroup of seven rows"],
    ["bilstm", 5, 3, 257, 1, software, "long"],
    ["lstm", 5, 2, 257, 3, software, "long, one direction"],
    ["bilstm", 64, 2, 2, 67, software, "several workgroups of full width"],
    ["bilstm", 65, 67, 7, 11, software, "three quads of rows"],
    ["bilstm", 128, 256, 7, 7, software, "the post's second layer"],
    ["lstm", 130, 256, 1, 3, software, "one step"],
    ["bilstm", 130, 3, 2, 17, software, "a second block of units"],
    ["lstm", 1, 1, 1, 1, hardware, "one of all"],
    ["bilstm", 5, 3, 257, 3, hardware, "long"],
    ["bilstm", 33, 3, 7, 17, hardware, "ragged"],
    ["bilstm", 65, 67, 2, 67, hardware, "many workgroups"],
    ["bilstm", 130, 3, 7, 3, hardware, "wide"],
    ["lstm", 260, 2, 2, 1, hardware, "a second block of units"],
    ["bilstm", 5, 2, 2, 300, hardware, "two quads of rows"],
  ] as const
).map(([kind, hidden, inputs, steps, batch, kernels, why]) => ({
  ...{ kind, hidden, inputs, steps, batch, kernels },
  why: `${kernels.software ? "software" : "hardware"}: ${why}`,
}));

test.for(cases)("$kind $inputs → $hidden, T $steps, batch $batch, $why", async ({ kernels, ...sizes }) => {
  await expectReference(sizes, kernels);
});

describe("recurrent weights of 16 bits", () => {
  // A weight is off by 2⁻¹¹ of itself at most. Measured, of the largest value: 3e-4 for y, 1e-4 for dx.
  const allowed = { y: 1e-3, gradient: 1e-3 };

  test.for([
    { kind: "bilstm", hidden: 128, inputs: 2, steps: 31, batch: 3, kernels: software },
    { kind: "lstm", hidden: 33, inputs: 3, steps: 129, batch: 7, kernels: hardware },
    { kind: "lstm", hidden: 5, inputs: 3, steps: 7, batch: 3, kernels: { workgroupBytes: 0 } },
  ] as const)("$kind, $hidden units, T $steps, $kernels", async ({ kernels, ...sizes }) => {
    await expectReference(sizes, { ...kernels, recurrentWeights: "f16" }, recurrentValues(sizes), allowed);
  });

  test("are those of the learnables rounded, and nothing else", async () => {
    const sizes = { kind: "bilstm", hidden: 5, inputs: 3, steps: 7, batch: 11 } as const;
    const values = recurrentValues(sizes);
    const got = await runLayer(specOf(sizes), values, { recurrentWeights: "f16" });
    expect(got).toEqual(await runLayer(specOf(sizes), withRoundedWeights(values), {}));
  });
});

describe("gates far from half open", () => {
  const sizes = { kind: "bilstm", hidden: 5, inputs: 3, steps: 7, batch: 17 } as const;

  // Most gates are beyond ±17, where float32 knows them only as 0 or 1. Those few on the way, which all gradients come from,
  // take the rounding of their sum as it is: 2⁻²⁴ of terms of 1000 is 6e-5. Measured: 1.3e-6 for y and 4.3e-5 for
  // gradients with large weights, 2.8e-5 and 1.5e-4 with large inputs.
  test.for([
    { what: "weights 30 times as large", scales: { weights: 30 }, allowed: { y: 5e-6, gradient: 1.6e-4 } },
    { what: "inputs of 1000", scales: { x: 1000 }, allowed: { y: 1e-4, gradient: 6e-4 } },
  ])("$what", async ({ scales, allowed }) => {
    for (const kernels of [software, hardware])
      await expectReference(sizes, kernels, recurrentValues(sizes, scales), allowed);
  });

  test("weights of 1e-4: every y to the last bits", async () => {
    const scaled = recurrentValues(sizes, { weights: 1e-4 });
    // Without signs nothing cancels in the sums, so that what cancels in tanh would show.
    const values: LayerValues = {
      ...scaled,
      x: { ...scaled.x, data: scaled.x.data.map(Math.abs) },
      learnables: new Map(Array.from(scaled.learnables, ([name, data]) => [name, data.map(Math.abs)])),
    };
    const y = layerReference(specOf(sizes), values).get("y") ?? [];
    const got = await runLayer(specOf(sizes), values, {});
    expectWithin("y", got.get("y"), y, (i) => 16 * unit * y[i]);
  });

  /** One step of one unit, whose gates are constant but for one: i and o are 1 or g is 1. */
  const single = (input: readonly [i: number, f: number, g: number, o: number], bias: readonly number[]) => {
    const x = Float32Array.from({ length: 2001 }, (_, n) => (n - 1000) * 0.02);
    return {
      x: { shape: [x.length, 1, 1], data: x },
      dy: new Float32Array(x.length).fill(1),
      learnables: new Map([
        ["forward.weight_ih", Float32Array.from(input)],
        ["forward.weight_hh", new Float32Array(4)],
        ["forward.bias", Float32Array.from(bias)],
      ]),
    } satisfies LayerValues;
  };

  test.for([
    {
      what: "tanh(tanh x)",
      input: [0, 0, 1, 0],
      bias: [99, 0, 0, 99],
      wanted: (x: number) => Math.tanh(Math.tanh(x)),
    },
    {
      what: "tanh(σ(x))",
      input: [1, 0, 0, 0],
      bias: [0, 0, 99, 99],
      wanted: (x: number) => Math.tanh(1 / (1 + Math.exp(-x))),
    },
  ] as const)("$what for x from −20 to 20, to the last bits", async ({ input, bias, wanted }) => {
    const values = single(input, bias);
    const got = await runLayer(lstm({ hidden: 1 }), values, {});
    const y = Array.from(values.x.data, wanted);
    // WGSL allows exp(x) an error of 3 + 2·|x| last places, of two units each.
    expectWithin("y", got.get("y"), y, (i) => (8 + 4 * Math.abs(values.x.data[i])) * unit * Math.abs(y[i]));
  });
});

describe("the same numbers another way", () => {
  const sizes = { kind: "bilstm", hidden: 9, inputs: 3, steps: 7, batch: 11 } as const;
  const values = recurrentValues(sizes);
  const stepFlops = 8 * 9 * 9 * 11 * 2;

  test.for([
    { kind: "software", steps: 1 },
    { kind: "software", steps: 2 },
    { kind: "software", steps: 3 },
    { kind: "software", steps: 6 },
    { kind: "hardware", steps: 2 },
  ] as const)("in chunks of at most $steps steps, $kind: bit for bit", async ({ kind, steps }) => {
    const kernels = kernelsFor(kind);
    const whole = await runLayer(specOf(sizes), values, kernels);
    const chunked = await runLayer(specOf(sizes), values, { ...kernels, dispatchFlops: steps * stepFlops });
    expect(chunked).toEqual(whole);
  });

  test("a second time: bit for bit", async () => {
    const [first, second] = [
      await runLayer(specOf(sizes), values, {}),
      await runLayer(specOf(sizes), values, {}),
    ];
    expect(second).toEqual(first);
  });

  test.for(["software", "hardware"] as const)("a dispatch for every step, %s", async (kind) => {
    const kernels = { ...kernelsFor(kind), workgroupBytes: 0 };
    await expectReference(sizes, kernels);
    await expectReference({ kind: "lstm", hidden: 33, inputs: 2, steps: 2, batch: 67 }, kernels);
  });

  test("a layer whose states fit no workgroup, or fill one", async () => {
    const wide = { kind: "lstm", hidden: 72, inputs: 1, steps: 2, batch: 2 } as const;
    // h of two steps, a vec4f for each unit and four rows.
    const states = 2 * 16 * 72;
    for (const workgroupBytes of [states - 1, states]) await expectReference(wide, { workgroupBytes });
  });

  test.for([
    { kernels: kernelsFor("software"), value: Number.NaN },
    { kernels: kernelsFor("hardware"), value: Number.POSITIVE_INFINITY },
    { kernels: { workgroupBytes: 0 }, value: Number.NaN },
  ])("a gate that is not finite ($value) shows in the output, with $kernels", async ({ kernels, value }) => {
    const bias = values.learnables.get("forward.bias")?.slice() ?? new Float32Array();
    bias[0] = value;
    const learnables = new Map(values.learnables).set("forward.bias", bias);
    const y = (await runLayer(specOf(sizes), { ...values, learnables }, kernels)).get("y");
    const { batch, hidden, steps } = sizes;
    const at = (b: number, channel: number, t: number) => y?.[(b * 2 * hidden + channel) * steps + t];
    for (let b = 0; b < batch; b++) {
      // The unit itself at once, the others of its direction a step later, the other direction never.
      expect(at(b, 0, 0)).toBeNaN();
      expect(at(b, 1, 0)).not.toBeNaN();
      expect(at(b, 1, 1)).toBeNaN();
      expect(at(b, hidden, steps - 1)).not.toBeNaN();
    }
  });

  test("time reversed and directions exchanged: y bit for bit, gradients up to the order of their sums", async () => {
    const { x, dy, learnables } = values;
    const mirrored = {
      x: { ...x, data: reversedTime(x.data, sizes) },
      dy: swappedHalves(reversedTime(dy, sizes), sizes),
      learnables: exchangedDirections(learnables),
    };
    const straight = await runLayer(specOf(sizes), values, {});
    const turned = await runLayer(specOf(sizes), mirrored, {});
    const straightY = straight.get("y") ?? new Float32Array();
    expect(turned.get("y")).toEqual(swappedHalves(reversedTime(straightY, sizes), sizes));
    const exchanged = exchangedDirections(turned);
    for (const [name, gradient] of straight) {
      if (name === "y") continue;
      const got = exchanged.get(name);
      expectRelative(
        name,
        name === "dx" && got ? reversedTime(got, sizes) : got,
        gradient,
        recurrentTolerance.gradient,
      );
    }
  });
});
