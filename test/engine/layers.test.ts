import { expect, test } from "vitest";
import { batchNorm } from "../../src/engine";
import { batchNormKind } from "../../src/engine/layers/normalisation/definition";

test.for([
  [1e-5, "ε 1e−5"],
  [2.5e-7, "ε 2.5e−7"],
  [1e-3, "ε 0.001"],
  [0.25, "ε 0.25"],
] as const)("a batch normalisation with ε %j is told as %j", ([epsilon, detail]) => {
  expect(batchNormKind.describe(batchNorm({ epsilon })).detail).toBe(detail);
});
