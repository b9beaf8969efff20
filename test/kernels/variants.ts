import { expect } from "vitest";
import type { LayerSpec } from "../../src/nn/spec";
import type { ProblemKind } from "../../src/nn/variant";
import { gpu } from "../browser/client";

/**
 * Runs a layer, forward and backward, with every variant of its kernels that is tried here, and compares each tensor with the
 * reference.
 */
export async function expectVariants(
  spec: LayerSpec,
  shape: readonly [batch: number, channels: number, steps: number],
  kinds: readonly ProblemKind[],
): Promise<void> {
  // All of it happens beside the device: tensors of so many variants would take their time to cross.
  const { tried, failed } = await gpu.run(
    async ({ fluxion, internals, device }, { spec, shape, kinds }) => {
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
          if (tried.has(name)) continue;
          tried.add(name);
          const tuning = { [kind]: { variant } };
          const got = await fluxion.layerGradients(device, spec, values, { software, tuning });
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
    { spec, shape, kinds },
  );
  expect(failed).toEqual([]);
  expect(tried.length).toBeGreaterThan(1);
}
