import { expect } from "vitest";
import type { ReferenceCase } from "../../../src/check/reference-case";
import { writeSafetensors } from "../../../src/engine/files/safetensors";
import { gpu } from "../../browser/client";
import { type AdapterKind, kernelsFor } from "./adapter";

/** Runs a case on the GPU through the same door as conformance files, and expects every tensor to pass. */
export async function expectCase(source: ReferenceCase, kind: AdapterKind): Promise<void> {
  const { op, config, inputs, outputs, tolerance } = source;
  const tensors = new Map<string, { shape: readonly number[]; data: Float32Array | Float64Array }>();
  for (const [name, tensor] of inputs) tensors.set(`in.${name}`, tensor);
  for (const [name, data] of outputs) tensors.set(`out.${name}`, { shape: [data.length], data });
  const metadata = new Map([
    ["format", "fluxion-conformance/1"],
    ["op", op],
    ["config", JSON.stringify(config)],
    ["rtol", JSON.stringify(Object.fromEntries(Array.from(outputs.keys(), (name) => [name, tolerance])))],
  ]);
  const { tensors: results } = await gpu.run(
    ({ fluxion, device }, { bytes, kernels }) => fluxion.runCase(device, bytes, "reference", kernels),
    { bytes: writeSafetensors(tensors, metadata), kernels: kernelsFor(kind) },
  );
  expect(results.length).toBe(outputs.size);
  expect(results.filter(({ passed }) => !passed)).toEqual([]);
}
