/** How one tensor of a case came out. */
export interface TensorResult {
  readonly name: string;
  /** Largest |got − expected|; Infinity when a value is not finite, missing or too many. */
  readonly error: number;
  /** rtol · largest |expected|. */
  readonly allowed: number;
  readonly passed: boolean;
}

/** A tensor passes when max |got − expected| ≤ rtol · max |expected| and every element is finite. */
export function compareTensor(
  name: string,
  got: ArrayLike<number> | undefined,
  expected: ArrayLike<number>,
  rtol: number,
): TensorResult {
  let largest = 0;
  let error = got?.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    const difference = Math.abs((got?.[i] ?? Number.NaN) - expected[i]);
    error = Math.max(error, Number.isFinite(difference) ? difference : Number.POSITIVE_INFINITY);
  }
  const allowed = rtol * largest;
  return { name, error, allowed, passed: Number.isFinite(error) && error <= allowed };
}
