import { expect, test } from "vitest";
import { dense, leakyReLU, maxPool, relu, resolveLayers } from "../../src/engine";

test("layers are numbered by their stems, whatever their kinds", () => {
  const layers = [relu(), leakyReLU(), maxPool({ size: 2 }), relu(), dense({ outputs: 1 })];
  const resolved = resolveLayers({ input: { channels: 1, steps: 2 }, layers, loss: "observations" });
  expect(resolved.map(({ name }) => name)).toEqual(["relu1", "relu2", "maxpool1", "relu3", "fc"]);
});
