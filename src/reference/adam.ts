/**
 * Adam in float64, ε outside the bias correction (Kingma and Ba 2015, as MATLAB computes it), and AdamW
 * (Loshchilov and Hutter 2019).
 */
import type { AdamSpec } from "../engine/training/options";

interface AdamRates extends Pick<AdamSpec, "beta1" | "beta2" | "epsilon"> {
  /** α·√(1−β₂ᵗ)/(1−β₁ᵗ) */
  readonly stepSize: number;
}

/** m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← w − stepSize · m/(√v + ε), all in place. */
export function adamStep(
  weight: Float64Array,
  mean: Float64Array,
  square: Float64Array,
  gradient: Float64Array,
  rates: AdamRates,
): void {
  const { stepSize, beta1, beta2, epsilon } = rates;
  for (let i = 0; i < weight.length; i++) {
    mean[i] = beta1 * mean[i] + (1 - beta1) * gradient[i];
    square[i] = beta2 * square[i] + (1 - beta2) * gradient[i] ** 2;
    weight[i] -= (stepSize * mean[i]) / (Math.sqrt(square[i]) + epsilon);
  }
}

/** Adam's step from the decayed weights w − decay·w, all in place; `decay` is α·weightDecay, for biases 0. */
export function adamWStep(
  weight: Float64Array,
  mean: Float64Array,
  square: Float64Array,
  gradient: Float64Array,
  rates: AdamRates & { readonly decay: number },
): void {
  for (let i = 0; i < weight.length; i++) weight[i] -= rates.decay * weight[i];
  adamStep(weight, mean, square, gradient, rates);
}
