import { describe, expect, it } from "vitest";
import {
  type BiLstmWeights,
  biLstmBackward,
  biLstmForward,
  type LstmShape,
  type LstmWeights,
  lstmBackward,
  lstmForward,
} from "../../src/reference/lstm";
import { dot, expectGradient, largest, normals } from "./differences";

function randomWeights({ inputChannels, hidden }: LstmShape, seed: number, size = 1): LstmWeights {
  const values = (count: number, part: number) =>
    normals(count, 3 * seed + part).map((value) => size * value);
  return {
    weight_ih: values(4 * hidden * inputChannels, 0),
    weight_hh: values(4 * hidden * hidden, 1),
    bias: values(4 * hidden, 2),
  };
}

/** Times that reverse, in every row of T values. */
const backwards = (values: Float64Array, steps: number) =>
  Float64Array.from(values, (_, i) => values[Math.floor(i / steps) * steps + steps - 1 - (i % steps)]);

/** (B, 2H, T) with the two halves of the channels exchanged. */
function swapHalves(values: Float64Array, { hidden, steps }: LstmShape): Float64Array {
  const half = hidden * steps;
  return Float64Array.from(values, (_, i) => values[i + (i % (2 * half) < half ? half : -half)]);
}

const shapes: readonly LstmShape[] = [
  { batch: 2, inputChannels: 3, hidden: 5, steps: 7 },
  { batch: 3, inputChannels: 2, hidden: 3, steps: 1 },
  { batch: 1, inputChannels: 1, hidden: 1, steps: 4 },
  { batch: 2, inputChannels: 5, hidden: 1, steps: 2 },
];

describe("lstm", () => {
  it.each(shapes)(
    "gradients agree with differences: B $batch, C $inputChannels, H $hidden, T $steps",
    (shape) => {
      const x = normals(shape.batch * shape.inputChannels * shape.steps, 100);
      const dy = normals(shape.batch * shape.hidden * shape.steps, 101);
      const weights = randomWeights(shape, 0);
      const loss = () => dot(dy, lstmForward(x, weights, shape));
      const { dx, dweights } = lstmBackward(dy, x, weights, shape);
      expectGradient("x", dx, x, loss);
      for (const name of ["weight_ih", "weight_hh", "bias"] as const) {
        // From zero state, one step never reads the recurrent weights.
        if (name === "weight_hh" && shape.steps === 1) expect(largest(dweights[name])).toBe(0);
        else expectGradient(name, dweights[name], weights[name], loss);
      }
    },
  );

  it("gradients agree with differences where gates saturate", () => {
    const shape = { batch: 2, inputChannels: 2, hidden: 4, steps: 5 };
    const x = normals(2 * 2 * 5, 100);
    const dy = normals(2 * 4 * 5, 101);
    const weights = randomWeights(shape, 0, 8);
    const loss = () => dot(dy, lstmForward(x, weights, shape));
    const { dx, dweights } = lstmBackward(dy, x, weights, shape);
    expectGradient("x", dx, x, loss);
    for (const name of ["weight_ih", "weight_hh", "bias"] as const)
      expectGradient(name, dweights[name], weights[name], loss);
  });

  it("stacks the gates i, f, g, o and starts from zero", () => {
    const shape = { batch: 1, inputChannels: 1, hidden: 1, steps: 2 };
    const bias = Float64Array.of(Math.log(3), -Math.log(3), Math.atanh(0.5), Math.log(4));
    const weights = { weight_ih: new Float64Array(4), weight_hh: new Float64Array(4), bias };
    const y = lstmForward(Float64Array.of(1, 2), weights, shape);
    // i = 0.75, f = 0.25, g = 0.5, o = 0.8: the cell holds 0.375, then 0.25·0.375 + 0.375.
    expect(y[0]).toBeCloseTo(0.8 * Math.tanh(0.375), 15);
    expect(y[1]).toBeCloseTo(0.8 * Math.tanh(0.46875), 15);
  });

  it("stays finite where every gate is beyond float64", () => {
    const shape = { batch: 1, inputChannels: 1, hidden: 1, steps: 3 };
    // Open, remember, 1, open: the cell counts the steps.
    const weights = {
      weight_ih: new Float64Array(4),
      weight_hh: new Float64Array(4),
      bias: new Float64Array(4).fill(1000),
    };
    const x = Float64Array.of(1, 1, 1);
    expect(Array.from(lstmForward(x, weights, shape))).toEqual([1, 2, 3].map(Math.tanh));
    const closed = { ...weights, bias: Float64Array.of(-1000, 1000, 1000, 1000) };
    expect(Array.from(lstmForward(x, closed, shape))).toEqual([0, 0, 0]);
    const { dx, dweights } = lstmBackward(x, x, weights, shape);
    for (const gradient of [dx, ...Object.values(dweights)]) expect(largest(gradient)).toBe(0);
  });
});

describe("bilstm", () => {
  const setUp = (shape: LstmShape) => ({
    x: normals(shape.batch * shape.inputChannels * shape.steps, 100),
    dy: normals(2 * shape.batch * shape.hidden * shape.steps, 101),
    weights: { forward: randomWeights(shape, 0), reverse: randomWeights(shape, 1) } satisfies BiLstmWeights,
  });

  it.each(shapes)(
    "gradients agree with differences: B $batch, C $inputChannels, H $hidden, T $steps",
    (shape) => {
      const { x, dy, weights } = setUp(shape);
      const loss = () => dot(dy, biLstmForward(x, weights, shape));
      const { dx, dweights } = biLstmBackward(dy, x, weights, shape);
      expectGradient("x", dx, x, loss);
      for (const direction of ["forward", "reverse"] as const)
        for (const name of ["weight_ih", "weight_hh", "bias"] as const) {
          const gradient = dweights[direction][name];
          if (name === "weight_hh" && shape.steps === 1) expect(largest(gradient)).toBe(0);
          else expectGradient(`${direction}.${name}`, gradient, weights[direction][name], loss);
        }
    },
  );

  it.each(shapes)(
    "reversed input through exchanged directions gives reversed output, halves exchanged: H $hidden, T $steps",
    (shape) => {
      const { x, dy, weights } = setUp(shape);
      const { steps } = shape;
      const exchanged = { forward: weights.reverse, reverse: weights.forward };
      const mirrored = (values: Float64Array) => swapHalves(backwards(values, steps), shape);
      expect(biLstmForward(backwards(x, steps), exchanged, shape)).toEqual(
        mirrored(biLstmForward(x, weights, shape)),
      );
      const straight = biLstmBackward(dy, x, weights, shape);
      const turned = biLstmBackward(mirrored(dy), backwards(x, steps), exchanged, shape);
      expect(turned.dx).toEqual(backwards(straight.dx, steps));
      expect(turned.dweights.forward).toEqual(straight.dweights.reverse);
      expect(turned.dweights.reverse).toEqual(straight.dweights.forward);
    },
  );

  it("gives the channels of the forward direction first", () => {
    const shape = { batch: 2, inputChannels: 2, hidden: 3, steps: 4 };
    const { x, weights } = setUp(shape);
    const y = biLstmForward(x, weights, shape);
    const forward = lstmForward(x, weights.forward, shape);
    expect(y.slice(0, 12)).toEqual(forward.slice(0, 12));
    expect(y.slice(24, 36)).toEqual(forward.slice(12));
  });
});
