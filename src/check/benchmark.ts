import type { Device } from "../gpu/device";
import { Memory } from "../gpu/memory";
import { Plan } from "../gpu/plan";
import { profilePlan } from "../gpu/profile";
import { Network } from "../nn/network";
import type { NetworkSpec } from "../nn/spec";
import { randomStream } from "../random";
import type { TrainingOptions } from "../train/options";
import { Trainer } from "../train/trainer";

export interface Peak {
  /** Multiply-adds in registers, 10⁹ floating-point operations a second. */
  readonly gflops: number;
  /** A copy, bytes read plus bytes written, 10⁹ a second. */
  readonly gbps: number;
}

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

/** Measured in repetitions of which the best counts: a yardstick should not be bent by other work on the machine. */
const peakRepetitions = 3;

/** Steps in one submit of the bench, at most: as the command line trains. */
const mostStepsPerSubmit = 8;
/** Where steps are slow, a submit holds as many as take about this long, and at least one. */
const submitMilliseconds = 2000;
/** A median of fewer submits would be none. */
const fewestSubmits = 3;
/** Timed steps where the caller does not say: so many, but fewer, to the least, where they take longer than this. */
const steps = { most: 24, least: 3, milliseconds: 30_000 } as const;

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
  const network = await Network.build(device, { ...spec, batch });
  try {
    const curves = randomCurves(batch, spec.input.steps);
    const trainer = await Trainer.build(network, {
      train: curves,
      validation: curves,
      // Every step is an epoch of one batch; profiling takes two, rounding up a submit at most.
      options: { ...options, epochs: 2 + (asked ?? steps.most) + mostStepsPerSubmit },
    });
    try {
      const kernels = await profileKernels(device, trainer);
      const total = kernels.reduce((sum, { ms }) => sum + ms, 0);
      const timed = asked ?? clamp(steps.milliseconds / total, steps.least, steps.most);
      const fitting = Math.min(submitMilliseconds / total, timed / fewestSubmits);
      const stepsPerSubmit = clamp(fitting, 1, mostStepsPerSubmit);
      const { msPerStep, hostMsPerStep } = await timeSteps(trainer, timed, stepsPerSubmit);
      const gflops = trainer.flopsPerStep / msPerStep / 1e6;
      return {
        network: name,
        batch,
        msPerStep,
        gflops,
        shareOfPeak: gflops / peak.gflops,
        dispatchesPerStep: trainer.dispatchesPerStep,
        submitsPerStep: 1 / stepsPerSubmit,
        hostMsPerStep,
        kernels: kernels.map(({ label, ms, flops }) => ({
          label,
          ms,
          share: ms / total,
          gflops: ms > 0 ? flops / ms / 1e6 : 0,
        })),
      };
    } finally {
      trainer.dispose();
    }
  } finally {
    network.dispose();
  }
}

/** Runs each dispatch of a step twice, which also compiles and warms it; the better time counts. Sums by label. */
async function profileKernels(device: Device, { plan }: Trainer) {
  const times = await profilePlan(device, plan);
  const kernels = new Map<string, { ms: number; flops: number }>();
  for (const [i, { call, milliseconds }] of (await profilePlan(device, plan)).entries()) {
    const { ms, flops } = kernels.get(call.label) ?? { ms: 0, flops: 0 };
    kernels.set(call.label, {
      ms: ms + Math.min(milliseconds, times[i].milliseconds),
      flops: flops + (call.flops ?? 0),
    });
  }
  return Array.from(kernels, ([label, kernel]) => ({ label, ...kernel }));
}

async function timeSteps(trainer: Trainer, steps: number, stepsPerSubmit: number) {
  const submits = Math.ceil(steps / stepsPerSubmit);
  const milliseconds: number[] = [];
  let hostMs = 0;
  for (let i = 0; i < submits; i++) {
    const begun = performance.now();
    hostMs += await trainer.runSteps(stepsPerSubmit);
    milliseconds.push((performance.now() - begun) / stepsPerSubmit);
  }
  return { msPerStep: median(milliseconds), hostMsPerStep: hostMs / (submits * stepsPerSubmit) };
}

/** The whole number below `value`, within bounds. */
const clamp = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, Math.floor(value)));

async function measurePeak(device: Device): Promise<Peak> {
  const memory = new Memory(device);
  try {
    const length = 1 << 20;
    const threads = device.adapter.software ? 1 << 14 : 1 << 20;
    const rounds = device.adapter.software ? 512 : 4096;
    const bindings = {
      source: memory.storage("source", length * 4),
      destination: memory.storage("destination", length * 4),
    };
    const constants = { ROUNDS: rounds, LENGTH: length };
    const build = (entry: string, count: number) =>
      Plan.build(device, [
        { label: entry, file: "peak", entry, constants, bindings, workgroups: [count / 64] },
      ]);
    const fastest = async (plan: Plan) => {
      let best = Number.POSITIVE_INFINITY;
      for (let i = 0; i <= peakRepetitions; i++) {
        const begun = performance.now();
        plan.submit(device);
        await device.gpu.queue.onSubmittedWorkDone();
        if (i > 0) best = Math.min(best, performance.now() - begun);
      }
      return best;
    };
    const multiplyAdd = await fastest(await build("multiply_add", threads));
    const copy = await fastest(await build("copy", length));
    return { gflops: (threads * rounds * 64) / multiplyAdd / 1e6, gbps: (length * 32) / copy / 1e6 };
  } finally {
    memory.dispose();
  }
}

function randomCurves(rows: number, steps: number) {
  const random = randomStream(0, "grid");
  const values = (count: number) => Float32Array.from({ length: count }, () => 2 * random.uniform() - 1);
  return { rows, x: values(rows * 2 * steps), target: values(rows * steps) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
