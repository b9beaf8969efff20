import { describe, expect, it } from "vitest";
import {
  type BiGruWeights,
  biGruBackward,
  biGruForward,
  type GruShape,
  type GruWeights,
  gruBackward,
  gruForward,
} from "../../src/reference/gru";
import { dot, expectGradient, largest, normals } from "./differences";

const names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] as const;

function randomWeights({ inputChannels, hidden }: GruShape, seed: number, size = 1): GruWeights {
  const values = (count: number, part: number) =>
    normals(count, 4 * seed + part).map((value) => size * value);
  return {
    weight_ih: values(3 * hidden * inputChannels, 0),
    weight_hh: values(3 * hidden * hidden, 1),
    bias_ih: values(3 * hidden, 2),
    bias_hh: values(3 * hidden, 3),
  };
}

const shapes: readonly GruShape[] = [
  { batch: 2, inputChannels: 3, hidden: 4, steps: 5 },
  { batch: 3, inputChannels: 2, hidden: 3, steps: 1 },
  { batch: 1, inputChannels: 1, hidden: 1, steps: 2 },
];

describe("gru", () => {
  it.each([...shapes.map((shape) => ({ ...shape, size: 1 })), { ...shapes[0], size: 8 }])(
    "gradients agree with differences: B $batch, C $inputChannels, H $hidden, T $steps, weights of $size",
    ({ size, ...shape }) => {
      const x = normals(shape.batch * shape.inputChannels * shape.steps, 100);
      const dy = normals(shape.batch * shape.hidden * shape.steps, 101);
      const weights = randomWeights(shape, 0, size);
      const loss = () => dot(dy, gruForward(x, weights, shape));
      const { dx, dweights } = gruBackward(dy, x, weights, shape);
      expectGradient("x", dx, x, loss);
      for (const name of names) {
        // From zero state, one step never reads the recurrent weights.
        if (name === "weight_hh" && shape.steps === 1) expect(largest(dweights[name])).toBe(0);
        else expectGradient(name, dweights[name], weights[name], loss);
      }
    },
  );

  it("stacks the gates r, z, n, resets behind the recurrent product and starts from zero", () => {
    const shape = { batch: 1, inputChannels: 1, hidden: 1, steps: 2 };
    const weights = {
      weight_ih: Float64Array.of(0, 0, 1),
      weight_hh: Float64Array.of(0, 0, 2),
      bias_ih: Float64Array.of(Math.log(3) - 1, -Math.log(3) + 1, 0.5),
      bias_hh: Float64Array.of(1, -1, -0.25),
    };
    // r = 0.75, z = 0.25.
    const first = 0.75 * Math.tanh(1 + 0.5 + 0.75 * -0.25);
    const second = 0.75 * Math.tanh(3 + 0.5 + 0.75 * (2 * first - 0.25)) + 0.25 * first;
    const y = gruForward(Float64Array.of(1, 3), weights, shape);
    expect(y[0]).toBeCloseTo(first, 15);
    expect(y[1]).toBeCloseTo(second, 15);
  });

  it("keeps its state, or takes a new one, where every gate is beyond float64", () => {
    const shape = { batch: 1, inputChannels: 1, hidden: 1, steps: 3 };
    const weights = (z: number) => ({
      weight_ih: Float64Array.of(0, 0, 1000),
      weight_hh: new Float64Array(3),
      bias_ih: Float64Array.of(1000, z, 0),
      bias_hh: new Float64Array(3),
    });
    const x = Float64Array.of(1, -1, 1);
    expect(Array.from(gruForward(x, weights(1000), shape))).toEqual([0, 0, 0]);
    expect(Array.from(gruForward(x, weights(-1000), shape))).toEqual([1, -1, 1]);
    const { dx, dweights } = gruBackward(x, x, weights(-1000), shape);
    for (const gradient of [dx, ...Object.values(dweights)]) expect(largest(gradient)).toBe(0);
  });
});

describe("bigru", () => {
  it.each(shapes)(
    "gradients agree with differences: B $batch, C $inputChannels, H $hidden, T $steps",
    (shape) => {
      const x = normals(shape.batch * shape.inputChannels * shape.steps, 100);
      const dy = normals(2 * shape.batch * shape.hidden * shape.steps, 101);
      const weights: BiGruWeights = { forward: randomWeights(shape, 0), reverse: randomWeights(shape, 1) };
      const loss = () => dot(dy, biGruForward(x, weights, shape));
      const { dx, dweights } = biGruBackward(dy, x, weights, shape);
      expectGradient("x", dx, x, loss);
      for (const direction of ["forward", "reverse"] as const)
        for (const name of names) {
          const gradient = dweights[direction][name];
          if (name === "weight_hh" && shape.steps === 1) expect(largest(gradient)).toBe(0);
          else expectGradient(`${direction}.${name}`, gradient, weights[direction][name], loss);
        }
    },
  );
});
