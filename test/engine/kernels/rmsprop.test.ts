import { test } from "vitest";
import { solverCase } from "../../../src/check/reference-case";
import { rmsprop } from "../../../src/engine/training/options";
import { expectCase } from "./case";

test.for([
  { length: 1, decay: 0.9, epsilon: 1e-8, l2: 0.1, kind: "software" },
  { length: 2049, decay: 0.9, epsilon: 1e-8, l2: 0, kind: "software" },
  { length: 129, decay: 0.5, epsilon: 0.5, l2: 0.1, kind: "software" },
  { length: 5001, decay: 0, epsilon: 1e-3, l2: 1e-4, kind: "hardware" },
] as const)("$length weights, decay $decay, ε $epsilon, L2 $l2, $kind: five steps", async (sizes) => {
  const { length, l2, kind, ...rates } = sizes;
  await expectCase(solverCase(rmsprop(rates), { length, l2 }), kind);
});
