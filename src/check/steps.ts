import type { Device } from "../engine/gpu/device";
import type { Plan } from "../engine/gpu/plan";
import { clockOf, type KernelSum, profilePlan, sumByLabel } from "../engine/gpu/profile";
import type { ActivationShape, KernelChoice } from "../engine/layers/layer";
import { Network } from "../engine/network/network";
import type { NetworkSpec } from "../engine/network/spec";
import { randomStream } from "../engine/random";
import type { TrainingOptions } from "../engine/training/options";
import { Trainer } from "../engine/training/trainer";

/** What is to be timed: training steps of a network on random curves. */
export interface TimedTraining {
  readonly spec: NetworkSpec;
  readonly batch: number;
  /** The batch is that above. */
  readonly options: Partial<TrainingOptions>;
  /** Variants of the kernels other than those by the rules. */
  readonly kernels?: Partial<KernelChoice>;
}

/** How much is timed. */
export interface TimingBudget {
  /** Runs of the profile, whose first also warms up: so many, but fewer, to two, where they take longer than this. */
  readonly profiles: { readonly most: number; readonly milliseconds: number };
  /** Timed steps: so many, but fewer, to the least, where they take longer than this. */
  readonly steps: { readonly most: number; readonly least: number; readonly milliseconds: number };
  /** Where steps are slow, a submit holds as many as take about this long, and at least one. */
  readonly submitMilliseconds: number;
}

/** Whole steps, several in a submit, as a training makes them. */
export interface StepTimes {
  /** Median over the timed submits. */
  readonly msPerStep: number;
  /** Of the fastest and of the slowest submit. */
  readonly spreadMs: readonly [number, number];
  /** To encode and submit. */
  readonly hostMsPerStep: number;
  readonly stepsPerSubmit: number;
  readonly dispatchesPerStep: number;
  readonly flopsPerStep: number;
}

/** Steps in one submit, at most: as the command line trains. */
const mostStepsPerSubmit = 8;
/** A median of fewer submits would be none. */
const fewestSubmits = 3;

/** Times every kernel of a training step, in the order of the step, then steps as a training makes them. */
export async function timeTraining(
  device: Device,
  { spec, batch, options, kernels: variants }: TimedTraining,
  { profiles, steps, submitMilliseconds }: TimingBudget,
): Promise<StepTimes & { readonly kernels: readonly KernelSum[] }> {
  const network = await Network.build(device, { ...spec, batch }, variants);
  try {
    const curves = randomSamples(network);
    const trainer = await Trainer.build(network, {
      train: curves,
      validation: curves,
      // Every step is an epoch of one batch; rounding up takes a submit at most.
      options: { ...options, batch, epochs: profiles.most + steps.most + mostStepsPerSubmit },
    });
    try {
      const kernels = await profileKernels(device, trainer.plan, profiles);
      const kernelMilliseconds = kernels.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
      const timed = clamp(steps.milliseconds / kernelMilliseconds, steps.least, steps.most);
      const fitting = Math.min(submitMilliseconds / kernelMilliseconds, timed / fewestSubmits);
      const stepsPerSubmit = clamp(fitting, 1, mostStepsPerSubmit);
      return {
        kernels,
        ...(await timeSteps(trainer, timed, stepsPerSubmit)),
        stepsPerSubmit,
        dispatchesPerStep: trainer.dispatchesPerStep,
        flopsPerStep: trainer.flopsPerStep,
      };
    } finally {
      trainer.dispose();
    }
  } finally {
    network.dispose();
  }
}

/**
 * Runs each dispatch of a step several times; the first run also warms it. By the wall clock, to which everything else only
 * adds, the best time counts; timestamps, which browsers round to about 0.1 ms, are averaged.
 */
async function profileKernels(
  device: Device,
  plan: Plan,
  { most, milliseconds }: TimingBudget["profiles"],
): Promise<KernelSum[]> {
  const first = await profilePlan(device, plan);
  const runs = [first, await profilePlan(device, plan)];
  const each = first.reduce((sum, time) => sum + time.milliseconds, 0);
  while (runs.length < clamp(milliseconds / each, 2, most)) runs.push(await profilePlan(device, plan));
  const combined = (times: readonly number[]) =>
    clockOf(device) === "wall"
      ? Math.min(...times)
      : times.slice(1).reduce((sum, time) => sum + time, 0) / (times.length - 1);
  return sumByLabel(
    first.map(({ dispatch }, i) => ({
      dispatch,
      milliseconds: combined(runs.map((times) => times[i].milliseconds)),
    })),
  );
}

async function timeSteps(
  trainer: Trainer,
  steps: number,
  stepsPerSubmit: number,
): Promise<Pick<StepTimes, "msPerStep" | "spreadMs" | "hostMsPerStep">> {
  const submits = Math.ceil(steps / stepsPerSubmit);
  const milliseconds: number[] = [];
  let hostMs = 0;
  for (let i = 0; i < submits; i++) {
    const begun = performance.now();
    hostMs += await trainer.runSteps(stepsPerSubmit);
    milliseconds.push((performance.now() - begun) / stepsPerSubmit);
  }
  return { ...summarise(milliseconds), hostMsPerStep: hostMs / (submits * stepsPerSubmit) };
}

/** The whole number below `value`, within bounds; `most` where nothing was measured. */
const clamp = (value: number, least: number, most: number): number =>
  Number.isFinite(value) ? Math.max(least, Math.min(most, Math.floor(value))) : most;

/** One batch. */
function randomSamples({ batch, input, output }: Network) {
  const random = randomStream(0, "grid");
  const values = ({ channels, steps }: ActivationShape) =>
    Float32Array.from({ length: batch * channels * steps }, () => 2 * random.uniform() - 1);
  return { rows: batch, x: values(input), target: values(output) };
}

/** Median and extremes of the times of a step. */
export function summarise(milliseconds: readonly number[]): Pick<StepTimes, "msPerStep" | "spreadMs"> {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { msPerStep: median, spreadMs: [sorted[0], sorted[sorted.length - 1]] };
}
