import { molerCnn } from "../calculus/networks";
import type { Device } from "../gpu/device";
import { Memory } from "../gpu/memory";
import { Plan } from "../gpu/plan";
import { profilePlan } from "../gpu/profile";
import { Network } from "../nn/network";
import { randomStream } from "../random";
import { Trainer } from "../train/trainer";

export interface Peak {
  /** Multiply-adds in registers, 10⁹ floating-point operations a second. */
  readonly gflops: number;
  /** A copy, bytes read plus bytes written, 10⁹ a second. */
  readonly gbps: number;
}

/** One kernel's part of a step. */
export interface KernelShare {
  readonly label: string;
  readonly ms: number;
  /** Share of the step's kernel time, 0 … 1. */
  readonly share: number;
  /** 0 where a kernel counts no floating-point operations. */
  readonly gflops: number;
}

export interface NetworkBenchmark {
  readonly network: "cnn";
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

/** Steps in one submit of the bench, as the command line trains. */
const stepsPerSubmit = 8;

/**
 * Times training steps of Moler's CNN on random curves, after warm-up, beside what the adapter can do at best.
 * @param options.steps timed steps; rounded up to whole submits of 8
 */
export async function benchmark(
  device: Device,
  options: { readonly network: "cnn"; readonly batch: number; readonly steps: number },
): Promise<Benchmark> {
  const peak = await measurePeak(device);
  return { peak, networks: [await benchmarkCnn(device, options.batch, options.steps, peak)] };
}

async function benchmarkCnn(
  device: Device,
  batch: number,
  steps: number,
  peak: Peak,
): Promise<NetworkBenchmark> {
  const spec = molerCnn();
  const submits = Math.ceil(steps / stepsPerSubmit);
  const network = await Network.build(device, { ...spec, batch });
  try {
    const curves = randomCurves(batch, spec.input.steps);
    const trainer = await Trainer.build(network, {
      train: curves,
      validation: curves,
      // Every step is an epoch of one batch; profiling takes two.
      options: { epochs: 2 + submits * stepsPerSubmit },
    });
    try {
      // Profiling runs each kernel once, which also compiles and warms it.
      const times = await profilePlan(device, trainer.plan);
      const kernels = (await profilePlan(device, trainer.plan)).map(({ call, milliseconds }, i) => ({
        label: call.label,
        ms: Math.min(milliseconds, times[i].milliseconds),
        flops: call.flops ?? 0,
      }));
      const total = kernels.reduce((sum, { ms }) => sum + ms, 0);
      const milliseconds: number[] = [];
      let hostMs = 0;
      for (let i = 0; i < submits; i++) {
        const begun = performance.now();
        hostMs += await trainer.runSteps(stepsPerSubmit);
        milliseconds.push((performance.now() - begun) / stepsPerSubmit);
      }
      const msPerStep = median(milliseconds);
      const gflops = trainer.flopsPerStep / msPerStep / 1e6;
      return {
        network: "cnn",
        batch,
        msPerStep,
        gflops,
        shareOfPeak: gflops / peak.gflops,
        dispatchesPerStep: trainer.dispatchesPerStep,
        submitsPerStep: 1 / stepsPerSubmit,
        hostMsPerStep: hostMs / (submits * stepsPerSubmit),
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
