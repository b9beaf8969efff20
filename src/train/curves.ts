import type { Memory } from "../gpu/memory";
import type { CurveBuffer } from "../nn/batch";
import type { Network } from "../nn/network";

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
  const upload = (name: "x" | "target", channels: number): CurveBuffer => ({
    slice: memory.upload(`${label} ${name}`, set[name]),
    rows: set.rows,
    channels,
  });
  return { rows: set.rows, x: upload("x", input.channels), target: upload("target", output.channels) };
}
