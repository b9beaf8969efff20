import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { biLstm, conv1d, dense, type LayerSpec, lstm } from "../../src/nn/spec";
import { gpu } from "../browser/client";

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
    const tried = new Set<string>();
    const failed: string[] = [];
    for (const software of [true, false]) {
      const names = new Set<string>();
      await fluxion.runCase(device, bytes, "train-cnn", {
        software,
        choose({ kind, sizes, variants, plain }) {
          if (kind === "convolution" && sizes.endsWith("summed"))
            for (const { name } of [...variants, plain]) names.add(name);
          return variants[0].calls();
        },
      });
      for (const variant of names) {
        if (tried.has(variant)) continue;
        tried.add(variant);
        const { tensors } = await fluxion.runCase(device, bytes, "train-cnn", {
          software,
          tuning: { convolution: { variant } },
        });
        for (const { name, passed } of tensors) if (!passed) failed.push(`${variant}: ${name}`);
        if (tensors.length === 0) failed.push(`${variant}: nothing`);
      }
    }
    return { tried: [...tried], failed };
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

describe("every variant, forward and backward, against the reference:", () => {
  test.for(cases)("$spec.kind of $shape (B, C, T), $spec", async ({ spec, shape }) => {
    // All of it happens beside the device: tensors of so many variants would take their time to cross.
    const { tried, failed } = await gpu.run(
      async ({ fluxion, internals, device }, { spec, shape }) => {
        const { compareWithin, toomCookTolerance, withinRelative } = internals;
        const values = internals.layerValues(spec, shape);
        const expected = internals.expectedOfLayer(spec, values);
        const asOracle = expected.map(({ tensor, expected }) =>
          withinRelative(tensor, expected, toomCookTolerance),
        );
        const tried = new Set<string>();
        const failed: string[] = [];
        for (const software of [true, false]) {
          const offered: [kind: string, variant: string][] = [];
          await fluxion.layerGradients(device, spec, values, {
            software,
            choose({ kind, variants, plain }) {
              for (const { name } of [...variants, plain]) offered.push([kind, name]);
              return variants[0].calls();
            },
          });
          for (const [kind, variant] of offered) {
            const name = `${kind}, ${variant}`;
            if (tried.has(name)) continue;
            tried.add(name);
            const tuning = { [kind]: { variant } };
            const got = await fluxion.layerGradients(device, spec, values, { software, tuning });
            if (got.size !== expected.length) failed.push(`${name} gives ${[...got.keys()].join(", ")}`);
            for (const expectation of variant.startsWith("toom-cook") ? asOracle : expected) {
              const { tensor, at, error, allowed, passed } = compareWithin(
                got.get(expectation.tensor),
                expectation,
              );
              if (!passed) failed.push(`${name}: ${tensor}[${at}] is off by ${error}, allowed ${allowed}`);
            }
          }
        }
        return { tried: [...tried], failed };
      },
      { spec, shape },
    );
    expect(failed).toEqual([]);
    expect(tried.length).toBeGreaterThan(10);
  });
});
