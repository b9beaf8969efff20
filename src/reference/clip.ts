/** Gradient clipping in float64. */
import type { ClipMethod } from "../engine/training/options";

/** √Σg² over all gradients together. */
export function globalNorm(gradients: Iterable<Float64Array>): number {
  let sum = 0;
  for (const gradient of gradients) for (const value of gradient) sum += value * value;
  return Math.sqrt(sum);
}

/**
 * Clipped copies of the gradients of all learnables, by name.
 * `l2norm`: each group of learnables longer than the threshold is scaled down to it (every learnable is a group of its
 * own unless `groupOf` says otherwise); `global-l2norm`: all of them by one factor, by their common norm;
 * `absolute-value`: each element to [−threshold, threshold].
 */
export function clipGradients(
  gradients: ReadonlyMap<string, Float64Array>,
  threshold: number,
  method: ClipMethod,
  groupOf: (name: string) => string = (name) => name,
): Map<string, Float64Array> {
  const shrink = (gradient: Float64Array, norm: number) =>
    gradient.map((value) => (norm > threshold ? value * (threshold / norm) : value));
  const commonNorm = globalNorm(gradients.values());
  const groupNorm = (group: string) =>
    globalNorm([...gradients].filter(([name]) => groupOf(name) === group).map(([, gradient]) => gradient));
  const clip = (name: string, gradient: Float64Array): Float64Array => {
    switch (method) {
      case "l2norm":
        return shrink(gradient, groupNorm(groupOf(name)));
      case "global-l2norm":
        return shrink(gradient, commonNorm);
      case "absolute-value":
        return gradient.map((value) => Math.min(threshold, Math.max(-threshold, value)));
      default:
        throw new RangeError(`unknown clip method ${method satisfies never}`);
    }
  };
  return new Map(Array.from(gradients, ([name, gradient]) => [name, clip(name, gradient)]));
}
