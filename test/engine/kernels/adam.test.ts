import { test } from "vitest";
import { solverCase } from "../../../src/check/reference-case";
import { adam, adamw } from "../../../src/engine/training/options";
import { expectCase } from "./case";

const sizes = [
  { length: 1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, l2: 0.1, kind: "software" },
  { length: 2049, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, l2: 0, kind: "software" },
  { length: 129, beta1: 0.5, beta2: 0.75, epsilon: 0.5, l2: 0.1, kind: "software" },
  { length: 5001, beta1: 0, beta2: 0, epsilon: 1e-3, l2: 1e-4, kind: "hardware" },
] as const;
const cases = [
  ...sizes.map((size) => ({ ...size, op: "adam", weightDecay: 0 })),
  ...sizes.map((size, i) => ({ ...size, op: "adamw", weightDecay: [0.5, 0.01, 2, 0][i] })),
];
const title =
  "$op, $length weights, β₁ $beta1, β₂ $beta2, ε $epsilon, L2 $l2, decay $weightDecay, $kind: five steps";

test.for(cases)(title, async ({ op, length, l2, kind, weightDecay, ...rates }) => {
  const solver = op === "adam" ? adam(rates) : adamw({ ...rates, weightDecay });
  await expectCase(solverCase(solver, { length, l2 }), kind);
});
