import type { Device } from "../gpu/device";
import type { NetworkSpec } from "../nn/spec";
import type { TrainingOptions } from "../train/options";
import { measurePeak, type Peak } from "./peak";
import { type TimingBudget, timeTraining } from "./steps";

/** One kernel's part of a step, all its dispatches together. */
export interface KernelShare {
  readonly label: string;
  readonly ms: number;
  /** Share of the step's kernel time, 0 … 1. */
  readonly share: number;
  /** 0 where a kernel counts no floating-point operations. */
  readonly gflops: number;
}

/** A network to be timed, trained by these options. */
export interface BenchmarkSubject {
  readonly name: string;
  readonly spec: NetworkSpec;
  readonly options: Partial<TrainingOptions>;
}

export interface NetworkBenchmark {
  readonly network: string;
  readonly batch: number;
  /** Median over the timed submits. */
  readonly msPerStep: number;
  readonly gflops: number;
  /** gflops ÷ the peak measured in the same run. */
  readonly shareOfPeak: number;
  readonly dispatchesPerStep: number;
  readonly submitsPerStep: number;
  readonly hostMsPerStep: number;
  readonly kernels: readonly KernelShare[];
}

export interface Benchmark {
  readonly peak: Peak;
  readonly networks: readonly NetworkBenchmark[];
}

/** Timed where the caller does not say how much. */
const budget: TimingBudget = {
  profiles: { most: 2, milliseconds: 0 },
  steps: { most: 24, least: 3, milliseconds: 30_000 },
  submitMilliseconds: 2000,
};

/**
 * Times training steps of networks on random curves, after warm-up, beside what the adapter can do at best.
 * @param options.steps timed steps, rounded up to whole submits; 24 where nothing is said, fewer where they are slow
 */
export async function benchmark(
  device: Device,
  options: {
    readonly networks: readonly BenchmarkSubject[];
    readonly batch: number;
    readonly steps?: number;
  },
): Promise<Benchmark> {
  const peak = await measurePeak(device);
  const networks: NetworkBenchmark[] = [];
  for (const subject of options.networks)
    networks.push(await benchmarkNetwork(device, subject, options.batch, options.steps, peak));
  return { peak, networks };
}

async function benchmarkNetwork(
  device: Device,
  { name, spec, options }: BenchmarkSubject,
  batch: number,
  asked: number | undefined,
  peak: Peak,
): Promise<NetworkBenchmark> {
  const steps = asked === undefined ? budget.steps : { ...budget.steps, most: asked, least: asked };
  const times = await timeTraining(device, { spec, batch, options }, { ...budget, steps });
  const { kernelMilliseconds, msPerStep, hostMsPerStep, stepsPerSubmit, dispatchesPerStep } = times;
  const gflops = times.flopsPerStep / msPerStep / 1e6;
  return {
    network: name,
    batch,
    msPerStep,
    gflops,
    shareOfPeak: gflops / peak.gflops,
    dispatchesPerStep,
    submitsPerStep: 1 / stepsPerSubmit,
    hostMsPerStep,
    kernels: times.kernels.map(({ label, milliseconds, flops }) => ({
      label,
      ms: milliseconds,
      share: milliseconds / kernelMilliseconds,
      gflops: milliseconds > 0 ? flops / milliseconds / 1e6 : 0,
    })),
  };
}
