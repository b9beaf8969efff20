import { test } from "vitest";
import { dense } from "../../src/nn/spec";
import { denseBackward, denseForward } from "../../src/reference/dense";
import { kernelsFor } from "./adapter";
import { expectSums } from "./bounds";
import { magnitudes, runLayer, singles } from "./layer";

test.for([
  { input: 1, output: 1, steps: 1, batch: 1, kind: "software" },
  { input: 129, output: 31, steps: 3, batch: 33, kind: "software" },
  { input: 67, output: 130, steps: 31, batch: 3, kind: "software" },
  { input: 33, output: 3, steps: 127, batch: 1, kind: "hardware" },
] as const)("$input → $output, T $steps, batch $batch, $kind", async (sizes) => {
  const { input, output, steps, batch, kind } = sizes;
  const shape = { batch, inputChannels: input, outputChannels: output, steps };
  const x = singles(batch * input * steps, 1);
  const dy = singles(batch * output * steps, 2);
  const weight = singles(output * input, 3);
  const bias = singles(output, 4);

  const got = await runLayer(
    dense({ outputs: output }),
    {
      shape: [batch, input, steps],
      x,
      dy,
      learnables: new Map([
        ["weight", weight],
        ["bias", bias],
      ]),
    },
    kernelsFor(kind),
  );

  const y = denseForward(Float64Array.from(x), Float64Array.from(weight), Float64Array.from(bias), shape);
  const back = denseBackward(Float64Array.from(dy), Float64Array.from(x), Float64Array.from(weight), shape);
  const [ax, aw] = [magnitudes(x), magnitudes(weight)];
  const most = denseBackward(magnitudes(dy), ax, aw, shape);
  expectSums("y", got.get("y"), y, {
    terms: input + 1,
    magnitudes: denseForward(ax, aw, magnitudes(bias), shape),
  });
  expectSums("dx", got.get("dx"), back.dx, { terms: output, magnitudes: most.dx });
  expectSums("dweight", got.get("dweight"), back.dweight, {
    terms: batch * steps,
    magnitudes: most.dweight,
  });
  expectSums("dbias", got.get("dbias"), back.dbias, { terms: batch * steps, magnitudes: most.dbias });
});
