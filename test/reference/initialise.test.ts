import { describe, expect, it } from "vitest";
import { molerCnn } from "../../src/calculus/networks";
import { dense, type NetworkSpec, resolveLayers } from "../../src/nn/spec";
import { initialise } from "../../src/train/initialise";
import { largest } from "./differences";

const cnn = molerCnn();

describe("initialise", () => {
  const narrow = initialise(cnn, "narrow-normal", 0);
  const glorot = initialise(cnn, "glorot", 0);

  it("gives every learnable by name and size", () => {
    for (const { name, shape } of resolveLayers(cnn).flatMap(({ learnables }) => learnables))
      expect(narrow.get(name)?.length, name).toBe(shape.reduce((size, extent) => size * extent));
  });

  it("narrow-normal: weights N(0, 0.01²)", () => {
    const weight = Array.from(narrow.get("conv2.weight") ?? []);
    const mean = weight.reduce((sum, value) => sum + value, 0) / weight.length;
    const deviation = Math.sqrt(weight.reduce((sum, value) => sum + value ** 2, 0) / weight.length);
    expect(Math.abs(mean)).toBeLessThan(5 * (0.01 / Math.sqrt(weight.length)));
    expect(Math.abs(deviation / 0.01 - 1)).toBeLessThan(5 / Math.sqrt(2 * weight.length));
  });

  it.each([
    ["conv1.weight", (2 + 128) * 5],
    ["conv2.weight", (128 + 128) * 5],
    ["conv3.weight", (128 + 1) * 5],
  ])("glorot: %s uniform within √(6/%d)", (name, fans) => {
    const weight = glorot.get(name) ?? [];
    const bound = Math.sqrt(6 / fans);
    expect(largest(weight)).toBeLessThanOrEqual(bound);
    expect(largest(weight)).toBeGreaterThan(0.97 * bound);
  });

  it("glorot: a dense weight has one tap", () => {
    const network: NetworkSpec = {
      input: { channels: 300, steps: 1 },
      layers: [dense({ outputs: 300 })],
      loss: "observations",
    };
    expect(largest(initialise(network, "glorot", 0).get("fc.weight") ?? [])).toBeCloseTo(0.1, 4);
  });

  it.each(["narrow-normal", "glorot"] as const)("%s: biases and offsets 0, scales 1", (initialisation) => {
    for (const [name, values] of initialise(cnn, initialisation, 0)) {
      if (name.endsWith(".weight")) continue;
      expect(new Set(values), name).toEqual(new Set([name.endsWith(".scale") ? 1 : 0]));
    }
  });

  it("repeats a seed, and only that", () => {
    expect(initialise(cnn, "glorot", 0)).toEqual(glorot);
    expect(initialise(cnn, "glorot", 1)).not.toEqual(glorot);
  });

  it("gives layers of one shape weights of their own", () => {
    const network: NetworkSpec = {
      input: { channels: 4, steps: 1 },
      layers: [dense({ outputs: 4 }), dense({ outputs: 4 })],
      loss: "observations",
    };
    const weights = initialise(network, "narrow-normal", 0);
    expect(weights.get("fc1.weight")).not.toEqual(weights.get("fc2.weight"));
  });
});
