/** Pools in float64: (B, C, T) → (B, C, T′) by windows of `size` steps, `stride` apart, T′ = ⌊(T − size) / stride⌋ + 1. */

export interface PoolShape {
  /** Samples times channels: each has T steps, which are pooled by themselves. */
  readonly rows: number;
  readonly steps: number;
  readonly size: number;
  readonly stride: number;
}

/** The largest of every window. A NaN is larger than every number. */
export function maxPoolForward(x: Float64Array, shape: PoolShape): Float64Array {
  return Float64Array.from(windowsOf(shape), (places) => x[largestOf(x, places)]);
}

/** dy (B, C, T′) → dx (B, C, T): each goes to the first of the largest. */
export function maxPoolBackward(dy: Float64Array, x: Float64Array, shape: PoolShape): Float64Array {
  const dx = new Float64Array(x.length);
  windowsOf(shape).forEach((places, i) => {
    dx[largestOf(x, places)] += dy[i];
  });
  return dx;
}

/** The mean of every window. */
export function averagePoolForward(x: Float64Array, shape: PoolShape): Float64Array {
  return Float64Array.from(
    windowsOf(shape),
    (places) => places.reduce((sum, at) => sum + x[at], 0) / shape.size,
  );
}

/** dy (B, C, T′) → dx (B, C, T) */
export function averagePoolBackward(dy: Float64Array, shape: PoolShape): Float64Array {
  const dx = new Float64Array(shape.rows * shape.steps);
  windowsOf(shape).forEach((places, i) => {
    for (const at of places) dx[at] += dy[i] / shape.size;
  });
  return dx;
}

/** x (B, C, T) → the last step (B, C, 1). */
export function lastStepForward(x: Float64Array, steps: number): Float64Array {
  return x.filter((_, i) => i % steps === steps - 1);
}

/** dy (B, C, 1) → dx (B, C, T) */
export function lastStepBackward(dy: Float64Array, steps: number): Float64Array {
  const dx = new Float64Array(dy.length * steps);
  dy.forEach((value, row) => {
    dx[(row + 1) * steps - 1] = value;
  });
  return dx;
}

/** The places of the values of every window, in the order of y. */
function windowsOf({ rows, steps, size, stride }: PoolShape): number[][] {
  const count = Math.floor((steps - size) / stride) + 1;
  return Array.from({ length: rows * count }, (_, i) => {
    const start = Math.floor(i / count) * steps + (i % count) * stride;
    return Array.from({ length: size }, (_, k) => start + k);
  });
}

function largestOf(x: Float64Array, places: readonly number[]): number {
  return places.reduce((best, at) =>
    x[at] > x[best] || (Number.isNaN(x[at]) && !Number.isNaN(x[best])) ? at : best,
  );
}
