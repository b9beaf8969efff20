import { test } from "vitest";
import { adamStep, adamWStep } from "../../src/reference/adam";
import { addL2 } from "../../src/reference/sgdm";
import { adamStepSize } from "../../src/train/schedule";
import { unit } from "./bounds";
import { expectCase } from "./case";
import { singles } from "./layer";

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

test.for(cases)(title, async ({ op, length, l2, kind, ...rates }) => {
  const learnRate = 0.25;
  const start = singles(length, 0);
  const inputs = new Map([["weight", { shape: [length], data: start }]]);
  const outputs = new Map<string, Float64Array>();
  const weight = Float64Array.from(start);
  const [mean, square] = [new Float64Array(length), new Float64Array(length)];
  for (let step = 1; step <= 5; step++) {
    const data = singles(length, step);
    inputs.set(`grad.${step}`, { shape: [length], data });
    const stepSize = adamStepSize(learnRate, rates, step);
    const gradient = addL2(Float64Array.from(data), weight, l2);
    if (op === "adam") adamStep(weight, mean, square, gradient, { ...rates, stepSize });
    else {
      const decay = learnRate * rates.weightDecay;
      adamWStep(weight, mean, square, gradient, { ...rates, stepSize, decay });
    }
    outputs.set(`weight.${step}`, weight.slice());
  }
  // The quotient rounds a dozen times, root and division among them; the mean of five gradients may cancel to a
  // fifth of its terms.
  const tolerance = 5 * 5 * 12 * unit;
  await expectCase({ op, config: { learnRate, l2, ...rates }, inputs, outputs, tolerance }, kind);
});
