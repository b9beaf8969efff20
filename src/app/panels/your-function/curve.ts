/** The function in question, and whether networks can be asked about it. */
import type { DifferentiableFunction } from "../../../calculus";
import { formatNumber } from "../../../charts/numbers";

export type Curve = DifferentiableFunction;

/** Where curves are drawn and examined: 401 points, both ends and 0 among them. */
export const finePoints: readonly number[] = Array.from({ length: 401 }, (_, i) => (i - 200) / 200);

/** Networks compute in float32, and know curves of the size of 1. */
const mostSize = 1e6;

/** Why no network can be asked about the curve at these points, "f is not finite at x = 0"; else nothing. */
export function faultOf({ f, derivative }: Curve, points: Iterable<number>): string | undefined {
  for (const x of points)
    for (const [name, value] of [
      ["f", f(x)],
      ["f′", derivative(x)],
    ] as const) {
      const at = `at x = ${formatNumber(x)}`;
      if (!Number.isFinite(value))
        return `${name} is not a finite real number ${at}: it must be on all of [−1, 1]`;
      if (Math.abs(value) > mostSize)
        return `${name} is ${formatNumber(value, 3)} ${at}: at most a million is expected on [−1, 1], networks compute in float32`;
    }
  return undefined;
}
