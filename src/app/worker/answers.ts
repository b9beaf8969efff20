/** The worker's answers to questions that need no training under way. */

import type { Experiment } from "../../calculus";
import { type KernelCheck, profileStep, type StepProfile, selfTest } from "../../check";
import type { Device } from "../../engine";
import { Predictors } from "./predictors";
import type { Request } from "./protocol";
import { tuningFor } from "./tuning";

/** A lost device takes its networks along. */
const predictors = new WeakMap<Device, Predictors>();

/** A trained network's answer (rows, 1, T) to curves (rows, 2, T), in a buffer that may be transferred. */
export function answerPredict(
  device: Device,
  request: Extract<Request, { readonly kind: "predict" }>,
): Promise<Float32Array<ArrayBuffer>> {
  const own = predictors.get(device) ?? new Predictors(device);
  predictors.set(device, own);
  return own.predict(request);
}

/** Every kernel against the float64 reference; `tell` hears of each as it comes. */
export const answerSelfTest = (
  device: Device,
  tell: (check: KernelCheck) => void,
): Promise<readonly KernelCheck[]> => selfTest(device, tell);

/** The kernels of one step of an experiment's training. */
export const answerProfile = async (
  device: Device,
  { spec, training: { batch, ...options } }: Experiment,
): Promise<StepProfile> => {
  const kernels = { tuning: await tuningFor(device, { ...spec, batch }) };
  return profileStep(device, { spec, batch, options, kernels });
};
