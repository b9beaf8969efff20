import type { Device } from "../engine/gpu/device";
import { clockOf } from "../engine/gpu/profile";
import { measurePeak, type Peak } from "./peak";
import { type KernelReport, reportKernels } from "./roofline";
import { type StepTimes, type TimedTraining, type TimingBudget, timeTraining } from "./steps";

/** One training step, whole and kernel by kernel. */
export interface StepProfile extends StepTimes {
  /** In the order of the step. */
  readonly kernels: readonly KernelReport[];
  /** By which the kernels were timed. */
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
 * Times every kernel of a training step, on random curves, and then whole steps. Nothing of a training under way is touched,
 * but it should rest meanwhile.
 */
export const profileStep = async (device: Device, training: TimedTraining): Promise<StepProfile> =>
  profileWithin(device, training, budget, await measurePeak(device));

/** The same by another budget, beside a peak that has been measured. */
export async function profileWithin(
  device: Device,
  training: TimedTraining,
  budget: TimingBudget,
  peak: Peak,
): Promise<StepProfile> {
  const { kernels, ...times } = await timeTraining(device, training, budget);
  return { ...times, kernels: reportKernels(kernels, peak), clock: clockOf(device), peak };
}
