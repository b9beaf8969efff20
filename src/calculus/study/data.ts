/** The curves of a condition. */
import { permutation, randomStream } from "../../engine/random";
import {
  type CurveOptions,
  type Curves,
  experimentCurves,
  generateCurves,
  replaceFunctions,
  splitCurves,
  takeCurves,
} from "../curves";
import { taughtFunctions } from "../families/taught";
import { calculusFunctions, type DifferentiableFunction } from "../functions";
import type { Condition } from "./condition";

export interface SplitCurves {
  readonly train: Curves;
  readonly test: Curves;
}

/** What is asked back from f′: f(x) − f(−1). It is differentiation with the two changed round. */
export const inverseOf = ({ f, derivative }: DifferentiableFunction): DifferentiableFunction => ({
  f: derivative,
  derivative: (x) => f(x) - f(-1),
});

/** Training and test set of a condition with these options: as in the experiment, but for what the condition changes. */
export function conditionCurves({ splitByGrid, inverse }: Condition, data: CurveOptions): SplitCurves {
  if (!splitByGrid && !inverse) return experimentCurves(data);
  const { train, test } = (splitByGrid ? splitGrids : splitCurves)(generateCurves(data), data.seed);
  const change = inverse && inverseOf;
  const ownOf = (curves: Curves) => (row: number) => calculusFunctions[curves.functionIndex[row]];
  const taughtOf = data.family === "six" ? ownOf(train) : taughtFunctions(data.family, data.seed);
  return {
    train: replaceFunctions(train, taughtOf, data, change),
    test: replaceFunctions(test, ownOf(test), data, change),
  };
}

/** A sixth of the repetitions at random for the test, with all their curves: none of their grids is trained on. */
function splitGrids(curves: Curves, seed: number): SplitCurves {
  const functions = calculusFunctions.length;
  const repetitions = curves.rows / functions;
  const order = permutation(repetitions, randomStream(seed, "split"));
  // Curves in random order, as `splitCurves` leaves them: batches take them in turn.
  const rowsOf = (some: Uint32Array): number[] => {
    const rows = Array.from(some, (repetition) =>
      calculusFunctions.map((_, index) => repetition * functions + index),
    ).flat();
    return Array.from(permutation(rows.length, randomStream(seed, "split", 1)), (i) => rows[i]);
  };
  const tests = Math.floor(repetitions / 6);
  return {
    train: takeCurves(curves, rowsOf(order.subarray(tests))),
    test: takeCurves(curves, rowsOf(order.subarray(0, tests))),
  };
}
