/** How far float32 may be from the float64 reference, and whether it is. */

/** Half the distance from 1 to the next float32: the largest relative error of one rounding. */
export const unit = 2 ** -24;

/** Below the smallest normal float32 an adapter may flush to zero. */
const smallest = 2 ** -126;

/** Largest relative error of a sum of n terms in float32, in any order: rounding errors mostly cancel, hence √n. */
export const sumError = (terms: number): number => 8 * Math.sqrt(terms) * unit;

/**
 * Of a convolution by the algorithm of Toom and Cook, relative to the largest value: what cancels between its points is as
 * large as that, not as the element. The conformance vectors allow as much for y and dx.
 */
export const toomCookTolerance = 1e-5;

/** What the reference expects of a tensor. */
export interface Expectation {
  readonly tensor: string;
  readonly expected: ArrayLike<number>;
  /** The largest error of element i. */
  readonly allowed: (i: number) => number;
}

/** How the element of a tensor came out that is furthest from what is expected, as a share of what is allowed. */
export interface Agreement {
  readonly tensor: string;
  readonly at: number;
  /** |got − expected|; Infinity where got is not finite, or its length is another. */
  readonly error: number;
  readonly allowed: number;
  readonly passed: boolean;
}

/** Compares element by element. A value that is not finite never passes. */
export function compareWithin(got: ArrayLike<number> | undefined, expectation: Expectation): Agreement {
  const { tensor, expected, allowed } = expectation;
  if (got?.length !== expected.length)
    return { tensor, at: 0, error: Number.POSITIVE_INFINITY, allowed: 0, passed: false };
  let worst = { at: 0, error: 0, ratio: 0 };
  for (let at = 0; at < expected.length; at++) {
    const difference = Math.abs(got[at] - expected[at]);
    const error = Number.isFinite(difference) ? difference : Number.POSITIVE_INFINITY;
    const ratio = error / (allowed(at) + smallest);
    if (!(ratio <= worst.ratio)) worst = { at, error, ratio };
    if (!Number.isFinite(ratio)) break;
  }
  const { at, error, ratio } = worst;
  return { tensor, at, error, allowed: expected.length > 0 ? allowed(at) : 0, passed: ratio <= 1 };
}

/** The bound for sums: 8·√n·2⁻²⁴·Σ|aᵢbᵢ|, the last computed by the reference from absolute values. */
export function withinSums(
  tensor: string,
  expected: ArrayLike<number>,
  terms: number,
  magnitudes: ArrayLike<number>,
): Expectation {
  const relative = sumError(terms);
  return { tensor, expected, allowed: (i) => relative * magnitudes[i] };
}

/** An error relative to the largest expected value, or to `scale` where that is given. */
export function withinRelative(
  tensor: string,
  expected: ArrayLike<number>,
  tolerance: number,
  scale = largest(expected),
): Expectation {
  return { tensor, expected, allowed: () => tolerance * scale };
}

/** max |value|; 0 of none. */
export const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
