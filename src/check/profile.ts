import type { Device } from "../gpu/device";
import { clockOf } from "../gpu/profile";
import { measurePeak, type Peak } from "./peak";
import { type TimedTraining, type TimingBudget, timeTraining } from "./steps";

/** Kernels of one training step, all dispatches of a label together, in the order of the step. */
export interface StepProfile {
  readonly kernels: readonly {
    readonly label: string;
    readonly dispatches: number;
    readonly ms: number;
    /** Of the step's kernel time, 0 … 1. */
    readonly share: number;
    /** 0 where the kernel counts no floating-point operations. */
    readonly flops: number;
    /** Every range of a buffer, once where it is read and once where it is written. */
    readonly bytes: number;
  }[];
  /** Median of real steps, several in a submit. */
  readonly msPerStep: number;
  readonly clock: "timestamps" | "wall";
  /** What the adapter can do at best, measured in the same run. */
  readonly peak: Peak;
}

/** Enough to tell, within seconds. */
const budget: TimingBudget = {
  profiles: { most: 16, milliseconds: 1000 },
  steps: { most: 24, least: 3, milliseconds: 2000 },
  submitMilliseconds: 200,
};

/**
 * Times every kernel of a training step, on random curves. Nothing of a training under way is touched, but it should
 * rest meanwhile.
 */
export async function profileStep(device: Device, training: TimedTraining): Promise<StepProfile> {
  const peak = await measurePeak(device);
  const { kernels, kernelMilliseconds, msPerStep } = await timeTraining(device, training, budget);
  return {
    kernels: kernels.map(({ label, dispatches, milliseconds, flops, bytes }) => ({
      label,
      dispatches,
      ms: milliseconds,
      share: kernelMilliseconds > 0 ? milliseconds / kernelMilliseconds : 0,
      flops,
      bytes,
    })),
    msPerStep,
    clock: clockOf(device),
    peak,
  };
}
