import type { Device } from "../engine/gpu/device";
import type { Expectation } from "./bounds";
import type { Outputs } from "./operations";

/** What a device computed and what the reference expects of it. */
export interface Comparison {
  readonly got: Outputs;
  readonly expected: readonly Expectation[];
}

/** A computation to be made on a device. */
export interface SelfCheck {
  /** "conv1d", "bilstm" … */
  readonly kernel: string;
  /** What is computed. */
  readonly shape: string;
  readonly run: (device: Device) => Promise<Comparison>;
}

/**
 * WGSL lets exp(x) be off by 3 + 2·|x| last places. A GPU that takes them makes several times the error that was measured on
 * the software adapter, which takes one or two; no fault is that small.
 */
export const exponentials = 5;
