/** RMSProp in float64 (Tieleman and Hinton 2012, as MATLAB computes it). */
import type { RmsPropSpec } from "../engine/training/options";

/** v ← decay·v + (1−decay)g², w ← w − learnRate · g/(√v + ε), both in place. */
export function rmspropStep(
  weight: Float64Array,
  square: Float64Array,
  gradient: Float64Array,
  rates: { readonly learnRate: number } & Pick<RmsPropSpec, "decay" | "epsilon">,
): void {
  const { learnRate, decay, epsilon } = rates;
  for (let i = 0; i < weight.length; i++) {
    square[i] = decay * square[i] + (1 - decay) * gradient[i] ** 2;
    weight[i] -= (learnRate * gradient[i]) / (Math.sqrt(square[i]) + epsilon);
  }
}
