import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Expectation, toomCookTolerance, withinRelative } from "../../src/check/bounds";
import { expectedOfLayer } from "../../src/check/expected-layer";
import { layerValues } from "../../src/check/values";
import type { KernelChoice } from "../../src/nn/layer";
import { biLstm, conv1d, dense, type LayerSpec, lstm } from "../../src/nn/spec";
import { gpu } from "../browser/client";
import { kernelsFor } from "./adapter";
import { expectAll } from "./bounds";
import { type LayerValues, runLayer } from "./layer";

/** The variants that there are for a layer's problems, by kind, on software or hardware adapters. */
function variantsOf(spec: LayerSpec, values: LayerValues, kind: "software" | "hardware") {
  return gpu.run(
    async ({ fluxion, device }, { spec, values, kernels }) => {
      const names: [kind: string, variant: string][] = [];
      await fluxion.layerGradients(device, spec, values, {
        ...kernels,
        choose({ kind, variants, plain }) {
          for (const { name } of [...variants, plain]) names.push([kind, name]);
          return variants[0].calls();
        },
      });
      return names;
    },
    { spec, values, kernels: kernelsFor(kind) },
  );
}

const cases: readonly { readonly spec: LayerSpec; readonly shape: readonly [number, number, number] }[] = [
  { spec: conv1d({ filters: 33, kernel: 4 }), shape: [3, 31, 33] },
  { spec: conv1d({ filters: 3, kernel: 5 }), shape: [31, 1, 3] },
  { spec: conv1d({ filters: 129, kernel: 3 }), shape: [1, 127, 31] },
  { spec: conv1d({ filters: 8, kernel: 9 }), shape: [2, 8, 129] },
  { spec: conv1d({ filters: 7, kernel: 5 }), shape: [3, 5, 3] },
  { spec: conv1d({ filters: 12, kernel: 6 }), shape: [10, 9, 31] },
  { spec: dense({ outputs: 67 }), shape: [7, 33, 31] },
  { spec: lstm({ hidden: 5 }), shape: [17, 3, 7] },
  { spec: biLstm({ hidden: 33 }), shape: [33, 3, 3] },
];

const conformance = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../conformance/${name}.safetensors`, import.meta.url)));

/** A training of the post's convolutional net, small, as an outside oracle computed it. */
const training = conformance("train-cnn");

test("every convolution that sums for a batch normalisation trains as the oracle does", async () => {
  const { tried, failed } = await gpu.run(async ({ fluxion, device }, bytes) => {
    const names = new Set<string>();
    const kernels = {
      choose({ kind, sizes, variants, plain }: Parameters<KernelChoice["choose"]>[0]) {
        if (kind === "convolution" && sizes.endsWith("summed"))
          for (const { name } of [...variants, plain]) names.add(name);
        return variants[0].calls();
      },
    };
    for (const software of [true, false])
      await fluxion.runCase(device, bytes, "train-cnn", { ...kernels, software });
    const failed: string[] = [];
    for (const variant of names)
      for (const software of [true, false]) {
        const { tensors } = await fluxion.runCase(device, bytes, "train-cnn", {
          software,
          tuning: { convolution: { variant } },
        });
        for (const { name, passed } of tensors) if (!passed) failed.push(`${variant}: ${name}`);
        if (tensors.length === 0) failed.push(`${variant}: nothing`);
      }
    return { tried: [...names], failed };
  }, training);
  expect(failed).toEqual([]);
  expect(tried.length).toBeGreaterThan(6);
});

test("with the algorithm of Toom and Cook a convolution of full width stays within the oracle's tolerances", async () => {
  const { tried, failed } = await gpu.run(async ({ fluxion, device }, bytes) => {
    const names = new Set<string>();
    const failed: string[] = [];
    for (const software of [true, false]) {
      const { tensors } = await fluxion.runCase(device, bytes, "conv1d-full-width", {
        software,
        choose({ kind, variants }) {
          const variant = variants.find(({ name }) => name.startsWith("toom-cook"));
          if (variant) names.add(`${kind}, ${variant.name}`);
          return (variant ?? variants[0]).calls();
        },
      });
      for (const { name, passed, error } of tensors) if (!passed) failed.push(`${name}: ${error}`);
    }
    return { tried: [...names], failed };
  }, conformance("conv1d-full-width"));
  expect(failed).toEqual([]);
  expect(tried.length).toBeGreaterThan(2);
});

const asOracle = ({ tensor, expected }: Expectation): Expectation =>
  withinRelative(tensor, expected, toomCookTolerance);

describe("every variant, forward and backward, against the reference:", () => {
  test.for(cases)("$spec.kind of $shape (B, C, T), $spec", async ({ spec, shape }) => {
    const values = layerValues(spec, shape);
    const expected = expectedOfLayer(spec, values);
    const tried = new Set<string>();
    for (const adapter of ["software", "hardware"] as const)
      for (const [kind, variant] of await variantsOf(spec, values, adapter)) {
        if (tried.has(`${kind} ${variant}`)) continue;
        tried.add(`${kind} ${variant}`);
        const tuning = { [kind]: { variant } };
        const got = await runLayer(spec, values, { ...kernelsFor(adapter), tuning });
        try {
          expectAll(got, variant.startsWith("toom-cook") ? expected.map(asOracle) : expected);
        } catch (cause) {
          throw new Error(`${kind}, ${variant}`, { cause });
        }
      }
    expect(tried.size).toBeGreaterThan(10);
  });
});
