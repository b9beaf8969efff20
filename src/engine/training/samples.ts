import type { Memory } from "../gpu/memory";
import type { ActivationShape } from "../layers/layer";
import type { SampleBuffer } from "../network/batch";
import type { Network } from "../network/network";

/** Samples with their targets on the host: x (rows, C, T), target (rows, Cout, Tout). */
export interface SampleSet {
  readonly rows: number;
  readonly x: Float32Array;
  readonly target: Float32Array;
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
  const upload = (name: "x" | "target", { channels, steps }: ActivationShape): SampleBuffer => ({
    slice: memory.upload(`${label} ${name}`, set[name]),
    rows: set.rows,
    channels,
    steps,
  });
  return { rows: set.rows, x: upload("x", input), target: upload("target", output) };
}
