import type { KernelSum } from "../engine/gpu/profile";
import type { Peak } from "./peak";

/** What a kernel, or several, did in a step, and how fast. */
export interface Throughput {
  readonly dispatches: number;
  readonly ms: number;
  /** Of what is computed, by its definition; 0 where no floating-point operations are counted. */
  readonly flops: number;
  /** What every dispatch must read and write at least. */
  readonly bytes: number;
  /** The least time that the adapter's peak allows for the operations that are done, which may be fewer; of several kernels the sum of theirs. */
  readonly minimumMs: number;
  /** 10⁹ a second, as are `gbps`. These and the two below are 0 where the clock showed no time. */
  readonly gflops: number;
  readonly gbps: number;
  /** Measured ÷ minimum; below 1 where caches gave more than memory can. */
  readonly timesMinimum: number;
  /** Minimum ÷ measured: of the peak that bounds the kernel, 0 … 1, and more where caches helped. */
  readonly shareOfPeak: number;
}

/** One kernel's part of a step, all its dispatches together. */
export interface KernelReport extends Throughput {
  readonly label: string;
  /** Of the step's kernel time, 0 … 1. */
  readonly share: number;
  /** Which of the two peaks makes `minimumMs`: that of arithmetic or that of memory. */
  readonly bound: "compute" | "memory";
}

/** Kernels beside what the adapter can do at best (the roofline of Williams, Waterman and Patterson 2009). */
export function reportKernels(sums: readonly KernelSum[], peak: Peak): KernelReport[] {
  const whole = sums.reduce((total, { milliseconds }) => total + milliseconds, 0);
  return sums.map(({ label, dispatches, milliseconds: ms, flops, executed, bytes }) => {
    const [compute, memory] = [executed / peak.gflops / 1e6, bytes / peak.gbps / 1e6];
    return {
      label,
      share: whole > 0 ? ms / whole : 0,
      ...throughput({ dispatches, ms, flops, bytes, minimumMs: Math.max(compute, memory) }),
      bound: compute > memory ? "compute" : "memory",
    };
  });
}

/**
 * Kernels together. Their minimum is the sum of their minima, for they run one after the other.
 * @param ms the time they took as a whole, where that is not the sum of their times
 */
export function sumKernels(kernels: readonly KernelReport[], ms?: number): Throughput {
  const sum = (key: "dispatches" | "ms" | "flops" | "bytes" | "minimumMs") =>
    kernels.reduce((total, kernel) => total + kernel[key], 0);
  return throughput({
    dispatches: sum("dispatches"),
    ms: ms ?? sum("ms"),
    flops: sum("flops"),
    bytes: sum("bytes"),
    minimumMs: sum("minimumMs"),
  });
}

function throughput(
  work: Pick<Throughput, "dispatches" | "ms" | "flops" | "bytes" | "minimumMs">,
): Throughput {
  const { ms, flops, bytes, minimumMs } = work;
  const measured = ms > 0;
  return {
    ...work,
    gflops: measured ? flops / ms / 1e6 : 0,
    gbps: measured ? bytes / ms / 1e6 : 0,
    timesMinimum: minimumMs > 0 ? ms / minimumMs : 0,
    shareOfPeak: measured ? minimumMs / ms : 0,
  };
}
