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

/**
 * Copies a set to the GPU.
 * @throws RangeError when its arrays do not hold `rows` curves of the network's shape
 */
export function uploadCurves(
  memory: Memory,
  network: Network,
  label: string,
  set: CurveSet,
): CurveSetBuffers {
  const { input, output, spec } = network;
  const upload = (name: "x" | "target", channels: number): CurveBuffer => {
    const data = set[name];
    const expected = set.rows * channels * spec.input.steps;
    if (set.rows < 1 || data.length !== expected)
      throw new RangeError(
        `${label} ${name}: expected (${set.rows}, ${channels}, ${spec.input.steps}) = ${expected} values, got ${data.length}`,
      );
    return { slice: memory.upload(`${label} ${name}`, data), rows: set.rows, channels };
  };
  return { rows: set.rows, x: upload("x", input.channels), target: upload("target", output.channels) };
}
