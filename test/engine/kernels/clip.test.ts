import { describe, expect, test } from "vitest";
import { clipCase } from "../../../src/check/reference-case";
import type { LearnableSpec } from "../../../src/engine/network/spec";
import { sgdm } from "../../../src/engine/training/options";
import { clipGradients, globalNorm } from "../../../src/reference/clip";
import { gpu } from "../../browser/client";
import { expectRelative, expectWithin, sumError } from "./bounds";
import { expectCase } from "./case";
import { singles } from "./layer";

/** Norms of about 1, 1.7, 6, 180 and 71; the last two are longer than what one workgroup sums. */
const gradients = new Map(
  [
    { name: "g0", length: 1, size: 1 },
    { name: "g1", length: 3, size: 1 },
    { name: "g2", length: 33, size: 1 },
    { name: "g3", length: 8193, size: 2 },
    { name: "g4", length: 5001, size: 1 },
  ].map(({ name, length, size }, seed) => [name, singles(length, seed).map((value) => size * value)]),
);
const exact = new Map(Array.from(gradients, ([name, data]) => [name, Float64Array.from(data)]));
const all = globalNorm(exact.values());

test.for([
  { method: "l2norm", threshold: 5, kind: "software" },
  { method: "l2norm", threshold: 5, kind: "hardware" },
  { method: "global-l2norm", threshold: 1, kind: "software" },
  { method: "absolute-value", threshold: 0.5, kind: "software" },
] as const)("$method clips to $threshold, $kind", async ({ method, threshold, kind }) => {
  await expectCase(clipCase(gradients, method, threshold), kind);
});

test.for([
  { method: "l2norm", threshold: 200 },
  { method: "global-l2norm", threshold: Math.ceil(all) },
  { method: "absolute-value", threshold: 100 },
] as const)("$method leaves gradients below $threshold bit for bit as they are", async (config) => {
  const { method, threshold } = config;
  await expectCase({ ...clipCase(gradients, method, threshold), outputs: exact, tolerance: 0 }, "software");
});

test("l2norm clips no gradient because of another; global-l2norm does", async () => {
  const small = new Map([
    ["g0", Float32Array.of(0.25)],
    ["g1", Float32Array.of(3, 4)],
  ]);
  const run = (method: string, g0: number, g1: readonly number[]) =>
    expectCase(
      {
        op: "clip",
        config: { method, threshold: 1 },
        inputs: new Map(Array.from(small, ([name, data]) => [name, { shape: [data.length], data }])),
        outputs: new Map([
          ["g0", Float64Array.of(g0)],
          ["g1", Float64Array.from(g1)],
        ]),
        tolerance: sumError(1),
      },
      "software",
    );
  await run("l2norm", 0.25, [0.6, 0.8]);
  const norm = Math.sqrt(25.0625);
  await run("global-l2norm", 0.25 / norm, [3 / norm, 4 / norm]);
});

describe("learnables of one group", () => {
  // Members apart from each other, of more than one chunk, and of both kinds of decay.
  const learnables: readonly (LearnableSpec & { readonly size: number })[] = [
    { name: "forward.weight", shape: [2049], group: "weight", l2Factor: 1, size: 0.01 },
    { name: "forward.bias", shape: [5], group: "bias", l2Factor: 0, size: 1 },
    { name: "alone", shape: [3], group: "alone", l2Factor: 1, size: 0.1 },
    { name: "reverse.weight", shape: [33], group: "weight", l2Factor: 1, size: 1 },
    { name: "reverse.bias", shape: [1], group: "bias", l2Factor: 0, size: 0.25 },
  ];
  const gradients = new Map(
    learnables.map(({ name, shape: [length], size }, seed) => [
      name,
      singles(length, seed).map((value) => size * value),
    ]),
  );
  const exact = new Map(Array.from(gradients, ([name, data]) => [name, Float64Array.from(data)]));
  const groupOf = (name: string) => name.split(".").at(-1) ?? name;

  test.for(["l2norm", "global-l2norm"] as const)(
    "%s: one norm and one factor a group",
    async (clipMethod) => {
      const threshold = 1;
      const { arena, places, norm } = await gpu.run(
        async ({ device, internals }, { learnables, gradients, options }) => {
          const memory = new internals.Memory(device);
          const layout = new internals.ArenaLayout(learnables);
          const parameters = layout.create(memory, "parameters");
          const gradientArena = layout.create(memory, "gradients");
          const history = memory.storage("history", 4);
          for (const [name, data] of gradients)
            internals.write(device, layout.slice(gradientArena, name), data);
          const { calls, moments } = internals.updateCalls(memory, layout, options, {
            parameters,
            gradients: gradientArena,
            score: memory.storage("score", 4),
            cursor: internals.createCursor(memory, "cursor", 1),
            learnRates: Float32Array.of(1),
            history,
          });
          const plan = await internals.Plan.build(device, calls);
          plan.submit(device);
          const velocity = moments.get("velocity");
          if (velocity === undefined || moments.size !== 1) throw new Error("sgdm remembers its velocity");
          const arena = await internals.readWords(device, velocity);
          const [, , norm] = await internals.readWords(device, history);
          memory.dispose();
          return { arena, places: layout.places, norm };
        },
        {
          learnables,
          gradients,
          options: { solver: sgdm({ momentum: 0 }), l2: 0, clip: threshold, clipMethod },
        },
      );
      // At rate 1, from rest, the velocity is minus the clipped gradient.
      const expected = clipGradients(exact, threshold, clipMethod, groupOf);
      expect(expected).not.toEqual(clipGradients(exact, threshold, "l2norm"));
      for (const { name, offset, count } of places) {
        const got = arena.slice(offset, offset + count).map((value) => -value);
        expectRelative(name, got, expected.get(name) ?? [], sumError(2049 + 33));
      }
      expectWithin("norm", [norm], [globalNorm(exact.values())], () => sumError(2049 + 42) * norm);
    },
  );

  // First of a chunk, last of a chunk of one element, and in the middle of one, with decay and without.
  test.for([
    { name: "forward.weight", index: 0, value: Number.NaN },
    { name: "forward.weight", index: 2048, value: Number.NEGATIVE_INFINITY },
    { name: "forward.bias", index: 3, value: Number.NaN },
    { name: "reverse.bias", index: 0, value: Number.POSITIVE_INFINITY },
    { name: "alone", index: 2, value: 3e38 },
  ])("halts at weight $value, and at no finite one: $name[$index]", async ({ name, index, value }) => {
    const { halted, norm } = await gpu.run(
      async ({ device, internals }, { learnables, options, name, index, value }) => {
        const memory = new internals.Memory(device);
        const layout = new internals.ArenaLayout(learnables);
        const parameters = layout.create(memory, "parameters");
        const { offset } = layout.place(name);
        const words = new Float32Array(layout.length);
        words[offset + index] = value;
        internals.write(device, parameters, words);
        const cursor = internals.createCursor(memory, "cursor", 1);
        const history = memory.storage("history", 4);
        const { calls } = internals.updateCalls(memory, layout, options, {
          parameters,
          gradients: layout.create(memory, "gradients"),
          score: memory.storage("score", 4),
          cursor,
          learnRates: Float32Array.of(1),
          history,
        });
        (await internals.Plan.build(device, calls)).submit(device);
        const [, , norm] = await internals.readWords(device, history);
        const halted = new Uint32Array((await internals.readWords(device, cursor)).buffer)[2];
        memory.dispose();
        return { halted, norm };
      },
      {
        learnables,
        options: { solver: sgdm(), l2: 0, clip: 1, clipMethod: "l2norm" as const },
        name,
        index,
        value,
      },
    );
    expect({ halted, norm }).toEqual({ halted: Number.isFinite(value) ? 0 : 1, norm: 0 });
  });
});
