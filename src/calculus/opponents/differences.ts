/** Divided differences: derivatives from two or three neighbouring samples, which take the noise for the curve. */
import { requireSamples } from "./samples";

/**
 * Of second order on any spacing: at each point the slope of the parabola through it and its neighbours, at the ends
 * that of the first and last three (Lagrange; Fornberg 1988 for weights of any order). The derivative (T) of samples
 * f (T) on a sorted grid x (T). Samples at one x count as one, their mean; of two points it is the slope between
 * them, of one 0.
 * Throws RangeError on unequal lengths and on a grid that is not sorted.
 */
export const secondOrderDifferences = (
  x: ArrayLike<number>,
  f: ArrayLike<number>,
): Float64Array<ArrayBuffer> =>
  overDistinct(x, f, (at, values, i) => {
    const last = at.length - 1;
    if (last < 2) return quotient(at, values, 0, last);
    const middle = Math.min(Math.max(i, 1), last - 1);
    const left = quotient(at, values, middle - 1, middle);
    const right = quotient(at, values, middle, middle + 1);
    // Newton's form: the first quotient, and the second times the distances from the points that it is of.
    const bend = (right - left) / (at[middle + 1] - at[middle - 1]);
    return left + bend * (2 * at[i] - at[middle - 1] - at[middle]);
  });

/**
 * The naive central difference (f₊ − f₋) / (x₊ − x₋), as if the points were equally spaced. The ends answer as their
 * neighbours do. Otherwise as `secondOrderDifferences`.
 */
export const naiveDifferences = (x: ArrayLike<number>, f: ArrayLike<number>): Float64Array<ArrayBuffer> =>
  overDistinct(x, f, (at, values, i) => {
    const last = at.length - 1;
    const middle = Math.max(Math.min(i, last - 1), 1);
    return quotient(at, values, middle - 1, Math.min(middle + 1, last));
  });

/** The slope at each place, from the distinct points and the means of their samples. */
function overDistinct(
  x: ArrayLike<number>,
  f: ArrayLike<number>,
  slopeAt: (at: readonly number[], values: readonly number[], i: number) => number,
): Float64Array<ArrayBuffer> {
  requireSamples(x, f);
  const at: number[] = [];
  const sums: number[] = [];
  const counts: number[] = [];
  const places = Array.from(x, (point, t) => {
    if (at.length === 0 || point > at[at.length - 1]) {
      at.push(point);
      sums.push(0);
      counts.push(0);
    }
    const i = at.length - 1;
    sums[i] += f[t];
    counts[i]++;
    return i;
  });
  const values = sums.map((sum, i) => sum / counts[i]);
  if (at.length < 2) return new Float64Array(x.length);
  const slopes = at.map((_, i) => slopeAt(at, values, i));
  return Float64Array.from(places, (i) => slopes[i]);
}

const quotient = (at: readonly number[], values: readonly number[], from: number, to: number): number =>
  (values[to] - values[from]) / (at[to] - at[from]);
