import { expectedOfLayer } from "../../../src/check/expected-layer";
import { type LayerValues, layerValues } from "../../../src/check/values";
import type { LayerSpec } from "../../../src/engine";
import type { KernelChoice } from "../../../src/engine/layers/layer";
import { gpu } from "../../browser/client";
import { expectAll } from "./bounds";

export type { LayerValues } from "../../../src/check/values";
export { singles } from "../../../src/check/values";

/** Runs a layer both ways on the GPU: y, dx, the gradient of each learnable, and the statistics it took. */
export function runLayer(
  spec: LayerSpec,
  values: LayerValues,
  kernels: Partial<KernelChoice>,
): Promise<ReadonlyMap<string, Float32Array>> {
  return gpu.run(
    ({ fluxion, device }, { spec, values, kernels }) => fluxion.layerGradients(device, spec, values, kernels),
    { spec, values, kernels },
  );
}

/** Runs a layer both ways and compares every tensor with the reference. */
export async function expectLayer(
  spec: LayerSpec,
  values: LayerValues | LayerValues["x"]["shape"],
  kernels: Partial<KernelChoice>,
): Promise<void> {
  const given = "learnables" in values ? values : layerValues(spec, values);
  expectAll(await runLayer(spec, given, kernels), expectedOfLayer(spec, given));
}
