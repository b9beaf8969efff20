import { expect } from "vitest";

/** Half the distance from 1 to the next float32: the largest relative error of one rounding. */
export const unit = 2 ** -24;

/** Below the smallest normal float32 an adapter may flush to zero. */
const smallest = 2 ** -126;

/** Largest relative error of a sum of n terms in float32, in any order: rounding errors mostly cancel, hence √n. */
export const sumError = (terms: number): number => 8 * Math.sqrt(terms) * unit;

/** Compares element by element; `allowed` gives the largest error of element i. Fails on a value that is not finite. */
export function expectWithin(
  name: string,
  got: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  allowed: (i: number) => number,
): void {
  expect(got?.length, `${name}, length`).toBe(expected.length);
  if (got === undefined) return;
  let worst = { ratio: 0, at: 0 };
  for (let i = 0; i < expected.length; i++) {
    const ratio = Math.abs(got[i] - expected[i]) / (allowed(i) + smallest);
    if (!(ratio <= worst.ratio)) worst = { ratio, at: i };
    if (Number.isNaN(ratio)) break;
  }
  const { ratio, at } = worst;
  expect(
    ratio,
    `${name}[${at}] is ${got[at]}, expected ${expected[at]} ± ${allowed(at)}: error over allowed error`,
  ).toBeLessThanOrEqual(1);
}

/** The bound for sums: 8·√n·2⁻²⁴·Σ|aᵢbᵢ|, the last computed by the reference from absolute values. */
export function expectSums(
  name: string,
  got: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  sums: { readonly terms: number; readonly magnitudes: ArrayLike<number> },
): void {
  const relative = sumError(sums.terms);
  expectWithin(name, got, expected, (i) => relative * sums.magnitudes[i]);
}

/** Compares with an error relative to the largest expected value, or to `scale` where that is given. */
export function expectRelative(
  name: string,
  got: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  tolerance: number,
  scale = Array.from(expected).reduce((most, value) => Math.max(most, Math.abs(value)), 0),
): void {
  expectWithin(name, got, expected, () => tolerance * scale);
}
