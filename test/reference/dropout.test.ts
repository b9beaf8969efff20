import { describe, expect, it } from "vitest";
import { biLstm, dense, dropout, type NetworkSpec } from "../../src/engine";
import { randomStream } from "../../src/engine/random";
import { dropoutMask } from "../../src/reference/dropout";
import { inferenceForward, trainingBackward, trainingForward } from "../../src/reference/network";
import { dot, expectGradient, normals } from "./differences";
import { randomLearnables } from "./learnables";

const draw = { seed: 5, step: 3 };

describe("dropoutMask", () => {
  it("takes the word of every value: channels in groups of four, then steps, then curves", () => {
    const [batch, channels, steps] = [3, 6, 5];
    const probability = 0.3;
    const mask = dropoutMask(probability, { batch, channels, steps }, draw, 1);
    const random = randomStream(draw.seed, "dropout", draw.step, 1);
    const words = Array.from({ length: batch * steps * 8 }, () => random.word());
    for (let b = 0; b < batch; b++)
      for (let c = 0; c < channels; c++)
        for (let t = 0; t < steps; t++) {
          const kept = words[(b * steps + t) * 8 + c] / 2 ** 32 >= probability;
          expect(mask[(b * channels + c) * steps + t]).toBe(kept ? Math.fround(1 / 0.7) : 0);
        }
  });

  it("keeps a value whose 24 bits are just the probability", () => {
    const word = randomStream(draw.seed, "dropout", draw.step, 0).word() >>> 8;
    const first = (probability: number) =>
      dropoutMask(probability, { batch: 1, channels: 1, steps: 1 }, draw, 0)[0];
    expect(first(word / 2 ** 24)).toBeGreaterThan(0);
    expect(first((word + 1) / 2 ** 24)).toBe(0);
  });

  it("drops with the given probability and keeps the mean", () => {
    const shape = { batch: 10, channels: 20, steps: 100 };
    for (const probability of [0.1, 0.5, 0.9]) {
      const mask = dropoutMask(probability, shape, draw, 0);
      const mean = mask.reduce((sum, value) => sum + value, 0) / mask.length;
      // Five standard errors of a mean of values 0 and 1/(1 − p).
      const error = Math.sqrt(probability / (1 - probability) / mask.length);
      expect(Math.abs(mean - 1)).toBeLessThan(5 * error);
    }
  });

  it("is another one for every seed, step and layer, and the same again for the same", () => {
    const shape = { batch: 2, channels: 4, steps: 8 };
    const masks = [
      dropoutMask(0.5, shape, draw, 0),
      dropoutMask(0.5, shape, { ...draw, seed: 6 }, 0),
      dropoutMask(0.5, shape, { ...draw, step: 4 }, 0),
      dropoutMask(0.5, shape, draw, 1),
    ];
    expect(new Set(masks.map((mask) => mask.join())).size).toBe(4);
    expect(dropoutMask(0.5, shape, draw, 0)).toEqual(masks[0]);
  });

  it("with probability 0 keeps everything as it is", () => {
    const mask = dropoutMask(0, { batch: 2, channels: 3, steps: 4 }, draw, 0);
    expect(mask).toEqual(new Float64Array(24).fill(1));
  });
});

describe("a network with dropout", () => {
  const network: NetworkSpec = {
    input: { channels: 2, steps: 5 },
    layers: [dropout(0.25), biLstm({ hidden: 3 }), dropout(0.5), dense({ outputs: 1 })],
    loss: "observations-and-steps",
  };
  const batch = 3;
  const x = normals(batch * 2 * 5, 100);
  const dy = normals(batch * 5, 101);
  const learnables = randomLearnables(network);

  it("drops the same values forward and backward", () => {
    const forward = () => trainingForward(network, learnables, x, draw);
    const { dx, gradients } = trainingBackward(network, learnables, forward(), dy);
    const loss = () => dot(dy, forward().prediction);
    expectGradient("x", dx, x, loss);
    for (const [name, gradient] of gradients) expectGradient(name, gradient, learnables.get(name) ?? x, loss);
  });

  it("multiplies by masks of its own in every layer", () => {
    const { inputs, masks } = trainingForward(network, learnables, x, draw);
    expect([...masks.keys()]).toEqual(["drop1", "drop2"]);
    expect(masks.get("drop1")).toEqual(dropoutMask(0.25, { batch, channels: 2, steps: 5 }, draw, 0));
    expect(masks.get("drop2")).toEqual(dropoutMask(0.5, { batch, channels: 6, steps: 5 }, draw, 1));
    expect(inputs[1]).toEqual(x.map((value, i) => value * (masks.get("drop1")?.[i] ?? Number.NaN)));
  });

  it("predicts as if the layers were not there", () => {
    const without = { ...network, layers: network.layers.filter(({ kind }) => kind !== "dropout") };
    const predict = (spec: NetworkSpec) => inferenceForward(spec, learnables, new Map(), x);
    expect(predict(network)).toEqual(predict(without));
    expect(trainingForward(network, learnables, x, draw).prediction).not.toEqual(predict(network));
  });
});
