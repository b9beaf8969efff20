/** The classical opponents where the inverse is sought: f(x) − f(−1) of samples of f′ takes the place of the derivative. */
import { calculusFunctions } from "../functions";
import { matcherOf } from "../opponents/matcher";
import { classicalOpponents, type Opponent } from "../opponents/opponents";
import { requireSamples } from "../opponents/samples";
import { inverseOf } from "./data";

/**
 * The trapezoid rule from −1 on: the integral (T) of samples (T) on a sorted grid x (T). Before the first point the
 * samples are taken to be as there. Throws RangeError on unequal lengths and on a grid that is not sorted.
 */
export function integrate(x: ArrayLike<number>, slopes: ArrayLike<number>): Float64Array<ArrayBuffer> {
  requireSamples(x, slopes);
  const integral = new Float64Array(x.length);
  for (let t = 0; t < x.length; t++)
    integral[t] =
      t === 0
        ? (x[0] + 1) * slopes[0]
        : integral[t - 1] + ((x[t] - x[t - 1]) * (slopes[t - 1] + slopes[t])) / 2;
  return integral;
}

export const integralOpponents: readonly Opponent[] = [
  ...classicalOpponents().filter(({ name }) => name === "zero"),
  {
    name: "trapezoid rule",
    description: "adds up trapezoids from −1 on",
    derivative: integrate,
  },
  {
    name: "matcher",
    description: "finds the nearest of the twelve known derivatives, and answers with its integral",
    derivative: matcherOf(calculusFunctions.map(inverseOf)),
  },
];
