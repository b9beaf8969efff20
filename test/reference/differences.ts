import { expect } from "vitest";
import { randomStream } from "../../src/engine/random";

/** n standard normal numbers, other ones for every seed. */
export function normals(n: number, seed: number): Float64Array {
  const random = randomStream(seed, "noise");
  return Float64Array.from({ length: n }, () => random.normal());
}

export function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

/**
 * Compares `gradient` with central differences of `loss` over every element of `values`, which it moves and
 * puts back. The error allowed is relative to the largest gradient, or to `scale` where that is given.
 */
export function expectGradient(
  name: string,
  gradient: Float64Array,
  values: Float64Array,
  loss: () => number,
  scale = largest(gradient),
): void {
  expect(gradient.length, name).toBe(values.length);
  const step = 1e-6 * Math.max(1, largest(values));
  const error = values.map((value, i) => {
    values[i] = value + step;
    const above = loss();
    values[i] = value - step;
    const below = loss();
    values[i] = value;
    return (above - below) / (2 * step) - gradient[i];
  });
  expect(largest(error), `${name}, largest error`).toBeLessThanOrEqual(2e-6 * scale);
}

export function largest(values: Iterable<number>): number {
  let result = 0;
  for (const value of values) result = Number.isNaN(value) ? Number.NaN : Math.max(result, Math.abs(value));
  return result;
}
