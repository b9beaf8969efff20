/** What a profile says of its kernels. */
import type { StepProfile } from "../../index";

export type ProfiledKernel = StepProfile["kernels"][number];

/** How fast a kernel, or a whole step, is beside what the adapter can do at best. */
export interface Rates {
  /** Missing where no time was measured, and `gflops` where no operations are counted. */
  readonly gflops?: number;
  readonly gbps?: number;
  /** Share of the peak that is nearer, 0 … 1: what holds the kernel back, if anything does. */
  readonly peak?: { readonly share: number; readonly of: "arithmetic" | "memory" };
}

export function ratesOf(
  { ms, flops, bytes }: Pick<ProfiledKernel, "ms" | "flops" | "bytes">,
  peak: StepProfile["peak"],
): Rates {
  if (!(ms > 0)) return {};
  const [gflops, gbps] = [flops / ms / 1e6, bytes / ms / 1e6];
  const [arithmetic, memory] = [gflops / peak.gflops, gbps / peak.gbps];
  return {
    ...(flops > 0 && { gflops }),
    gbps,
    peak: arithmetic > memory ? { share: arithmetic, of: "arithmetic" } : { share: memory, of: "memory" },
  };
}

export type Order = "step" | "time";

/** The kernels as they come in the step, or the slowest first. */
export const inOrder = (kernels: readonly ProfiledKernel[], order: Order): readonly ProfiledKernel[] =>
  order === "step" ? kernels : kernels.toSorted((a, b) => b.ms - a.ms);

/** All kernels of a step together, in the time that their kernels take. */
export function totalOf(kernels: readonly ProfiledKernel[]): Omit<ProfiledKernel, "label"> {
  const sum = (key: "dispatches" | "ms" | "share" | "flops" | "bytes") =>
    kernels.reduce((total, kernel) => total + kernel[key], 0);
  return {
    dispatches: sum("dispatches"),
    ms: sum("ms"),
    share: sum("share"),
    flops: sum("flops"),
    bytes: sum("bytes"),
  };
}
