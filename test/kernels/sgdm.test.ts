import { test } from "vitest";
import { addL2, sgdmStep } from "../../src/reference/sgdm";
import { unit } from "./bounds";
import { expectCase } from "./case";
import { singles } from "./layer";

test.for([
  { length: 1, momentum: 0.9, l2: 0.1, kind: "software" },
  { length: 2049, momentum: 0.9, l2: 0.1, kind: "software" },
  { length: 129, momentum: 0, l2: 0, kind: "software" },
  { length: 5001, momentum: 0.5, l2: 1e-4, kind: "hardware" },
] as const)("$length weights, momentum $momentum, L2 $l2, $kind: five steps", async (sizes) => {
  const { length, momentum, l2, kind } = sizes;
  const learnRate = 0.25;
  const start = singles(length, 0);
  const inputs = new Map([["weight", { shape: [length], data: start }]]);
  const outputs = new Map<string, Float64Array>();
  const weight = Float64Array.from(start);
  const velocity = new Float64Array(length);
  for (let step = 1; step <= 5; step++) {
    const data = singles(length, step);
    inputs.set(`grad.${step}`, { shape: [length], data });
    sgdmStep(weight, velocity, addL2(Float64Array.from(data), weight, l2), { learnRate, momentum });
    outputs.set(`weight.${step}`, weight.slice());
  }
  // A step rounds five times, each time relative to at most the largest weight, and five steps add up.
  const tolerance = 25 * unit;
  await expectCase({ op: "sgdm", config: { learnRate, momentum, l2 }, inputs, outputs, tolerance }, kind);
});
