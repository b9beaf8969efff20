/** One step of any solver in float64. */
import type { AdamSpec, RmsPropSpec, SolverSpec } from "../engine/training/options";
import { adamStepSize } from "../engine/training/schedule";

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

/** RMSProp (Tieleman and Hinton 2012, as MATLAB computes it): v ← decay·v + (1−decay)g², w ← w − learnRate · g/(√v + ε), both in place. */
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

interface AdamRates extends Pick<AdamSpec, "beta1" | "beta2" | "epsilon"> {
  /** α·√(1−β₂ᵗ)/(1−β₁ᵗ) */
  readonly stepSize: number;
}

/**
 * Adam with ε outside the bias correction (Kingma and Ba 2015, as MATLAB computes it):
 * m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g², w ← w − stepSize · m/(√v + ε), all in place.
 */
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

/** AdamW (Loshchilov and Hutter 2019): Adam's step from the decayed weights w − decay·w, all in place; `decay` is α·weightDecay, for biases 0. */
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

/** A learnable and what a solver remembers of it: sgdm and RMSProp one moment, Adam two. All of one length. */
export interface SolverState {
  readonly weight: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Moves a learnable by its clipped gradient, in place; `iteration` counts from 1, `l2Factor` is 0 for biases. */
export function solverStep(
  solver: SolverSpec,
  { weight, first, second }: SolverState,
  gradient: Float64Array,
  rates: { readonly learnRate: number; readonly iteration: number; readonly l2Factor: number },
): void {
  const { learnRate, iteration, l2Factor } = rates;
  switch (solver.kind) {
    case "sgdm":
      sgdmStep(weight, first, gradient, { learnRate, momentum: solver.momentum });
      break;
    case "adam": {
      const stepSize = adamStepSize(learnRate, solver, iteration);
      adamStep(weight, first, second, gradient, { ...solver, stepSize });
      break;
    }
    case "adamw": {
      const stepSize = adamStepSize(learnRate, solver, iteration);
      const decay = learnRate * solver.weightDecay * l2Factor;
      adamWStep(weight, first, second, gradient, { ...solver, stepSize, decay });
      break;
    }
    case "rmsprop":
      rmspropStep(weight, first, gradient, { ...solver, learnRate });
      break;
    default:
      throw new RangeError(`unknown solver ${JSON.stringify(solver satisfies never)}`);
  }
}
