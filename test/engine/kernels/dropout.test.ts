import { expect, test } from "vitest";
import { dropout, type LayerSpec, leakyReLU } from "../../../src/engine";
import { randomStream } from "../../../src/engine/random";
import { dropoutMask } from "../../../src/reference/dropout";
import { gpu } from "../../browser/client";
import { singles } from "./layer";

interface Step {
  readonly layers: readonly LayerSpec[];
  /** (B, C, T) */
  readonly shape: readonly [batch: number, channels: number, steps: number];
  readonly seed: number;
  /** Iterations done before this one. */
  readonly step: number;
  readonly x: Float32Array;
  readonly dy: Float32Array;
}

/** One forward and backward pass while training, and a prediction of the same curves. */
function runStep(
  request: Step,
): Promise<{ outputs: Float32Array[]; dx: Float32Array; predicted: Float32Array }> {
  return gpu.run(async ({ fluxion, internals, device }, { layers, shape, seed, step, x, dy }) => {
    const [batch, channels, steps] = shape;
    const network = await fluxion.Network.build(device, {
      input: { channels, steps },
      layers,
      loss: "observations",
      batch,
    });
    const memory = new internals.Memory(device);
    try {
      const { context, input, stages } = network;
      const first = internals.createCursor(memory, "first batch", batch);
      const cursor = memory.upload("cursor", Uint32Array.of(step, batch, 0, 0));
      const pass = new internals.Backpropagation(network, memory, { inputGradient: true, cursor, seed });
      if (!pass.dInput) throw new Error("there is no gradient of the input");
      const curves = (label: string, data: Float32Array) => ({
        slice: memory.upload(label, data),
        rows: batch,
        channels,
        steps,
      });
      const activations = [...stages.map(({ output }) => output), { ...input, slice: pass.dInput }];
      const results = activations.map((_, i) => memory.storage(`result ${i}`, x.length));
      const plan = await internals.Plan.build(device, [
        internals.gatherCall(context, curves("x", x), input, first),
        internals.gatherCall(context, curves("dy", dy), { ...input, slice: pass.dOutput }, first),
        ...pass.forward(cursor),
        ...pass.backward,
        ...activations.map((activation, i) => internals.scatterCall(context, activation, results[i])),
      ]);
      plan.submit(device);
      const read: Float32Array[] = [];
      for (const result of results) read.push(await internals.readWords(device, result));
      return { outputs: read.slice(0, -1), dx: read[stages.length], predicted: await network.predict(x) };
    } finally {
      memory.dispose();
      network.dispose();
    }
  }, request);
}

/** Positive, because a device may drop the sign of a zero. */
const positive = (count: number, seed: number) => singles(count, seed).map((value) => 0.5 + Math.abs(value));

/** What one dropout layer makes of ones: its mask. */
async function maskOf(
  probability: number,
  [batch, channels, steps]: Step["shape"],
  { seed = 0, step = 0 } = {},
): Promise<Float32Array> {
  const ones = new Float32Array(batch * channels * steps).fill(1);
  const request = { layers: [dropout(probability)], shape: [batch, channels, steps] as const, seed, step };
  return (await runStep({ ...request, x: ones, dy: ones })).outputs[0];
}

test.for([
  { shape: [1, 1, 1], probability: 0.5, seed: 0, step: 0 },
  { shape: [3, 5, 7], probability: 0.3, seed: 7, step: 1 },
  { shape: [2, 33, 31], probability: 0.5, seed: 4294967295, step: 359 },
  { shape: [17, 130, 3], probability: 0.9, seed: 2147483648, step: 4294967295 },
  { shape: [1, 4, 129], probability: 0.01, seed: 1, step: 2 },
] as const)(
  "(B, C, T) $shape, p $probability, seed $seed, step $step: forward and backward as the reference, bit for bit",
  async ({ shape, probability, seed, step }) => {
    const [batch, channels, steps] = shape;
    const count = batch * channels * steps;
    const [x, dy] = [positive(count, 1), positive(count, 2)];
    const { outputs, dx, predicted } = await runStep({
      layers: [dropout(probability)],
      shape,
      seed,
      step,
      x,
      dy,
    });
    const mask = dropoutMask(probability, { batch, channels, steps }, { seed, step }, 0);
    expect(outputs).toEqual([x.map((value, i) => value * mask[i])]);
    expect(dx).toEqual(dy.map((value, i) => value * mask[i]));
    expect(predicted).toEqual(x);
  },
);

test("layers count from the first dropout, whatever stands between, and draw numbers of their own", async () => {
  const shape = [3, 6, 5] as const;
  const [seed, step] = [5, 3];
  const [x, dy] = [positive(90, 1), positive(90, 2)];
  // Scales of 2 and 4: no product rounds.
  const layers = [leakyReLU(0.5), dropout(0.5), leakyReLU(0.5), dropout(0.75)];
  const { outputs, dx, predicted } = await runStep({ layers, shape, seed, step, x, dy });
  const [first, second] = [0.5, 0.75].map((probability, part) =>
    dropoutMask(probability, { batch: 3, channels: 6, steps: 5 }, { seed, step }, part),
  );
  const dropped = x.map((value, i) => value * first[i]);
  expect(outputs).toEqual([x, dropped, dropped, dropped.map((value, i) => value * second[i])]);
  expect(dx).toEqual(dy.map((value, i) => value * first[i] * second[i]));
  expect(predicted).toEqual(x);
});

test("a value is kept where its 24 bits are the rounded threshold, and dropped one below", async () => {
  const [seed, step] = [4294967295, 17];
  const shape = [2, 5, 3] as const;
  const random = randomStream(seed, "dropout", step);
  // Eight words for every step of every curve.
  const words = Array.from({ length: 48 }, () => random.word() >>> 8);
  for (const [b, c, t] of [
    [0, 0, 0],
    [0, 1, 2],
    [1, 4, 0],
    [1, 3, 2],
  ]) {
    const word = words[(b * 3 + t) * 8 + c];
    const at = (b * 5 + c) * 3 + t;
    expect((await maskOf((word + 0.4) / 2 ** 24, shape, { seed, step }))[at]).toBeGreaterThan(0);
    expect((await maskOf((word + 0.6) / 2 ** 24, shape, { seed, step }))[at]).toBe(0);
  }
});

test.for([0.1, 0.5, 0.9])("the mask at p %f has mean 1 and variance p/(1 − p)", async (probability) => {
  const mask = await maskOf(probability, [10, 20, 200]);
  const mean = mask.reduce((sum, value) => sum + value, 0) / mask.length;
  const variance = mask.reduce((sum, value) => sum + (value - 1) ** 2, 0) / mask.length;
  const odds = probability / (1 - probability);
  // Five standard errors; (value − 1)² is 1 with probability p, otherwise odds².
  expect(Math.abs(mean - 1)).toBeLessThan(5 * Math.sqrt(odds / mask.length));
  const spread = Math.sqrt(probability * (1 - probability)) * Math.abs(odds ** 2 - 1);
  expect(Math.abs(variance - odds)).toBeLessThan((5 * spread) / Math.sqrt(mask.length) + 1e-5);
});

test("p 0 passes every value", async () => {
  expect(await maskOf(0, [2, 5, 7], { seed: 3, step: 4 })).toEqual(new Float32Array(70).fill(1));
});

test("every step of every curve in every iteration has a mask of its own", async () => {
  const [batch, channels, steps] = [3, 32, 5];
  const masks: string[] = [];
  for (const step of [0, 1, 2]) {
    const mask = await maskOf(0.5, [batch, channels, steps], { step });
    for (let b = 0; b < batch; b++)
      for (let t = 0; t < steps; t++)
        masks.push(Array.from({ length: channels }, (_, c) => mask[(b * channels + c) * steps + t]).join(""));
  }
  expect(new Set(masks).size).toBe(45);
});
