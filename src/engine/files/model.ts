/**
 * A trained network as one safetensors file: the learnables by name, batchnorm's inference statistics
 * (`bn1.mean`, `bn1.variance`), and under `__metadata__` the network itself as JSON.
 */
import { allows, expectation, type FieldRules, show } from "../fields";
import {
  inputRules,
  layerRules,
  lossRule,
  type NetworkSpec,
  networkLimits,
  resolveLayers,
  tensorShapes,
} from "../network/spec";
import { asRangeError, FormatError, quote } from "./error";
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
/** Deepest nesting of the network's JSON. */
const depth = 5;

/**
 * Writes a model file that `readModel` reads.
 * @param metadata further strings, such as the training options; `format` and `network` are added here
 * @throws RangeError when the tensors are not those of the network, or not finite, or the metadata use a name of the format
 */
export function writeModel(
  spec: NetworkSpec,
  tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array<ArrayBuffer> {
  const own = new Map([
    ["format", formatName],
    ["network", networkJson(spec)],
  ]);
  for (const key of own.keys())
    if (metadata.has(key)) throw new RangeError(`${key} is a name of the model's own metadata`);
  const bytes = writeSafetensors(tensors, new Map([...own, ...metadata]));
  // What is written is what can be read: one rule for both.
  asRangeError(() => readModel(bytes, "the model"));
  return bytes;
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
  const network = parseJsonObject(text, depth, label, field);
  const input = entriesOf(network.get("input"), label, `${field} input`);
  const layers = network.get("layers");
  if (!Array.isArray(layers) || layers.length === 0 || layers.length > networkLimits.layers)
    throw new FormatError(label, `${field} layers`, `must be a list of 1 to ${networkLimits.layers} layers`);
  const loss = network.get("loss");
  if (!allows(lossRule, loss))
    throw new FormatError(label, `${field} loss`, `must be ${expectation(lossRule)}`);
  return {
    input: readFields(input, inputRules, label, `${field} input`),
    layers: layers.map((layer: unknown, i) => readLayer(layer, label, `${field} layers[${i}]`)),
    loss,
  } as NetworkSpec;
}

function readLayer(value: unknown, label: string, field: string): object {
  const layer = entriesOf(value, label, field);
  const kind = layer.get("kind");
  const rules = Object.entries(layerRules).find(([known]) => known === kind)?.[1];
  if (!rules)
    throw new FormatError(label, `${field} kind`, `${quote(String(kind))} is no layer this version knows`);
  return { kind, ...readFields(layer, rules, label, field) };
}

/** What the rules want, and nothing besides: a field that this version does not know may mean another computation. */
function readFields(
  entries: ReadonlyMap<string, unknown>,
  rules: FieldRules,
  label: string,
  field: string,
): object {
  for (const key of entries.keys())
    if (key !== "kind" && !Object.hasOwn(rules, key))
      throw new FormatError(label, field, `has the unknown key ${quote(key)}`);
  return Object.fromEntries(
    Object.entries(rules).map(([key, rule]) => {
      const value = entries.get(key);
      if (!allows(rule, value))
        throw new FormatError(label, `${field} ${key}`, `must be ${expectation(rule)}, is ${show(value)}`);
      return [key, value];
    }),
  );
}
