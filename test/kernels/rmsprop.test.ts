import { test } from "vitest";
import { rmspropStep } from "../../src/reference/rmsprop";
import { addL2 } from "../../src/reference/sgdm";
import { unit } from "./bounds";
import { expectCase } from "./case";
import { singles } from "./layer";

test.for([
  { length: 1, decay: 0.9, epsilon: 1e-8, l2: 0.1, kind: "software" },
  { length: 2049, decay: 0.9, epsilon: 1e-8, l2: 0, kind: "software" },
  { length: 129, decay: 0.5, epsilon: 0.5, l2: 0.1, kind: "software" },
  { length: 5001, decay: 0, epsilon: 1e-3, l2: 1e-4, kind: "hardware" },
] as const)("$length weights, decay $decay, ε $epsilon, L2 $l2, $kind: five steps", async (sizes) => {
  const { length, l2, kind, ...rates } = sizes;
  const learnRate = 0.25;
  const start = singles(length, 0);
  const inputs = new Map([["weight", { shape: [length], data: start }]]);
  const outputs = new Map<string, Float64Array>();
  const weight = Float64Array.from(start);
  const square = new Float64Array(length);
  for (let step = 1; step <= 5; step++) {
    const data = singles(length, step);
    inputs.set(`grad.${step}`, { shape: [length], data });
    rmspropStep(weight, square, addL2(Float64Array.from(data), weight, l2), { ...rates, learnRate });
    outputs.set(`weight.${step}`, weight.slice());
  }
  // A step rounds a dozen times, root and division among them, each time relative to at most the largest weight: the
  // first step moves by 0.25/√0.1 at most. Five steps add up.
  const tolerance = 5 * 12 * unit;
  await expectCase({ op: "rmsprop", config: { learnRate, l2, ...rates }, inputs, outputs, tolerance }, kind);
});
