/** The matcher: the criticism that a learner only recognises what it was shown, as a program. */
import { calculusFunctions, type DifferentiableFunction } from "../functions";
import { requireSamples } from "./samples";

/**
 * A matcher of these functions f with either sign. It answers the derivative (T), at the points x (T), of that one of
 * them which is nearest to the samples (T): the sum of squared differences over the points is the least.
 * Throws RangeError on unequal lengths and on a grid that is not sorted.
 */
export function matcherOf(functions: readonly DifferentiableFunction[]) {
  const known = functions.flatMap(({ f, derivative }) => [1, -1].map((sign) => ({ f, derivative, sign })));
  return (x: ArrayLike<number>, f: ArrayLike<number>): Float64Array<ArrayBuffer> => {
    requireSamples(x, f);
    let [nearest, least] = [known[0], Number.POSITIVE_INFINITY];
    for (const candidate of known) {
      let distance = 0;
      for (let t = 0; t < x.length; t++) distance += (f[t] - candidate.sign * candidate.f(x[t])) ** 2;
      if (distance < least) [nearest, least] = [candidate, distance];
    }
    const { sign, derivative } = nearest;
    return Float64Array.from(x, (at) => sign * derivative(at));
  };
}

/** Of the twelve curves taught, ±x … ±cos πx. */
export const matchKnown = matcherOf(calculusFunctions);
