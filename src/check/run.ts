import type { Device } from "../gpu/device";
import { type ConformanceCase, readCase } from "./case";
import { type Outputs, runClip, runHalfMse, runLayer, runSgdm } from "./operations";
import { compareTensor, type TensorResult } from "./tolerance";
import { runTraining } from "./training";

export interface CaseResult {
  readonly case: string;
  readonly op: string;
  readonly tensors: readonly TensorResult[];
  /** Why the case could not be run at all; it then counts as failed. */
  readonly reason?: string;
}

/** Operations that this version computes, besides `train` for the CNN. */
const operations: Readonly<Record<string, (device: Device, source: ConformanceCase) => Promise<Outputs>>> = {
  conv1d: runLayer,
  dense: runLayer,
  batchnorm: runLayer,
  leakyrelu: runLayer,
  halfmse: runHalfMse,
  clip: runClip,
  sgdm: runSgdm,
};

/**
 * Runs one conformance case on the device.
 * @param label the file's name, for errors and results
 * @throws FormatError when the file is not a case or lacks what its operation needs
 */
export async function runCase(device: Device, bytes: Uint8Array, label: string): Promise<CaseResult> {
  const source = readCase(bytes, label);
  const run = source.op === "train" && source.config.network === "cnn" ? runTraining : operations[source.op];
  const op = source.op === "train" ? `train/${String(source.config.network)}` : source.op;
  if (!run) {
    const tensors = [...source.outputs].map(([name, { data }]) =>
      compareTensor(name, undefined, data, source.rtol.get(name) ?? 0),
    );
    return { case: label, op, tensors, reason: `this version has no operation ${op}` };
  }
  const outputs = await run(device, source);
  const tensors = [...source.outputs].map(([name, { data }]) =>
    compareTensor(name, outputs.get(name), data, source.rtol.get(name) ?? 0),
  );
  return { case: label, op, tensors };
}
