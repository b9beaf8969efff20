import { test } from "vitest";
import { halfMSE } from "../../src/reference/halfmse";
import { sumError } from "./bounds";
import { expectCase } from "./case";
import { singles } from "./layer";

test.for([
  { batch: 1, channels: 1, steps: 1, normalise: "observations", kind: "software" },
  { batch: 33, channels: 1, steps: 31, normalise: "observations", kind: "software" },
  { batch: 3, channels: 129, steps: 3, normalise: "observations", kind: "software" },
  { batch: 31, channels: 3, steps: 127, normalise: "observations-and-steps", kind: "software" },
  { batch: 129, channels: 1, steps: 33, normalise: "observations-and-steps", kind: "hardware" },
] as const)("(B $batch, C $channels, T $steps), $normalise, $kind", async (sizes) => {
  const { batch, channels, steps, normalise, kind } = sizes;
  const shape = [batch, channels, steps];
  const prediction = singles(batch * channels * steps, 1);
  const target = singles(prediction.length, 2);
  const { loss, dprediction } = halfMSE(Float64Array.from(prediction), Float64Array.from(target), normalise, {
    batch,
    steps,
  });
  await expectCase(
    {
      op: "halfmse",
      config: { normalise },
      inputs: new Map([
        ["prediction", { shape, data: prediction }],
        ["target", { shape, data: target }],
      ]),
      outputs: new Map([
        ["loss", Float64Array.of(loss)],
        ["dprediction", dprediction],
      ]),
      // All terms of the sum are positive: the error is relative to the loss itself.
      tolerance: sumError(prediction.length),
    },
    kind,
  );
});
