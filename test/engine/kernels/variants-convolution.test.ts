import { test } from "vitest";
import { conv1d, dense } from "../../../src/engine";
import { expectVariants } from "./variants";

test.for([
  {
    spec: conv1d({ filters: 33, kernel: 4 }),
    shape: [3, 31, 33],
    slowly: "forward",
    why: "groups begun everywhere",
  },
  {
    spec: conv1d({ filters: 129, kernel: 3 }),
    shape: [1, 127, 31],
    slowly: "forward",
    why: "more channels than a workgroup has",
  },
  {
    spec: conv1d({ filters: 3, kernel: 5 }),
    shape: [31, 1, 3],
    slowly: "elsewhere",
    why: "taps over all ends",
  },
  {
    spec: conv1d({ filters: 12, kernel: 6 }),
    shape: [10, 9, 31],
    slowly: "elsewhere",
    why: "two blocks of taps",
  },
  { spec: dense({ outputs: 67 }), shape: [7, 33, 31], slowly: "forward", why: "a product" },
] as const)(
  "every variant of $spec.kind of $shape (B, C, T), $spec: $why",
  async ({ spec, shape, slowly }) => {
    await expectVariants(spec, shape, ["convolution", "weight gradient"], slowly);
  },
);
