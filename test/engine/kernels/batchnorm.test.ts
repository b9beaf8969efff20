import { test } from "vitest";
import { layerValues } from "../../../src/check/values";
import { batchNorm } from "../../../src/engine";
import { type AdapterKind, kernelsFor } from "./adapter";
import { expectLayer } from "./layer";

interface Case {
  readonly batch: number;
  readonly channels: number;
  readonly steps: number;
  /** Mean of each channel's x: these numbers in turn. */
  readonly means: readonly number[];
  /** Standard deviation of each channel's x: these numbers in turn. */
  readonly deviations: readonly number[];
  readonly kind: AdapterKind;
}

const cases: readonly Case[] = [
  { batch: 1, channels: 1, steps: 1, means: [3], deviations: [1], kind: "software" },
  { batch: 1, channels: 3, steps: 3, means: [0], deviations: [1], kind: "software" },
  { batch: 31, channels: 33, steps: 33, means: [0, 5], deviations: [1, 0.01], kind: "software" },
  { batch: 33, channels: 31, steps: 31, means: [1000, -1000, 1e4], deviations: [1], kind: "software" },
  { batch: 129, channels: 3, steps: 127, means: [-1e4, 1000, 0], deviations: [1], kind: "software" },
  { batch: 3, channels: 127, steps: 33, means: [0, 1000, -7.7], deviations: [0, 1], kind: "software" },
  { batch: 67, channels: 5, steps: 129, means: [1000, -1e4, 0.1], deviations: [1, 0, 3], kind: "hardware" },
];

test.for(cases)(
  "(B $batch, C $channels, T $steps), means $means, deviations $deviations, $kind",
  async (sizes) => {
    const { batch, channels, steps, means, deviations, kind } = sizes;
    const spec = batchNorm({ epsilon: 1e-5 });
    const values = layerValues(spec, [batch, channels, steps]);
    const data = values.x.data.map((value, i) => {
      const c = Math.floor(i / steps) % channels;
      return means[c % means.length] + deviations[c % deviations.length] * value;
    });
    const dy = values.dy.map((value) => value + 0.5);
    await expectLayer(spec, { ...values, x: { ...values.x, data }, dy }, kernelsFor(kind));
  },
);
