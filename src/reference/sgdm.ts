/** Stochastic gradient descent with momentum and coupled L2 in float64. */

/** Coupled L2: gradient + l2·weight, before clipping. */
export function addL2(gradient: Float64Array, weight: Float64Array, l2: number): Float64Array {
  return gradient.map((value, i) => value + l2 * weight[i]);
}

/** v ← momentum·v − learnRate·gradient, w ← w + v, both in place. */
export function sgdmStep(
  weight: Float64Array,
  velocity: Float64Array,
  gradient: Float64Array,
  rates: { readonly learnRate: number; readonly momentum: number },
): void {
  for (let i = 0; i < weight.length; i++) {
    velocity[i] = rates.momentum * velocity[i] - rates.learnRate * gradient[i];
    weight[i] += velocity[i];
  }
}
