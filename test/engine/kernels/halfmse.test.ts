import { test } from "vitest";
import { halfMseCase } from "../../../src/check/reference-case";
import { expectCase } from "./case";

test.for([
  { batch: 1, channels: 1, steps: 1, normalise: "observations", kind: "software" },
  { batch: 33, channels: 1, steps: 31, normalise: "observations", kind: "software" },
  { batch: 3, channels: 129, steps: 3, normalise: "observations", kind: "software" },
  { batch: 31, channels: 3, steps: 127, normalise: "observations-and-steps", kind: "software" },
  { batch: 129, channels: 1, steps: 33, normalise: "observations-and-steps", kind: "hardware" },
] as const)("(B $batch, C $channels, T $steps), $normalise, $kind", async (sizes) => {
  const { batch, channels, steps, normalise, kind } = sizes;
  await expectCase(halfMseCase([batch, channels, steps], normalise), kind);
});
