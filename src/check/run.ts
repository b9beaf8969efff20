import { FormatError, quote } from "../engine/files/error";
import type { Device } from "../engine/gpu/device";
import { OutOfMemoryError } from "../engine/gpu/memory";
import type { KernelChoice } from "../engine/layers/layer";
import { directionsOf } from "../engine/layers/recurrence/definition";
import { type ConformanceCase, readCase } from "./case";
import { type Outputs, runHalfMse, runLayer } from "./operations";
import { runClip, runSolver } from "./solver";
import { compareTensor, type TensorResult } from "./tolerance";
import { runTraining } from "./training";

export interface CaseResult {
  readonly case: string;
  readonly op: string;
  readonly tensors: readonly TensorResult[];
}

/** How an operation is computed, and all that its cases may hold: what is not named here is refused, never ignored. */
interface Operation {
  readonly run: (device: Device, source: ConformanceCase, kernels: Partial<KernelChoice>) => Promise<Outputs>;
  readonly config: readonly string[];
  /** A name that ends with * stands for all that begin so. */
  readonly inputs: readonly string[];
}

const layer = (config: readonly string[], inputs: readonly string[]): Operation => ({
  run: runLayer,
  config,
  inputs: ["x", "dy", "lengths", ...inputs],
});
const lstm = (kind: "lstm" | "bilstm"): Operation =>
  layer(["hidden", "gates"], inDirections(kind, ["weight_ih", "weight_hh", "bias"]));
const gru = (kind: "gru" | "bigru"): Operation =>
  layer(["hidden", "gates", "reset"], inDirections(kind, ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]));
const inDirections = (kind: Parameters<typeof directionsOf>[0], names: readonly string[]) =>
  directionsOf(kind).flatMap((direction) => names.map((name) => `${direction}.${name}`));
const solver = (...rates: readonly string[]): Operation => ({
  run: runSolver,
  config: ["learnRate", "l2", ...rates],
  inputs: ["weight", "grad.*"],
});
const training = (...sizes: readonly string[]): Operation => ({
  run: runTraining,
  config: ["network", "options", "gradientThresholdMethod", "loss", ...sizes],
  inputs: ["x", "target", "batches", "lengths", "init.*"],
});

/** By the names that the cases give them. */
const operations: ReadonlyMap<string, Operation> = new Map([
  ["conv1d", layer(["kernel", "padding", "stride", "dilation"], ["weight", "bias"])],
  ["dense", layer([], ["weight", "bias"])],
  ["lstm", lstm("lstm")],
  ["bilstm", lstm("bilstm")],
  ["gru", gru("gru")],
  ["bigru", gru("bigru")],
  ["batchnorm", layer(["epsilon"], ["scale", "offset"])],
  ["layernorm", layer(["epsilon"], ["scale", "offset"])],
  ["leakyrelu", layer(["slope"], [])],
  ["activation", layer(["function"], [])],
  ["maxpool", layer(["size", "stride", "padding"], [])],
  ["averagepool", layer(["size", "stride", "padding"], [])],
  ["laststep", layer([], [])],
  ["globalaveragepool", layer([], [])],
  ["halfmse", { run: runHalfMse, config: ["normalise"], inputs: ["prediction", "target", "lengths"] }],
  ["clip", { run: runClip, config: ["method", "threshold"], inputs: ["*"] }],
  ["sgdm", solver("momentum")],
  ["adam", solver("beta1", "beta2", "epsilon")],
  ["adamw", solver("beta1", "beta2", "epsilon", "weightDecay")],
  ["rmsprop", solver("decay", "epsilon")],
  ["train/cnn", training("filters", "kernel", "slope", "epsilon")],
  ["train/bilstm", training("hidden", "dropout")],
  ["train/layers", training("layers", "normalise")],
]);

/**
 * Runs one conformance case on the device.
 * @param label the file's name, for errors and results
 * @param kernels variants of the kernels other than those for the device
 * @throws FormatError when the file is not a case, when this version has no such operation, or when its tensors and
 * config do not fit it or hold more than it knows
 */
export async function runCase(
  device: Device,
  bytes: Uint8Array,
  label: string,
  kernels: Partial<KernelChoice> = {},
): Promise<CaseResult> {
  const source = readCase(bytes, label);
  const op = operationName(source);
  const outputs = await runOperation(device, source, kernels).catch((error: unknown) => {
    // Sizes and options that only the engine can judge.
    throw error instanceof RangeError || error instanceof OutOfMemoryError
      ? new FormatError(label, op, error.message)
      : error;
  });
  const tensors = [...source.outputs].map(([name, { data }]) =>
    compareTensor(name, outputs.get(name), data, source.rtol.get(name) ?? 0),
  );
  return { case: label, op, tensors };
}

/** What the device makes of a case's inputs. Rejects with FormatError where it is none of this version. */
export async function runOperation(
  device: Device,
  source: ConformanceCase,
  kernels: Partial<KernelChoice> = {},
): Promise<Outputs> {
  const name = operationName(source);
  const operation = operations.get(name);
  if (!operation) throw new FormatError(source.label, "op", `this version has no operation ${quote(name)}`);
  requireKnown(source, "config", [...source.config.keys()], operation.config);
  requireKnown(source, "in", [...source.inputs.keys()], operation.inputs);
  return operation.run(device, source, kernels);
}

function requireKnown(
  { label, op }: ConformanceCase,
  what: "config" | "in",
  names: readonly string[],
  known: readonly string[],
): void {
  const unknown = names.find(
    (name) => !known.some((one) => (one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one)),
  );
  if (unknown !== undefined)
    throw new FormatError(label, what, `this version's ${op} knows no ${quote(unknown)}`);
}

const operationName = ({ op, config }: ConformanceCase): string =>
  op === "train" ? `train/${String(config.get("network"))}` : op;
