/** The curves that the rules ask about on one grid. */
import { calculusFunctions } from "../functions";
import { productOf } from "./compounds";
import type { Question, Subjects, TrialKind } from "./rule";

/** @param grid sorted points (T) in [−1, 1] */
export function subjectsOn(grid: Float64Array<ArrayBuffer>): Subjects {
  const six = calculusFunctions.map((curve) => ({ grid, curve }));
  const [x, x2, x3, x4, sine, cosine] = six;
  const products = (kind: TrialKind, pairs: readonly (readonly [Question, Question])[]) =>
    pairs.map(([f, g]) => ({ kind, f, g, product: { grid, curve: productOf(f.curve, g.curve) } }));
  return {
    six,
    products: [
      // x², x³, x⁴ and x⁴ again.
      ...products("taught", [
        [x, x],
        [x, x2],
        [x, x3],
        [x2, x2],
      ]),
      ...products("unseen", [
        [x, x4],
        [x2, x3],
        ...[x, x2, x3, x4].flatMap((power) => [[power, sine] as const, [power, cosine] as const]),
        [sine, cosine],
      ]),
    ],
  };
}
