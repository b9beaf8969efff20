import { expect, test } from "vitest";
import { batchNorm } from "../../src/engine";
import { pickedColumns } from "../../src/engine/layers/convolution/weight-gradient";
import { batchNormKind } from "../../src/engine/layers/normalisation/definition";

test.for([
  [1e-5, "ε 1e−5"],
  [2.5e-7, "ε 2.5e−7"],
  [1e-3, "ε 0.001"],
  [0.25, "ε 0.25"],
] as const)("a batch normalisation with ε %j is told as %j", ([epsilon, detail]) => {
  expect(batchNormKind.describe(batchNorm({ epsilon })).detail).toBe(detail);
});

test("a weight gradient is checked at every tap, whatever its channels and taps are", () => {
  for (const kernel of [1, 2, 3, 4, 5, 6])
    for (let groups = 1; groups <= 64; groups++) {
      const columns = groups * kernel;
      const count = pickedColumns(columns, kernel);
      // As shaders/convolution/plain.wgsl picks them.
      const step = Math.floor((columns - 1) / Math.max(count - 1, 1));
      const taps = new Set(
        Array.from({ length: count }, (_, n) => (n + 1 === count ? columns - 1 : n * step) % kernel),
      );
      expect(taps.size, `${groups} groups, kernel ${kernel}`).toBe(kernel);
      expect(count).toBeLessThanOrEqual(24);
    }
});
