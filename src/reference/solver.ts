/** One step of any solver in float64. */
import type { SolverSpec } from "../engine/training/options";
import { adamStepSize } from "../engine/training/schedule";
import { adamStep, adamWStep } from "./adam";
import { rmspropStep } from "./rmsprop";
import { sgdmStep } from "./sgdm";

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
