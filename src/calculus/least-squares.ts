/** Local least squares: the classical opponent that sees no more of a curve than the CNN's receptive field. */

export interface LeastSquaresOptions {
  /** Of the local polynomial. */
  readonly degree: number;
  /** Points that it is fitted to: 13 are the receptive field of Moler's CNN. */
  readonly window: number;
}

export const defaultLeastSquaresOptions: LeastSquaresOptions = { degree: 3, window: 13 };

/** What is left of a power after the lower ones, relative to itself, below which the points do not determine it. */
const dependent = 1e-10;

/**
 * The derivative (T) of samples f (T) on a sorted grid x (T) of any spacing. At each point it is the slope of the
 * polynomial fitted to the samples around it: half of the window on either side, or at the ends the first or last
 * of the grid. The degree is lower where the points of a window determine no more (few points, repeated x), and the
 * slope 0 where all of them coincide.
 * Throws RangeError on unequal lengths and on options that fit nothing.
 */
export function localLeastSquares(
  x: ArrayLike<number>,
  f: ArrayLike<number>,
  options: Partial<LeastSquaresOptions> = {},
): Float64Array<ArrayBuffer> {
  const { degree, window } = { ...defaultLeastSquaresOptions, ...options };
  if (x.length !== f.length) throw new RangeError(`${x.length} samples expected, got ${f.length}`);
  if (!Number.isSafeInteger(degree) || degree < 1)
    throw new RangeError(`degree must be a positive whole number, got ${degree}`);
  if (!Number.isSafeInteger(window) || window < 1)
    throw new RangeError(`window must be a positive whole number, got ${window}`);

  const points = Math.min(window, x.length);
  const slopes = new Float64Array(x.length);
  for (let t = 0; t < x.length; t++) {
    const start = Math.min(Math.max(t - Math.floor((points - 1) / 2), 0), x.length - points);
    const near = Array.from({ length: points }, (_, i) => x[start + i] - x[t]);
    const scale = near.reduce((largest, distance) => Math.max(largest, Math.abs(distance)), 0);
    if (scale === 0) continue;
    // Centred and scaled to [−1, 1], so that the powers are of one size.
    const u = near.map((distance) => distance / scale);
    slopes[t] =
      slopeAtZero(
        u,
        near.map((_, i) => f[start + i]),
        degree,
      ) / scale;
  }
  return slopes;
}

/** The linear coefficient of the polynomial fitted to (u, f). QR by modified Gram–Schmidt, with f as its last column. */
function slopeAtZero(u: readonly number[], f: readonly number[], degree: number): number {
  const basis: number[][] = [];
  /** Row k of R: products of basis vector k with the powers k … and with f. */
  const products: number[][] = [];
  const fitted: number[] = [];
  const rest = [...f];
  let power = u.map(() => 1);
  for (let k = 0; k <= degree; k++) {
    const vector = [...power];
    const size = Math.sqrt(dot(vector, vector));
    const column = basis.map((direction) => takeOut(direction, vector));
    const length = Math.sqrt(dot(vector, vector));
    if (length <= dependent * size) break;
    products.push([...column, length]);
    const direction = vector.map((value) => value / length);
    basis.push(direction);
    fitted.push(takeOut(direction, rest));
    power = power.map((value, i) => value * u[i]);
  }
  // Back substitution from the highest power down to the linear one.
  const coefficients: number[] = [];
  for (let k = basis.length - 1; k >= 1; k--) {
    let value = fitted[k];
    for (let j = k + 1; j < basis.length; j++) value -= products[j][k] * coefficients[j];
    coefficients[k] = value / products[k][k];
  }
  return coefficients[1] ?? 0;
}

/** Takes the part along a unit vector out of `vector` and returns its length. */
function takeOut(direction: readonly number[], vector: number[]): number {
  const length = dot(direction, vector);
  for (let i = 0; i < vector.length; i++) vector[i] -= length * direction[i];
  return length;
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
