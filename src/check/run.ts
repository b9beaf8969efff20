import { FormatError } from "../formats/error";
import type { Device } from "../gpu/device";
import { OutOfMemoryError } from "../gpu/memory";
import type { KernelChoice } from "../nn/layer";
import { type ConformanceCase, readCase } from "./case";
import { type Outputs, runHalfMse, runLayer } from "./operations";
import { runClip, runSolver } from "./solver";
import { compareTensor, type TensorResult } from "./tolerance";
import { runTraining } from "./training";

export interface CaseResult {
  readonly case: string;
  readonly op: string;
  readonly tensors: readonly TensorResult[];
  /** Why the case could not be run at all; it then counts as failed. */
  readonly reason?: string;
}

/** Operations that this version computes, by the names the cases give them. */
const operations: ReadonlyMap<
  string,
  (device: Device, source: ConformanceCase, kernels: Partial<KernelChoice>) => Promise<Outputs>
> = new Map([
  ["conv1d", runLayer],
  ["dense", runLayer],
  ["lstm", runLayer],
  ["bilstm", runLayer],
  ["batchnorm", runLayer],
  ["leakyrelu", runLayer],
  ["halfmse", runHalfMse],
  ["clip", runClip],
  ["sgdm", runSolver],
  ["adam", runSolver],
  ["adamw", runSolver],
  ["rmsprop", runSolver],
  ["train/cnn", runTraining],
  ["train/bilstm", runTraining],
]);

/**
 * Runs one conformance case on the device.
 * @param label the file's name, for errors and results
 * @param kernels variants of the kernels other than those for the device
 * @throws FormatError when the file is not a case, or its tensors and config do not fit its operation
 */
export async function runCase(
  device: Device,
  bytes: Uint8Array,
  label: string,
  kernels: Partial<KernelChoice> = {},
): Promise<CaseResult> {
  const source = readCase(bytes, label);
  const op = operationName(source);
  const outputs = await runOperation(device, source, kernels)?.catch((error: unknown) => {
    // Sizes and options that only the engine can judge.
    throw error instanceof RangeError || error instanceof OutOfMemoryError
      ? new FormatError(label, op, error.message)
      : error;
  });
  const tensors = [...source.outputs].map(([name, { data }]) =>
    compareTensor(name, outputs?.get(name), data, source.rtol.get(name) ?? 0),
  );
  return { case: label, op, tensors, ...(!outputs && { reason: `this version has no operation ${op}` }) };
}

/** What the device makes of a case's inputs; undefined where this version does not have the operation. */
export function runOperation(
  device: Device,
  source: ConformanceCase,
  kernels: Partial<KernelChoice> = {},
): Promise<Outputs> | undefined {
  return operations.get(operationName(source))?.(device, source, kernels);
}

const operationName = ({ op, config }: ConformanceCase): string =>
  op === "train" ? `train/${String(config.get("network"))}` : op;
