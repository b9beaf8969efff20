/**
 * A trained network as one safetensors file: the learnables by name, batchnorm's inference statistics
 * (`bn1.mean`, `bn1.variance`), and under `__metadata__` the network itself as JSON.
 */
import { type LayerSpec, type NetworkSpec, resolveLayers, tensorShapes } from "../nn/spec";
import { FormatError, quote } from "./error";
import { entriesOf, parseJsonObject } from "./json";
import { readSafetensors, requireFinite, requireTensor, type Tensor, writeSafetensors } from "./safetensors";

/** A tensor of a model: float32, row-major. */
export interface ModelTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

export interface Model {
  readonly spec: NetworkSpec;
  readonly tensors: Map<string, ModelTensor>;
  /** Whatever else the file tells about itself: options, seed, data … */
  readonly metadata: Map<string, string>;
}

const formatName = "fluxion-model/1";
/** Bounds on what a file may ask for; far above any network of this project. */
const limits = { layers: 256, channels: 4096, kernel: 1024, hidden: 1024, steps: 1 << 20, depth: 5 } as const;

/**
 * Writes a model file.
 * @param metadata further strings, such as the training options; `format` and `network` are added here
 */
export function writeModel(
  spec: NetworkSpec,
  tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array<ArrayBuffer> {
  return writeSafetensors(
    tensors,
    new Map([["format", formatName], ["network", networkJson(spec)], ...metadata]),
  );
}

/** The network as JSON, without whatever else its object holds. */
export const networkJson = ({ input, layers, loss }: NetworkSpec): string =>
  JSON.stringify({ input, layers, loss });

/**
 * Reads a model file of unknown origin: exactly the tensors its network needs, of their shapes, F32, finite.
 * @param label the file's name in error messages
 * @throws FormatError
 */
export function readModel(bytes: Uint8Array, label: string): Model {
  const { tensors: found, metadata } = readSafetensors(bytes, label);
  requireFormat(metadata, formatName, label);
  const spec = readNetwork(metadata.get("network") ?? "", label);
  const tensors = new Map<string, ModelTensor>();
  for (const [name, shape] of tensorShapes(resolveLayers(spec))) {
    tensors.set(name, readTensor(name, shape, found.get(name), label));
    found.delete(name);
  }
  for (const name of found.keys())
    throw new FormatError(label, `tensor ${quote(name)}`, "belongs to no layer of the network");
  return { spec, tensors, metadata };
}

/** Refuses a file whose metadata name another format, or none. */
export function requireFormat(metadata: ReadonlyMap<string, string>, format: string, label: string): void {
  const found = metadata.get("format");
  if (found !== format)
    throw new FormatError(
      label,
      "__metadata__ format",
      `must be ${quote(format)}, is ${found === undefined ? "missing" : quote(found)}`,
    );
}

function readTensor(
  name: string,
  shape: readonly number[],
  found: Tensor | undefined,
  label: string,
): ModelTensor {
  const field = `tensor ${quote(name)}`;
  const tensor = requireTensor(found, "F32", shape, label, field);
  requireFinite(tensor.data, label, field);
  if (name.endsWith(".variance") && tensor.data.some((value) => value < 0))
    throw new FormatError(label, field, "must not be negative");
  return { shape, data: tensor.data };
}

/** Reads the network of a model file or a checkpoint from its metadata. Throws FormatError. */
export function readNetwork(text: string, label: string): NetworkSpec {
  const field = "__metadata__ network";
  const network = parseJsonObject(text, limits.depth, label, field);
  const input = entriesOf(network.get("input"), label, `${field} input`);
  const layers = network.get("layers");
  if (!Array.isArray(layers) || layers.length === 0 || layers.length > limits.layers)
    throw new FormatError(label, `${field} layers`, `must be a list of 1 to ${limits.layers} layers`);
  const loss = network.get("loss");
  if (loss !== "observations" && loss !== "observations-and-steps")
    throw new FormatError(label, `${field} loss`, "must be observations or observations-and-steps");
  return {
    input: {
      channels: readCount(input, "channels", limits.channels, label, `${field} input`),
      steps: readCount(input, "steps", limits.steps, label, `${field} input`),
    },
    layers: layers.map((layer: unknown, i) => readLayer(layer, label, `${field} layers[${i}]`)),
    loss,
  };
}

function readLayer(value: unknown, label: string, field: string): LayerSpec {
  const layer = entriesOf(value, label, field);
  const kind = layer.get("kind") as LayerSpec["kind"] | undefined;
  switch (kind) {
    case "conv1d":
      return {
        kind,
        filters: readCount(layer, "filters", limits.channels, label, field),
        kernel: readCount(layer, "kernel", limits.kernel, label, field),
      };
    case "batchnorm": {
      const epsilon = readNumber(layer, "epsilon", label, field);
      if (epsilon <= 0) throw new FormatError(label, `${field} epsilon`, "must be positive");
      return { kind, epsilon };
    }
    case "leakyrelu":
      return { kind, slope: readNumber(layer, "slope", label, field) };
    case "dense":
      return { kind, outputs: readCount(layer, "outputs", limits.channels, label, field) };
    case "lstm":
    case "bilstm":
      return { kind, hidden: readCount(layer, "hidden", limits.hidden, label, field) };
    case "dropout": {
      const probability = readNumber(layer, "probability", label, field);
      if (!(probability >= 0 && probability < 1))
        throw new FormatError(label, `${field} probability`, `must be from 0 to below 1, is ${probability}`);
      return { kind, probability };
    }
    default:
      kind satisfies undefined;
      throw new FormatError(
        label,
        `${field} kind`,
        `${quote(String(layer.get("kind")))} is no layer this version knows`,
      );
  }
}

function readNumber(layer: ReadonlyMap<string, unknown>, key: string, label: string, field: string): number {
  const value = layer.get(key);
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new FormatError(label, `${field} ${key}`, "must be a finite number");
  return value;
}

function readCount(
  layer: ReadonlyMap<string, unknown>,
  key: string,
  most: number,
  label: string,
  field: string,
): number {
  const value = readNumber(layer, key, label, field);
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new FormatError(label, `${field} ${key}`, `must be a whole number in 1 … ${most}, is ${value}`);
  return value;
}
