/** Recurrent layers that run through both directions of time, in float64. */

interface Sizes {
  readonly batch: number;
  readonly hidden: number;
  readonly steps: number;
}

/** The same for either direction. */
export interface Directions<T> {
  readonly forward: T;
  readonly reverse: T;
}

/**
 * x (B, C, T) → (B, 2H, T): the channels of the recurrence that runs forward, then of the one that runs from the end.
 * @param run one of them, from the first step of its x on: (B, C, T) → (B, H, T)
 */
export function bothWays<W>(
  x: Float64Array,
  weights: Directions<W>,
  { batch, hidden, steps }: Sizes,
  run: (x: Float64Array, weights: W) => Float64Array,
): Float64Array {
  const forward = run(x, weights.forward);
  const reverse = reverseTime(run(reverseTime(x, steps), weights.reverse), steps);
  const half = hidden * steps;
  const y = new Float64Array(2 * batch * half);
  for (let b = 0; b < batch; b++) {
    y.set(forward.subarray(b * half, (b + 1) * half), 2 * b * half);
    y.set(reverse.subarray(b * half, (b + 1) * half), (2 * b + 1) * half);
  }
  return y;
}

/** dy (B, 2H, T) → gradients of x (B, C, T) and of the weights of both directions. */
export function bothWaysBackward<W>(
  dy: Float64Array,
  x: Float64Array,
  weights: Directions<W>,
  { batch, hidden, steps }: Sizes,
  run: (dy: Float64Array, x: Float64Array, weights: W) => { dx: Float64Array; dweights: W },
): { dx: Float64Array; dweights: Directions<W> } {
  const half = hidden * steps;
  const halfOf = (side: 0 | 1) => {
    const result = new Float64Array(batch * half);
    for (let b = 0; b < batch; b++) {
      const start = (2 * b + side) * half;
      result.set(dy.subarray(start, start + half), b * half);
    }
    return result;
  };
  const forward = run(halfOf(0), x, weights.forward);
  const reverse = run(reverseTime(halfOf(1), steps), reverseTime(x, steps), weights.reverse);
  const reverseDx = reverseTime(reverse.dx, steps);
  return {
    dx: forward.dx.map((value, i) => value + reverseDx[i]),
    dweights: { forward: forward.dweights, reverse: reverse.dweights },
  };
}

/** Every row of T numbers from its end to its beginning. */
function reverseTime(values: Float64Array, steps: number): Float64Array {
  return values.map((_, i) => values[i - 2 * (i % steps) + steps - 1]);
}
