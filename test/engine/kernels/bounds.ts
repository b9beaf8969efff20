import { expect } from "vitest";
import { compareWithin, type Expectation, withinRelative } from "../../../src/check/bounds";

export { sumError, unit } from "../../../src/check/bounds";

/** Compares element by element; `allowed` gives the largest error of element i. Fails on a value that is not finite. */
export function expectWithin(
  name: string,
  got: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  allowed: (i: number) => number,
): void {
  expectAgreement(got, { tensor: name, expected, allowed });
}

/** Compares with an error relative to the largest expected value, or to `scale` where that is given. */
export function expectRelative(
  name: string,
  got: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  tolerance: number,
  scale?: number,
): void {
  expectAgreement(got, withinRelative(name, expected, tolerance, scale));
}

/** Every tensor that is expected, and no other. */
export function expectAll(
  got: ReadonlyMap<string, ArrayLike<number>>,
  expectations: readonly Expectation[],
): void {
  expect([...got.keys()].sort()).toEqual(expectations.map(({ tensor }) => tensor).sort());
  for (const expectation of expectations) expectAgreement(got.get(expectation.tensor), expectation);
}

function expectAgreement(got: ArrayLike<number> | undefined, expectation: Expectation): void {
  const { tensor, expected } = expectation;
  expect(got?.length, `${tensor}, length`).toBe(expected.length);
  const { at, error, allowed, passed } = compareWithin(got, expectation);
  expect(
    passed,
    `${tensor}[${at}] is ${got?.[at]}, expected ${expected[at]} ± ${allowed}: the error is ${error}`,
  ).toBe(true);
}
