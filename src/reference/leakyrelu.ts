/** Leaky ReLU in float64: y = x for x ≥ 0, slope·x below; derivative 1 at 0. Any shape. */

export function leakyReLUForward(x: Float64Array, slope: number): Float64Array {
  return x.map((value) => (value >= 0 ? value : slope * value));
}

/** dy → dx, in the shape of x. */
export function leakyReLUBackward(dy: Float64Array, x: Float64Array, slope: number): Float64Array {
  return dy.map((value, i) => (x[i] >= 0 ? value : slope * value));
}
