import { test } from "vitest";
import { conv1d } from "../../../src/engine";
import { type AdapterKind, kernelsFor } from "./adapter";
import { expectLayer } from "./layer";

interface Case {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  readonly steps: number;
  readonly batch: number;
  readonly kind: AdapterKind;
  readonly why: string;
}

const cases: readonly Case[] = [
  // One strip of five steps a thread.
  { input: 1, output: 1, kernel: 1, steps: 1, batch: 1, kind: "software", why: "one of all" },
  { input: 3, output: 1, kernel: 2, steps: 31, batch: 33, kind: "software", why: "no zero on the left" },
  { input: 1, output: 3, kernel: 3, steps: 129, batch: 3, kind: "software", why: "one channel in" },
  { input: 31, output: 33, kernel: 4, steps: 3, batch: 31, kind: "software", why: "kernel over curve" },
  { input: 33, output: 31, kernel: 5, steps: 127, batch: 3, kind: "software", why: "a step left over" },
  { input: 127, output: 3, kernel: 6, steps: 33, batch: 3, kind: "software", why: "two blocks of taps" },
  { input: 67, output: 130, kernel: 7, steps: 3, batch: 67, kind: "software", why: "a short last split" },
  { input: 130, output: 67, kernel: 4, steps: 1, batch: 67, kind: "software", why: "one time step" },
  {
    input: 31,
    output: 33,
    kernel: 9,
    steps: 3,
    batch: 3,
    kind: "software",
    why: "taps that see zeros alone",
  },
  { input: 33, output: 127, kernel: 1, steps: 1, batch: 129, kind: "software", why: "a plain product" },
  // Two strips; with few output channels there is no second group beside the first.
  { input: 128, output: 128, kernel: 5, steps: 100, batch: 4, kind: "software", why: "full width" },
  { input: 127, output: 3, kernel: 5, steps: 127, batch: 22, kind: "software", why: "two strips, one group" },
  // Four strips.
  { input: 127, output: 129, kernel: 5, steps: 129, batch: 5, kind: "software", why: "four strips, ragged" },
  {
    input: 129,
    output: 4,
    kernel: 9,
    steps: 100,
    batch: 108,
    kind: "software",
    why: "four strips, one group",
  },
  { input: 1, output: 1, kernel: 1, steps: 1, batch: 1, kind: "hardware", why: "one of all" },
  { input: 3, output: 1, kernel: 2, steps: 31, batch: 33, kind: "hardware", why: "no zero on the left" },
  { input: 31, output: 33, kernel: 9, steps: 3, batch: 3, kind: "hardware", why: "kernel over curve" },
  { input: 67, output: 130, kernel: 7, steps: 3, batch: 67, kind: "hardware", why: "a short last split" },
  { input: 128, output: 128, kernel: 5, steps: 100, batch: 4, kind: "hardware", why: "full width" },
];

test.for(cases)("$input → $output, kernel $kernel, T $steps, batch $batch, $kind: $why", async (sizes) => {
  const { input, output, kernel, steps, batch, kind } = sizes;
  await expectLayer(conv1d({ filters: output, kernel }), [batch, input, steps], kernelsFor(kind));
});
