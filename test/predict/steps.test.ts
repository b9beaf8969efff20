/** What `predict` asks of a network whose layers may give other time steps than they take. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { fitBatch, requireCurveModel } from "../../src/cli/predict";
import { biLstm, conv1d, dense, type NetworkSpec } from "../../src/engine";
import { conv1dKind } from "../../src/engine/layers/convolution/definition";

afterEach(() => vi.restoreAllMocks());

const network = (...layers: NetworkSpec["layers"]) => ({
  spec: { input: { channels: 2, steps: 100 }, layers, loss: "observations" } as const satisfies NetworkSpec,
});

/** No kind of layer does so yet: a convolution that gives other steps. */
const giving = (steps: (steps: number) => number) =>
  vi
    .spyOn(conv1dKind, "output")
    .mockImplementation(({ filters }, input) => ({ channels: filters, steps: steps(input.steps) }));

describe("a model of curves", () => {
  test("maps x and f to one value for each point", () => {
    expect(() => requireCurveModel(network(dense({ outputs: 1 })), "m")).not.toThrow();
    expect(() => requireCurveModel(network(dense({ outputs: 3 })), "m")).toThrow(
      "--model m: must map 2 channels (x, f) to 1, maps 2 to 3",
    );
  });

  test("is refused where it answers fewer values, at its own number of points or at that of the curves", () => {
    const model = network(conv1d({ filters: 1, kernel: 3 }));
    giving((steps) => Math.ceil(steps / 2));
    expect(() => requireCurveModel(model, "m")).toThrow(
      "--model m: must answer at every point of a curve, answers 50 values to 100 points",
    );
    giving(() => 100);
    expect(() => requireCurveModel(model, "m")).not.toThrow();
    expect(() => requireCurveModel(model, "m", 37)).toThrow("answers 100 values to 37 points");
  });
});

describe("curves at once", () => {
  const convolutions = network(conv1d({ filters: 128, kernel: 3 }), dense({ outputs: 1 }));

  test("are as many as the largest layer leaves room for", () => {
    expect(fitBatch(convolutions, 100, 1000)).toBe(200);
    expect(fitBatch(convolutions, 100, 7)).toBe(7);
    expect(fitBatch(convolutions, 2 ** 16, 1000)).toBe(4);
    // Four gates for each of 2 · 32 channels.
    expect(fitBatch(network(biLstm({ hidden: 32 }), dense({ outputs: 1 })), 2 ** 16, 1000)).toBe(2);
  });

  test("are fewer where a layer gives more steps than it takes, and more where it gives fewer", () => {
    giving((steps) => 2 * steps);
    expect(fitBatch(convolutions, 2 ** 16, 1000)).toBe(2);
    giving((steps) => steps / 4);
    expect(fitBatch(convolutions, 2 ** 16, 1000)).toBe(16);
  });

  test("are refused where one is too long, with the length that is not", () => {
    const refused = (model: typeof convolutions, steps: number) =>
      expect(() => fitBatch(model, steps, 1)).toThrow(
        `--input: curves of ${steps} points are too long for this model, which takes at most `,
      );
    refused(convolutions, 2 ** 18 + 1);
    expect(fitBatch(convolutions, 2 ** 18, 1)).toBe(1);
    expect(() => fitBatch(convolutions, 2 ** 21, 1)).toThrow("takes at most 262144");
    const thin = network(dense({ outputs: 1 }));
    expect(() => fitBatch(thin, 2 ** 20 + 1, 1)).toThrow("takes at most 1048576");
    expect(fitBatch(thin, 2 ** 20, 100)).toBe(16);
  });
});
