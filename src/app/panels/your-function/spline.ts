/** A drawn curve: the natural cubic spline through control points at fixed, equally spaced x. */
import type { Curve } from "./curve";

/** Where the control points stand. */
export const knots: readonly number[] = Array.from({ length: 13 }, (_, i) => (i - 6) / 6);
/** How high and low they can be drawn. */
export const drawnRange = [-1.5, 1.5] as const;

/** The curve through (knots, values), of continuous second derivative. Its derivative is exact. */
export function drawnCurve(values: readonly number[]): Curve {
  const step = knots[1] - knots[0];
  const bends = secondDerivatives(values, step);
  /** Within which two knots x lies, and how far, 0 … 1. */
  const locate = (x: number): readonly [left: number, along: number] => {
    const place = (x - knots[0]) / step;
    const left = Math.min(Math.max(Math.floor(place), 0), knots.length - 2);
    return [left, place - left];
  };
  return {
    f: (x) => {
      const [i, b] = locate(x);
      const a = 1 - b;
      const bend = (a ** 3 - a) * bends[i] + (b ** 3 - b) * bends[i + 1];
      return a * values[i] + b * values[i + 1] + (step ** 2 / 6) * bend;
    },
    derivative: (x) => {
      const [i, b] = locate(x);
      const a = 1 - b;
      const bend = (3 * b ** 2 - 1) * bends[i + 1] - (3 * a ** 2 - 1) * bends[i];
      return (values[i + 1] - values[i]) / step + (step / 6) * bend;
    },
  };
}

/** At the knots, zero at both ends: m[i−1] + 4 m[i] + m[i+1] = 6 (v[i−1] − 2 v[i] + v[i+1]) / step². */
function secondDerivatives(values: readonly number[], step: number): Float64Array {
  const last = values.length - 1;
  const bends = new Float64Array(values.length);
  const above = new Float64Array(values.length);
  for (let i = 1; i < last; i++) {
    const right = (6 * (values[i - 1] - 2 * values[i] + values[i + 1])) / step ** 2;
    const pivot = 4 - above[i - 1];
    above[i] = 1 / pivot;
    bends[i] = (right - bends[i - 1]) / pivot;
  }
  for (let i = last - 1; i > 0; i--) bends[i] -= above[i] * bends[i + 1];
  return bends;
}
