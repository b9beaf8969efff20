/**
 * The quintic smoothing spline: the g that makes Σ (f(xₜ) − g(xₜ))² + λ ∫ g‴² least (Schoenberg 1964, Reinsch 1967).
 *
 * It is computed as the estimate of a random process, which it equals (Wahba 1978): a parabola and a z whose third
 * derivative is white noise of intensity 1/λ, seen with noise of variance 1. That takes O(T), and is sound where
 * points nearly coincide, as the band matrices of the classical form are not.
 */
import { defaultCurveOptions } from "../curves";
import { fitColumns, type LinearFit } from "./linear-fit";
import { ProcessFilter } from "./process-filter";
import { requireSamples } from "./samples";

export interface SmoothingSplineOptions {
  /** The known standard deviation σ of the noise on the samples. */
  readonly noise: number;
}

export const defaultSmoothingSplineOptions: SmoothingSplineOptions = { noise: defaultCurveOptions.noise };

/**
 * The derivative (T) of samples f (T) on a sorted grid x (T) of any spacing. λ is the one under which the samples are
 * likeliest, given the noise and whatever the parabola (Wahba 1985, Kohn and Ansley 1987): residuals come out about
 * as large as the noise. It is exact on parabolas; two distinct points determine a line, and one the slope 0.
 * Throws RangeError on unequal lengths, on a grid that is not sorted and on noise that is no standard deviation.
 */
export function smoothingSpline(
  x: ArrayLike<number>,
  f: ArrayLike<number>,
  options: Partial<SmoothingSplineOptions> = {},
): Float64Array<ArrayBuffer> {
  const { noise } = { ...defaultSmoothingSplineOptions, ...options };
  requireSamples(x, f);
  if (!(noise >= 0 && noise < Number.POSITIVE_INFINITY))
    throw new RangeError(`noise must be zero or positive, got ${noise}`);

  const span = x[x.length - 1] - x[0];
  if (!(span > 0)) return new Float64Array(x.length);
  const u = Float64Array.from(x, (at) => (at - x[0]) / span);
  const looseness = leastOf((exponent) => unlikelihood(fitSpline(u, f, 10 ** exponent), noise));
  return slopesOf(fitSpline(u, f, 10 ** looseness), u, f).map((slope) => slope / span);
}

/** A spline of one λ. */
interface SplineFit {
  readonly filter: ProcessFilter;
  /** Of whitened samples to whitened 1, u, u²/2: generalised least squares under the covariance of z and noise. */
  readonly parabola: LinearFit;
}

/** @param u sorted points from 0 to 1 @param looseness 1/λ */
function fitSpline(u: Float64Array<ArrayBuffer>, f: ArrayLike<number>, looseness: number): SplineFit {
  const filter = new ProcessFilter(u, looseness);
  const columns = [u.map(() => 1), u, u.map((at) => at ** 2 / 2)];
  const parabola = fitColumns(
    columns.map((column) => filter.whiten(column)),
    filter.whiten(f),
  );
  return { filter, parabola };
}

/** −2σ² log of the likelihood of the samples, apart from a constant. Times σ², so that noise may be 0. */
const unlikelihood = ({ filter, parabola: { squares, lengths } }: SplineFit, noise: number): number =>
  squares +
  noise ** 2 * (filter.logDeterminant + 2 * lengths.reduce((sum, length) => sum + Math.log(length), 0));

function slopesOf({ filter, parabola }: SplineFit, u: Float64Array, f: ArrayLike<number>) {
  const [c0 = 0, c1 = 0, c2 = 0] = parabola.coefficients;
  const rest = u.map((at, t) => f[t] - (c0 + c1 * at + (c2 * at ** 2) / 2));
  return filter.slopes(rest).map((slope, t) => slope + c1 + c2 * u[t]);
}

/** log₁₀ 1/λ on a grid of length 1: from hardly more than a parabola to interpolation, as far as float64 tells. */
const stiffest = -6;
const loosest = 20;
const stride = 2;
const precision = 0.01;

/** Where the value is least: the best of a few, then golden section about it (Kiefer 1953). */
function leastOf(value: (exponent: number) => number): number {
  const exponents = Array.from(
    { length: (loosest - stiffest) / stride + 1 },
    (_, i) => stiffest + i * stride,
  );
  const values = exponents.map(value);
  const best = exponents[values.indexOf(Math.min(...values))];
  let [low, high] = [best - stride, best + stride];
  const golden = (Math.sqrt(5) - 1) / 2;
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)];
  let [atLeft, atRight] = [value(left), value(right)];
  while (high - low > precision) {
    if (atLeft <= atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - golden * (high - low);
      atLeft = value(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + golden * (high - low);
      atRight = value(right);
    }
  }
  return (low + high) / 2;
}
