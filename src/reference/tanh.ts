/** Hyperbolic tangent in float64. Any shape. */

export function tanhForward(x: Float64Array): Float64Array {
  return x.map(Math.tanh);
}

/** dy → dx = dy · (1 − tanh²x), in the shape of x. */
export function tanhBackward(dy: Float64Array, x: Float64Array): Float64Array {
  return dy.map((value, i) => value * (1 - Math.tanh(x[i]) ** 2));
}
