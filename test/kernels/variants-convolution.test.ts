import { test } from "vitest";
import { conv1d, dense } from "../../src/nn/spec";
import { expectVariants } from "./variants";

// Compiling takes the time, not computing: each shape has several ends of its own.
test.for([
  { spec: conv1d({ filters: 33, kernel: 4 }), shape: [3, 31, 33], why: "a group begun everywhere" },
  { spec: conv1d({ filters: 3, kernel: 5 }), shape: [31, 1, 3], why: "one group, taps that see zeros alone" },
  { spec: conv1d({ filters: 129, kernel: 3 }), shape: [1, 127, 31], why: "more channels than a workgroup" },
  { spec: conv1d({ filters: 12, kernel: 6 }), shape: [10, 9, 31], why: "whole groups, two blocks of taps" },
  { spec: dense({ outputs: 67 }), shape: [7, 33, 31], why: "a product" },
] as const)("every variant of $spec.kind of $shape (B, C, T), $spec: $why", async ({ spec, shape }) => {
  await expectVariants(spec, shape, ["convolution", "weight gradient"]);
});
