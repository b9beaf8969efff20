/** What training, the reference and the checks make of a layer whose output has other time steps than its input. No kind of layer is one yet. */
import { afterEach, expect, test, vi } from "vitest";
import { sumError } from "../../src/check/bounds";
import type { ConformanceCase } from "../../src/check/case";
import { expectedOfLayer } from "../../src/check/expected-layer";
import { runTraining } from "../../src/check/training";
import { layerValues } from "../../src/check/values";
import { conv1d, type Device, dense } from "../../src/engine";
import { conv1dKind, denseKind } from "../../src/engine/layers/convolution/definition";
import { requireConfig } from "../../src/engine/training/config";
import { longestOf } from "../../src/engine/tuning/tuner";
import { inferenceForward, trainingBackward, trainingForward } from "../../src/reference/network";
import { rmseOfLoss } from "../../src/reference/outcome";
import { referenceOf } from "../../src/reference/registry";

afterEach(() => vi.restoreAllMocks());

const halved = () =>
  vi.spyOn(denseKind, "output").mockImplementation(({ outputs }, { steps }) => ({
    channels: outputs,
    steps: Math.ceil(steps / 2),
  }));

/** Takes the mean of all channels and of the whole sample for every value of the output. */
function referenceOfHalved() {
  const reference = referenceOf(dense({ outputs: 1 }));
  const forward = vi
    .spyOn(reference, "forward")
    .mockImplementation((_, __, ___, { batch, outputChannels, outputSteps }) =>
      new Float64Array(batch * outputChannels * outputSteps).fill(1),
    );
  const backward = vi.spyOn(reference, "backward").mockImplementation((_, { tensor }, x) => ({
    dx: new Float64Array(x.length).fill(1),
    gradients: { weight: tensor("weight").map(() => 1), bias: tensor("bias").map(() => 1) },
  }));
  return { forward, backward };
}

const spec = dense({ outputs: 3 });

test("the reference tells a layer the steps of its input and of its output", () => {
  halved();
  const { forward, backward } = referenceOfHalved();
  const network = { input: { channels: 2, steps: 5 }, layers: [spec], loss: "observations" } as const;
  const { x, dy, learnables } = layerValues(spec, [4, 2, 5]);
  expect(dy.length).toBe(4 * 3 * 3);
  const named = new Map(Array.from(learnables, ([name, data]) => [`fc.${name}`, Float64Array.from(data)]));
  const shape = { batch: 4, channels: 2, inputChannels: 2, outputChannels: 3, steps: 5, outputSteps: 3 };
  inferenceForward(network, named, new Map(), Float64Array.from(x.data));
  expect(forward.mock.lastCall?.[3]).toEqual(shape);
  const pass = trainingForward(network, named, Float64Array.from(x.data));
  trainingBackward(network, named, pass, Float64Array.from(dy));
  expect(backward.mock.lastCall?.[4]).toEqual(shape);
});

test("a weight's gradient is allowed the error of a sum over the output's steps", () => {
  halved();
  referenceOfHalved();
  const values = layerValues(spec, [4, 2, 5]);
  const allowed = new Map(expectedOfLayer(spec, values).map(({ tensor, allowed }) => [tensor, allowed(0)]));
  const relative = (terms: number) => expect.closeTo(sumError(terms), 12);
  expect(Object.fromEntries(allowed)).toMatchObject({
    y: relative(2 + 1),
    dx: relative(3),
    dweight: relative(4 * 3),
    dbias: relative(4 * 3),
  });
});

test("a conformance case of a training holds targets in the shape of the network's output", async () => {
  vi.spyOn(conv1dKind, "output").mockImplementation(({ filters }) => ({ channels: filters, steps: 4 }));
  const floats = (...shape: readonly number[]) => ({
    dtype: "F32",
    shape,
    data: new Float32Array(shape.reduce((product, size) => product * size)),
  });
  const source = (target: ReturnType<typeof floats>) =>
    ({
      label: "case",
      op: "train",
      config: new Map<string, unknown>([
        ["network", "cnn"],
        ["filters", 3],
        ["kernel", 3],
        ["slope", 0.1],
        ["epsilon", 1e-5],
        ["loss", "observations"],
        ["gradientThresholdMethod", "l2norm"],
        ["options", { solver: "sgdm", learnRate: 1, l2: 0, threshold: 1, momentum: 0 }],
      ]),
      inputs: new Map<string, unknown>([
        ["x", floats(2, 2, 9)],
        ["target", target],
        ["batches", { dtype: "I32", shape: [1, 2], data: new Int32Array(2) }],
      ]),
      outputs: new Map(),
      rtol: new Map(),
    }) as unknown as ConformanceCase;
  // Nothing comes so far as to need a device.
  const nowhere = {} as Device;
  await expect(runTraining(nowhere, source(floats(2, 1, 9)), {})).rejects.toThrow(
    "must be [2, 1, 4], is [2, 1, 9]",
  );
  await expect(runTraining(nowhere, source(floats(2, 1, 4)), {})).rejects.toThrow("takes a device");
});

test("the RMSE of a loss is that of the points of the output", () => {
  halved();
  const network = { input: { channels: 2, steps: 7 }, layers: [dense({ outputs: 2 })] };
  // Errors of 3 at the 2 · 4 points of every sample.
  expect(rmseOfLoss({ ...network, loss: "observations" }, (8 * 9) / 2)).toBe(3);
  expect(rmseOfLoss({ ...network, loss: "observations-and-steps" }, (2 * 9) / 2)).toBe(3);
});

test("a training takes x in the shape of the input and targets in that of the output", () => {
  const shapes = { input: { channels: 2, steps: 7 }, output: { channels: 3, steps: 4 } };
  const samples = (x: number, target: number) => ({
    rows: 5,
    x: new Float32Array(x),
    target: new Float32Array(target),
  });
  const right = samples(5 * 2 * 7, 5 * 3 * 4);
  const config = { train: right, validation: right };
  expect(() => requireConfig(config, shapes)).not.toThrow();
  expect(() => requireConfig({ ...config, train: samples(5 * 2 * 4, 5 * 3 * 4) }, shapes)).toThrow(
    "train.x must hold (5, 2, 7) = 70 values, got 40",
  );
  expect(() => requireConfig({ ...config, validation: samples(5 * 2 * 7, 5 * 3 * 7) }, shapes)).toThrow(
    "validation.target must hold (5, 3, 4) = 60 values, got 105",
  );
});

test("a tuner goes by the longest activation", () => {
  const network = {
    input: { channels: 2, steps: 8 },
    layers: [conv1d({ filters: 3, kernel: 3 }), dense({ outputs: 1 })],
    loss: "observations",
  } as const;
  halved();
  expect(longestOf(network)).toBe(8);
  vi.spyOn(conv1dKind, "output").mockImplementation(({ filters }, { steps }) => ({
    channels: filters,
    steps: 3 * steps,
  }));
  expect(longestOf(network)).toBe(24);
});
