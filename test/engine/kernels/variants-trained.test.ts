import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { gpu } from "../../browser/client";

const conformance = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../conformance/${name}.safetensors`, import.meta.url)));

/** A training of the post's convolutional net, small, as an outside oracle computed it. */
const training = conformance("train-cnn");

test("every convolution that sums for a batch normalisation trains as the oracle does", async () => {
  const { tried, failed } = await gpu.run(async ({ fluxion, internals, device }, bytes) => {
    const tried = new Set<string>();
    const failed: string[] = [];
    for (const software of [true, false]) {
      const names = new Set<string>();
      const summing: string[] = [];
      await fluxion.runCase(device, bytes, "train-cnn", {
        software,
        choose({ kind, sizes, variants, plain }) {
          if (kind === "convolution" && sizes.endsWith("summed")) {
            summing.push(sizes);
            for (const { name } of [...variants, plain])
              if (internals.isTriedHere(device, name)) names.add(name);
          }
          return variants[0].calls();
        },
      });
      for (const variant of names) {
        if (tried.has(variant)) continue;
        tried.add(variant);
        const { tensors } = await fluxion.runCase(device, bytes, "train-cnn", {
          software,
          choose({ kind, sizes, variants, plain }) {
            // One of them is enough, because some take seconds to compile.
            const wanted = kind === "convolution" && sizes === summing[0];
            const own = wanted && [...variants, plain].find(({ name }) => name === variant);
            return (own || variants[0]).calls();
          },
        });
        for (const { name, passed } of tensors) if (!passed) failed.push(`${variant}: ${name}`);
        if (tensors.length === 0) failed.push(`${variant}: nothing`);
      }
    }
    return { tried: [...tried], failed };
  }, training);
  expect(failed).toEqual([]);
  expect(tried.length).toBeGreaterThan(1);
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
