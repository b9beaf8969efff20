import type { Device } from "../engine/gpu/device";
import type { KernelChoice } from "../engine/layers/layer";
import type { NetworkSpec } from "../engine/network/spec";
import type { TrainingOptions } from "../engine/training/options";
import { measurePeak, type Peak } from "./peak";
import { profileWithin } from "./profile";
import type { KernelReport } from "./roofline";
import type { TimingBudget } from "./steps";

/** A network to be timed, trained by these options. */
export interface BenchmarkSubject {
  readonly name: string;
  readonly spec: NetworkSpec;
  readonly options: Partial<TrainingOptions>;
  /** Variants of the kernels other than those by the rules. */
  readonly kernels?: Partial<KernelChoice>;
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
  /** In the order of the step. */
  readonly kernels: readonly KernelReport[];
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
  { name, ...subject }: BenchmarkSubject,
  batch: number,
  asked: number | undefined,
  peak: Peak,
): Promise<NetworkBenchmark> {
  const steps = asked === undefined ? budget.steps : { ...budget.steps, most: asked, least: asked };
  const { kernels, flopsPerStep, msPerStep, hostMsPerStep, stepsPerSubmit, dispatchesPerStep } =
    await profileWithin(device, { ...subject, batch }, { ...budget, steps }, peak);
  const gflops = flopsPerStep / msPerStep / 1e6;
  return {
    network: name,
    batch,
    msPerStep,
    gflops,
    shareOfPeak: gflops / peak.gflops,
    dispatchesPerStep,
    submitsPerStep: 1 / stepsPerSubmit,
    hostMsPerStep,
    kernels,
  };
}
