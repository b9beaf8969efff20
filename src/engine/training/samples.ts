import type { Memory } from "../gpu/memory";
import type { Activation } from "../layers/layer";
import type { SampleBuffer } from "../network/batch";
import type { Network } from "../network/network";

/** Samples with their targets on the host: x (rows, C, T), target (rows, Cout, Tout). */
export interface SampleSet {
  readonly rows: number;
  readonly x: Float32Array;
  readonly target: Float32Array;
  /** Of a network that was built with lengths, and of no other: the real steps of each sample (rows). What stands behind is never read. */
  readonly lengths?: Uint32Array;
}

/** The same on the GPU. */
export interface SampleSetBuffers {
  readonly rows: number;
  readonly x: SampleBuffer;
  readonly target: SampleBuffer;
}

/** Copies a set of the network's shape to the GPU. */
export function uploadSamples(
  memory: Memory,
  { input, output }: Network,
  label: string,
  set: SampleSet,
): SampleSetBuffers {
  const lengths = set.lengths && memory.upload(`${label} lengths`, set.lengths);
  const upload = (name: "x" | "target", { channels, steps, lengths: own }: Activation): SampleBuffer => ({
    slice: memory.upload(`${label} ${name}`, set[name]),
    rows: set.rows,
    channels,
    steps,
    ...(own && lengths && { lengths }),
  });
  return { rows: set.rows, x: upload("x", input), target: upload("target", output) };
}
