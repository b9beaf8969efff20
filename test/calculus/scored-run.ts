import type { NetworkName } from "../../src/calculus/options";
import type { ScoredRun } from "../../src/calculus/scores";

/** A run whose RMSE is that of its functions, all alike but for those that are given. */
export function scoredRun(
  network: NetworkName,
  seed: number,
  rmse: number,
  functions: object = {},
): ScoredRun {
  const rmsePerFunction = { x: rmse, "x^2": rmse, "x^3": rmse, ...functions };
  const evaluation = { rmse, rmsePerFunction, rmseNoisy: rmse, rmseZero: 1.65, noiseFloor: 0.001 };
  const zero = { ...evaluation, rmse: 1.65, rmsePerFunction: { x: 1, "x^2": 1.15, "x^3": 1.34 } };
  return { network, seed, evaluation, zero, testCurves: 500, seconds: network === "cnn" ? 10 : 60 };
}
