/** What the learning rate of an iteration is, and what Adam makes of it, in float64. */
import type { AdamSpec, LearnRateSchedule } from "./options";

export interface SchedulePosition {
  /** Counts from 1. */
  readonly iteration: number;
  readonly iterationsPerEpoch: number;
  /** Planned iterations of the whole training. */
  readonly iterations: number;
}

/**
 * `piecewise`: base · factor^⌊(epoch − 1)/period⌋, epochs counted from 1.
 * `cosine`: base · iteration/warmup up to the end of the warm-up, then base · ½(1 + cos πp), where p goes
 * from 0 at its end to 1 at the last iteration.
 */
export function learnRateAt(base: number, schedule: LearnRateSchedule, position: SchedulePosition): number {
  const { iteration, iterationsPerEpoch, iterations } = position;
  switch (schedule.kind) {
    case "none":
      return base;
    case "piecewise": {
      const epoch = Math.floor((iteration - 1) / iterationsPerEpoch) + 1;
      return base * schedule.factor ** Math.floor((epoch - 1) / schedule.period);
    }
    case "cosine": {
      if (iteration <= schedule.warmup) return (base * iteration) / schedule.warmup;
      const progress = (iteration - schedule.warmup) / (iterations - schedule.warmup);
      return (base * (1 + Math.cos(Math.PI * progress))) / 2;
    }
    default:
      throw new RangeError(`unknown schedule ${JSON.stringify(schedule satisfies never)}`);
  }
}

/**
 * Adam's step of iteration t, counted from 1: α·√(1−β₂ᵗ)/(1−β₁ᵗ). By expm1, because 1 − βᵗ cancels in the first steps.
 */
export function adamStepSize(
  learnRate: number,
  { beta1, beta2 }: Pick<AdamSpec, "beta1" | "beta2">,
  t: number,
): number {
  const correction = (beta: number) => -Math.expm1(t * Math.log(beta));
  return (learnRate * Math.sqrt(correction(beta2))) / correction(beta1);
}
