import type { KernelChoice } from "../../src/nn/layer";
import type { LayerSpec } from "../../src/nn/spec";
import { gpu } from "../browser/client";
import { normals } from "../reference/differences";

/** One layer's input, its output's gradient and its learnables: x (B, C, T), dy (B, Cout, T). */
export interface LayerValues {
  readonly shape: readonly [batch: number, channels: number, steps: number];
  readonly x: Float32Array;
  readonly dy: Float32Array;
  readonly learnables: ReadonlyMap<string, Float32Array>;
}

/** Runs a layer both ways on the GPU: y, dx, the gradient of each learnable, and the statistics it took. */
export function runLayer(
  spec: LayerSpec,
  values: LayerValues,
  kernels: Partial<KernelChoice>,
): Promise<ReadonlyMap<string, Float32Array>> {
  return gpu.run(
    ({ fluxion, device }, { spec, values: { shape, x, dy, learnables }, kernels }) =>
      fluxion.layerGradients(device, spec, { x: { shape, data: x }, dy, learnables }, kernels),
    { spec, values, kernels },
  );
}

/** n standard normal numbers that float32 holds exactly, other ones for every seed. */
export function singles(n: number, seed: number): Float32Array {
  return Float32Array.from(normals(n, seed));
}

/** Absolute values in float64, for the magnitudes of sums. */
export function magnitudes(values: Float32Array): Float64Array {
  return Float64Array.from(values, Math.abs);
}
