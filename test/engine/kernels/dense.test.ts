import { test } from "vitest";
import { dense } from "../../../src/engine";
import { kernelsFor } from "./adapter";
import { expectLayer } from "./layer";

test.for([
  { input: 1, output: 1, steps: 1, batch: 1, kind: "software" },
  { input: 129, output: 31, steps: 3, batch: 33, kind: "software" },
  { input: 67, output: 130, steps: 31, batch: 3, kind: "software" },
  { input: 33, output: 3, steps: 127, batch: 1, kind: "hardware" },
] as const)("$input → $output, T $steps, batch $batch, $kind", async (sizes) => {
  const { input, output, steps, batch, kind } = sizes;
  await expectLayer(dense({ outputs: output }), [batch, input, steps], kernelsFor(kind));
});
