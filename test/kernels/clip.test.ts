import { test } from "vitest";
import { clipGradients, globalNorm } from "../../src/reference/clip";
import { sumError } from "./bounds";
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
const inputs = new Map(Array.from(gradients, ([name, data]) => [name, { shape: [data.length], data }]));
const exact = new Map(Array.from(gradients, ([name, data]) => [name, Float64Array.from(data)]));
const all = globalNorm(exact.values());

test.for([
  { method: "l2norm", threshold: 5, kind: "software" },
  { method: "l2norm", threshold: 5, kind: "hardware" },
  { method: "global-l2norm", threshold: 1, kind: "software" },
  { method: "absolute-value", threshold: 0.5, kind: "software" },
] as const)("$method clips to $threshold, $kind", async ({ method, threshold, kind }) => {
  const outputs = clipGradients(exact, threshold, method);
  const tolerance = sumError(8193);
  await expectCase({ op: "clip", config: { method, threshold }, inputs, outputs, tolerance }, kind);
});

test.for([
  { method: "l2norm", threshold: 200 },
  { method: "global-l2norm", threshold: Math.ceil(all) },
  { method: "absolute-value", threshold: 100 },
] as const)("$method leaves gradients below $threshold bit for bit as they are", async (config) => {
  const { method, threshold } = config;
  await expectCase(
    { op: "clip", config: { method, threshold }, inputs, outputs: exact, tolerance: 0 },
    "software",
  );
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
