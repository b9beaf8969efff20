/**
 * Stencils: what a derivative at one point takes of every sample, and the moments that make weights a derivative. Any grid will
 * do for the moments; antisymmetry means w₍ₜ₊ₖ₎ = −w₍ₜ₋ₖ₎ and is a property of derivatives on equispaced grids alone.
 */
import type { Opponent } from "../opponents/opponents";

export interface Stencil {
  /** x_s − x_t of every sample (T). */
  readonly offsets: Float64Array<ArrayBuffer>;
  /** w_s = ∂N_t/∂f_s (T). */
  readonly weights: Float64Array<ArrayBuffer>;
  /** Σ w_s: 0 where constants do not matter. */
  readonly sum: number;
  /** Σ w_s (x_s − x_t): 1 where the slope of a line is found. */
  readonly firstMoment: number;
  /** Σ w_s (x_s − x_t)² / 2: 0 where a parabola about x_t has no slope there. */
  readonly secondMoment: number;
  /**
   * Share of the odd part in Σ w²: 1 of an antisymmetric stencil, 0 of a symmetric one, ½ of one that lies on one side. A weight
   * whose mirror lies beyond the grid has 0 as its mirror. 0 where all weights are.
   */
  readonly oddShare: number;
  /** The fewest points that together hold 99 % of Σ |w_s|. */
  readonly support: number;
}

const supportShare = 0.99;

/**
 * @param jacobianRow ∂N_t/∂f_s for every s (T)
 * @param grid (T)
 * @param t the place in the grid at which N answers
 * @throws RangeError on unequal lengths and a place beyond the grid
 */
export function stencilOf(jacobianRow: ArrayLike<number>, grid: ArrayLike<number>, t: number): Stencil {
  if (jacobianRow.length !== grid.length)
    throw new RangeError(`${grid.length} weights expected, got ${jacobianRow.length}`);
  if (!Number.isSafeInteger(t) || t < 0 || t >= grid.length)
    throw new RangeError(`a place from 0 to ${grid.length - 1} expected, got ${t}`);
  const weights = Float64Array.from(jacobianRow);
  const offsets = Float64Array.from(grid, (x) => x - grid[t]);
  const moment = (of: (offset: number) => number) =>
    weights.reduce((sum, weight, s) => sum + weight * of(offsets[s]), 0);
  return {
    offsets,
    weights,
    sum: moment(() => 1),
    firstMoment: moment((offset) => offset),
    secondMoment: moment((offset) => offset ** 2 / 2),
    oddShare: oddShareOf(weights, t),
    support: supportOf(weights),
  };
}

/**
 * The stencil of a method that is linear in the samples: to a 1 among zeros it answers with the weight of that sample. Local least
 * squares give the weights of Savitzky and Golay (1964) where the grid is equispaced.
 * @throws RangeError on a grid that is not sorted, and a place beyond it
 */
export function linearStencil(
  derivative: Opponent["derivative"],
  grid: ArrayLike<number>,
  t: number,
): Stencil {
  const impulse = new Float64Array(grid.length);
  const weights = impulse.map((_, s) => {
    impulse.fill(0)[s] = 1;
    return derivative(grid, impulse)[t];
  });
  return stencilOf(weights, grid, t);
}

/** Odd and even part are orthogonal: Σ odd² + Σ even² = Σ w², over the grid and its mirror image about t. */
function oddShareOf(weights: Float64Array, t: number): number {
  let odd = 0;
  let all = 0;
  weights.forEach((weight, s) => {
    const mirror = weights[2 * t - s];
    all += weight ** 2;
    // Two places have this odd part. A mirror image beyond the grid is counted here, as it is no s of its own.
    odd += ((weight - (mirror ?? 0)) / 2) ** 2 * (mirror === undefined ? 2 : 1);
  });
  return all > 0 ? odd / all : 0;
}

function supportOf(weights: Float64Array): number {
  const sizes = weights.map(Math.abs).sort().reverse();
  const wanted = supportShare * sizes.reduce((sum, size) => sum + size, 0);
  let held = 0;
  // Rounding may keep the sum of all below what is wanted of them.
  let points = 0;
  while (points < sizes.length && held < wanted) held += sizes[points++];
  return points;
}
