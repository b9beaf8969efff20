/** Local least squares: the classical opponent that sees no more of a curve than the CNN's receptive field. */
import { fitColumns } from "./linear-fit";
import { requireSamples } from "./samples";

export interface LeastSquaresOptions {
  /** Of the local polynomial. */
  readonly degree: number;
  /** Points that it is fitted to: 13 are the receptive field of Moler's CNN. */
  readonly window: number;
}

export const defaultLeastSquaresOptions: LeastSquaresOptions = { degree: 3, window: 13 };

/**
 * The derivative (T) of samples f (T) on a sorted grid x (T) of any spacing. At each point it is the slope of the
 * polynomial fitted to the samples around it: half of the window on either side, or at the ends the first or last
 * of the grid. The degree is lower where the points of a window determine no more (few points, repeated x), and the
 * slope 0 where all of them coincide.
 * Throws RangeError on unequal lengths, on a grid that is not sorted and on options that fit nothing.
 */
export function localLeastSquares(
  x: ArrayLike<number>,
  f: ArrayLike<number>,
  options: Partial<LeastSquaresOptions> = {},
): Float64Array<ArrayBuffer> {
  const { degree, window } = { ...defaultLeastSquaresOptions, ...options };
  requireSamples(x, f);
  if (!Number.isSafeInteger(degree) || degree < 1)
    throw new RangeError(`degree must be a positive whole number, got ${degree}`);
  if (!Number.isSafeInteger(window) || window < 1)
    throw new RangeError(`window must be a positive whole number, got ${window}`);

  const points = Math.min(window, x.length);
  const slopes = new Float64Array(x.length);
  for (let t = 0; t < x.length; t++) {
    const start = Math.min(Math.max(t - Math.floor((points - 1) / 2), 0), x.length - points);
    // The grid is sorted.
    const scale = Math.max(x[t] - x[start], x[start + points - 1] - x[t]);
    if (scale === 0) continue;
    // Centred and scaled to [−1, 1], so that the powers are of one size.
    const powers = Array.from({ length: degree + 1 }, () => new Float64Array(points).fill(1));
    const samples = new Float64Array(points);
    for (let i = 0; i < points; i++) {
      const u = (x[start + i] - x[t]) / scale;
      for (let k = 1; k <= degree; k++) powers[k][i] = powers[k - 1][i] * u;
      samples[i] = f[start + i];
    }
    slopes[t] = (fitColumns(powers, samples).coefficients[1] ?? 0) / scale;
  }
  return slopes;
}
