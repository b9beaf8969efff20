import { describe, expect, it, onTestFinished, vi } from "vitest";
import { molerCnn } from "../../src/calculus/networks";
import { biLstm, dense, gru, lstm, type NetworkSpec, resolveLayers } from "../../src/engine";
import { denseKind } from "../../src/engine/layers/convolution/definition";
import { learnable } from "../../src/engine/layers/kind";
import { initialise, orthonormalColumns } from "../../src/engine/training/initialise";
import { largest, normals } from "./differences";

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

  const recurrent: NetworkSpec = {
    input: { channels: 50, steps: 1 },
    layers: [biLstm({ hidden: 33 }), lstm({ hidden: 1 }), gru({ hidden: 7 })],
    loss: "observations-and-steps",
  };

  it.each(["narrow-normal", "glorot"] as const)("%s: biases of an LSTM 0, of its forget gate 1", (kind) => {
    const start = initialise(recurrent, kind, 0);
    for (const name of ["bilstm1.forward.bias", "bilstm1.reverse.bias"])
      expect(Array.from(start.get(name) ?? []), name).toEqual(
        [0, 1, 0, 0].flatMap((value) => new Array<number>(33).fill(value)),
      );
    expect(Array.from(start.get("lstm1.forward.bias") ?? [])).toEqual([0, 1, 0, 0]);
  });

  it.each(["narrow-normal", "glorot"] as const)("%s: both biases of a GRU 0", (kind) => {
    const start = initialise(recurrent, kind, 0);
    for (const name of ["bias_ih", "bias_hh"])
      expect(start.get(`gru1.forward.${name}`)).toEqual(new Float32Array(3 * 7));
  });

  it.each(["weight_ih", "weight_hh"])("narrow-normal: %s of an LSTM N(0, 0.01²)", (suffix) => {
    const start = initialise(recurrent, "narrow-normal", 0);
    const [forward, reverse] = ["forward", "reverse"].map(
      (direction) => start.get(`bilstm1.${direction}.${suffix}`) ?? new Float32Array(),
    );
    for (const weight of [forward, reverse]) {
      const deviation = Math.sqrt(weight.reduce((sum, value) => sum + value ** 2, 0) / weight.length);
      expect(Math.abs(deviation / 0.01 - 1)).toBeLessThan(5 / Math.sqrt(2 * weight.length));
    }
    expect(forward).not.toEqual(reverse);
  });

  it("glorot: input weights of an LSTM by the fans of one direction", () => {
    const start = initialise(recurrent, "glorot", 0);
    const bound = Math.sqrt(6 / (50 + 4 * 33));
    for (const direction of ["forward", "reverse"]) {
      const weight = start.get(`bilstm1.${direction}.weight_ih`) ?? [];
      expect(largest(weight)).toBeLessThanOrEqual(bound);
      expect(largest(weight)).toBeGreaterThan(0.99 * bound);
    }
  });

  it.each([
    ["bilstm1.forward.weight_hh", 4, 33],
    ["bilstm1.reverse.weight_hh", 4, 33],
    ["lstm1.forward.weight_hh", 4, 1],
    ["gru1.forward.weight_hh", 3, 7],
  ] as const)("glorot: %s has orthonormal columns", (name, gates, hidden) => {
    const weight = Float64Array.from(initialise(recurrent, "glorot", 0).get(name) ?? []);
    expect(weight.length).toBe(gates * hidden * hidden);
    // Rounded to float32.
    expect(largest(gramError(weight, gates * hidden, hidden))).toBeLessThan(2 ** -23);
  });

  it.each([
    ["weights", [7], "(outputs, inputs) or (outputs, inputs, taps), got (7)"],
    ["weights", [2, 3, 4, 5], "(outputs, inputs) or (outputs, inputs, taps), got (2, 3, 4, 5)"],
    ["recurrent weights", [7], "(rows, columns) with at least as many rows as columns, got (7)"],
    ["recurrent weights", [3, 4], "(rows, columns) with at least as many rows as columns, got (3, 4)"],
  ] as const)("refuses %s of shape %j, whatever the initialisation", (initial, shape, expected) => {
    const learnables = vi.spyOn(denseKind, "learnables");
    learnables.mockReturnValue([learnable("gain", shape, 1, initial)]);
    onTestFinished(() => learnables.mockRestore());
    const network: NetworkSpec = {
      input: { channels: 1, steps: 1 },
      layers: [dense({ outputs: 1 })],
      loss: "observations",
    };
    for (const kind of ["narrow-normal", "glorot"] as const)
      expect(() => initialise(network, kind, 0)).toThrow(
        `fc.gain: ${initial} must have the shape ${expected}`,
      );
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

/** QᵀQ − I of Q (rows, columns). */
function gramError(q: Float64Array, rows: number, columns: number): Float64Array {
  const error = new Float64Array(columns * columns);
  for (let j = 0; j < columns; j++)
    for (let k = 0; k < columns; k++) {
      for (let i = 0; i < rows; i++) error[j * columns + k] += q[i * columns + j] * q[i * columns + k];
      if (j === k) error[j * columns + k] -= 1;
    }
  return error;
}

describe("orthonormalColumns", () => {
  it.each([
    [1, 1],
    [5, 1],
    [4, 4],
    [33, 7],
    [132, 33],
  ])("(%d, %d): columns orthonormal, R triangular with a positive diagonal", (rows, columns) => {
    const matrix = normals(rows * columns, 1);
    const q = orthonormalColumns(matrix, rows, columns);
    expect(largest(gramError(q, rows, columns))).toBeLessThan(1e-14);
    // R = Qᵀ · matrix, and matrix = Q · R.
    for (let j = 0; j < columns; j++)
      for (let k = 0; k <= j; k++) {
        let entry = 0;
        for (let i = 0; i < rows; i++) entry += q[i * columns + j] * matrix[i * columns + k];
        if (j === k) expect(entry).toBeGreaterThan(0);
        else expect(Math.abs(entry)).toBeLessThan(1e-13);
      }
  });

  it("stays orthogonal where columns are almost parallel", () => {
    const [rows, columns] = [12, 3];
    const base = normals(rows, 2);
    const noise = normals(rows * columns, 3);
    const matrix = noise.map((value, i) => base[Math.floor(i / columns)] + 1e-9 * value);
    const q = orthonormalColumns(matrix, rows, columns);
    expect(largest(gramError(q, rows, columns))).toBeLessThan(1e-14);
  });
});
