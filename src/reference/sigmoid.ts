/** Logistic sigmoid in float64. Any shape. */

const logistic = (value: number): number => 1 / (1 + Math.exp(-value));

export function sigmoidForward(x: Float64Array): Float64Array {
  return x.map(logistic);
}

/** dy → dx = dy · y · (1 − y), in the shape of x. */
export function sigmoidBackward(dy: Float64Array, x: Float64Array): Float64Array {
  return dy.map((value, i) => value * logistic(x[i]) * logistic(-x[i]));
}
