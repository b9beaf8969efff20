import type { Memory } from "../gpu/memory";
import type { ActivationShape } from "../layers/layer";
import type { CurveBuffer } from "../network/batch";
import type { Network } from "../network/network";

/** Curves with their targets on the host: x (rows, C, T), target (rows, Cout, T). */
export interface CurveSet {
  readonly rows: number;
  readonly x: Float32Array;
  readonly target: Float32Array;
}

/** The same on the GPU. */
export interface CurveSetBuffers {
  readonly rows: number;
  readonly x: CurveBuffer;
  readonly target: CurveBuffer;
}

/** Copies a set of the network's shape to the GPU. */
export function uploadCurves(
  memory: Memory,
  { input, output }: Network,
  label: string,
  set: CurveSet,
): CurveSetBuffers {
  const upload = (name: "x" | "target", { channels, steps }: ActivationShape): CurveBuffer => ({
    slice: memory.upload(`${label} ${name}`, set[name]),
    rows: set.rows,
    channels,
    steps,
  });
  return { rows: set.rows, x: upload("x", input), target: upload("target", output) };
}
