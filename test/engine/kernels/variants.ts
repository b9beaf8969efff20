import { expect } from "vitest";
import type { LayerSpec } from "../../../src/engine";
import type { ProblemKind } from "../../../src/engine/layers/variant";
import { gpu } from "../../browser/client";

/** Tiles of twenty steps, and those that a workgroup stages, take a software adapter seconds to compile, for every shape. */
const slow = /20x|staged/.source;

/**
 * Runs a layer, forward and backward, with every variant of its kernels that is tried here, and compares each tensor with the
 * reference.
 * @param slowly where convolutions that compile slowly are tried: for y alone, which dx is computed like, or elsewhere
 */
export async function expectVariants(
  spec: LayerSpec,
  shape: readonly [batch: number, channels: number, steps: number],
  kinds: readonly ProblemKind[],
  slowly: "forward" | "elsewhere" = "forward",
): Promise<void> {
  // All of it happens beside the device: tensors of so many variants would take their time to cross.
  const { tried, failed } = await gpu.run(
    async ({ fluxion, internals, device }, { spec, shape, kinds, slow, slowly }) => {
      const { compareWithin, isTriedHere, toomCookTolerance, withinRelative } = internals;
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
            if (kinds.includes(kind))
              for (const { name } of [...variants, plain])
                if (isTriedHere(device, name)) offered.push([kind, name]);
            return variants[0].calls();
          },
        });
        for (const [kind, variant] of offered) {
          const name = `${kind}, ${variant}`;
          const isSlow = kind === "convolution" && new RegExp(slow).test(variant);
          if (tried.has(name) || (isSlow && slowly === "elsewhere")) continue;
          tried.add(name);
          const got = await fluxion.layerGradients(device, spec, values, {
            software,
            choose(problem) {
              const { variants, plain } = problem;
              const spared = isSlow && problem.sizes.includes("transposed");
              const own =
                problem.kind === kind && !spared && [...variants, plain].find(({ name }) => name === variant);
              return (own || variants[0]).calls();
            },
          });
          if (got.size !== expected.length) failed.push(`${name} gives ${[...got.keys()].join(", ")}`);
          for (const expectation of variant.startsWith("toom-cook") ? asOracle : expected) {
            const agreement = compareWithin(got.get(expectation.tensor), expectation);
            const { tensor, at, error, allowed, passed } = agreement;
            if (!passed) failed.push(`${name}: ${tensor}[${at}] is off by ${error}, allowed ${allowed}`);
          }
        }
      }
      return { tried: [...tried], failed };
    },
    { spec, shape, kinds, slow, slowly },
  );
  expect(failed).toEqual([]);
  expect(tried.length).toBeGreaterThan(1);
}
