/** Rectifier in float64: y = x for x > 0, otherwise 0; derivative 0 at 0. Any shape. */

export function reluForward(x: Float64Array): Float64Array {
  return x.map((value) => (value > 0 ? value : 0));
}

/** dy → dx, in the shape of x. */
export function reluBackward(dy: Float64Array, x: Float64Array): Float64Array {
  return dy.map((value, i) => (x[i] > 0 ? value : 0));
}
