/**
 * The safetensors container: an 8-byte little-endian header length, a JSON header, then the tensors'
 * bytes. Read from untrusted files: every claim of the header is checked before anything is allocated.
 * Typed arrays are written as they lie in memory, which is little-endian on every machine with WebGPU.
 */
import { requireMap, show } from "../fields";
import { asRangeError, FormatError, quote } from "./error";
import { entriesOf, parseJsonObject } from "./json";

export type Tensor =
  | { readonly dtype: "F32"; readonly shape: readonly number[]; readonly data: Float32Array<ArrayBuffer> }
  | { readonly dtype: "F64"; readonly shape: readonly number[]; readonly data: Float64Array<ArrayBuffer> }
  | { readonly dtype: "I32"; readonly shape: readonly number[]; readonly data: Int32Array<ArrayBuffer> };

/** Tensors by name in the order of the header, and the strings of `__metadata__`. */
export interface Safetensors {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: Map<string, string>;
}

/** A checkpoint of the largest network has 6144 tensors. */
const limits = { headerBytes: 1 << 21, tensors: 8192, rank: 8, depth: 4 } as const;
const elementBytes: ReadonlyMap<unknown, number> = new Map([
  ["F32", 4],
  ["F64", 8],
  ["I32", 4],
]);
const prefixBytes = 8;
const metadataKey = "__metadata__";

interface Entry {
  readonly name: string;
  readonly dtype: unknown;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/**
 * Reads a whole safetensors file. The tensors' data are copies.
 * @param label the file's name in error messages
 * @throws FormatError naming the field and what was expected, on any deviation from the format, TypeError for an ArrayBuffer
 */
export function readSafetensors(bytes: Uint8Array, label: string): Safetensors {
  const { entries, metadata, data } = readHeader(bytes, label);
  return {
    tensors: new Map(entries.map((entry) => [entry.name, copyTensor(entry, data)])),
    metadata,
  };
}

interface Header {
  readonly entries: readonly Entry[];
  readonly metadata: Safetensors["metadata"];
  readonly data: Uint8Array;
}

function readHeader(bytes: Uint8Array, label: string): Header {
  if (!(bytes instanceof Uint8Array))
    throw new TypeError(`${label}: a file must be given as a Uint8Array, got ${show(bytes)}`);
  const headerBytes = readHeaderLength(bytes, label);
  const header = parseJsonObject(
    decode(bytes.subarray(prefixBytes, prefixBytes + headerBytes), label),
    limits.depth,
    label,
    "header",
  );
  const data = bytes.subarray(prefixBytes + headerBytes);
  const metadata = readMetadata(header.get(metadataKey), label);
  const entries = [...header]
    .filter(([name]) => name !== metadataKey)
    .map(([name, value]) => readEntry(name, value, label));
  if (entries.length > limits.tensors)
    throw new FormatError(
      label,
      "header",
      `must list at most ${limits.tensors} tensors, lists ${entries.length}`,
    );
  requireTiling(entries, data.length, label);
  return { entries, metadata, data };
}

function readHeaderLength(bytes: Uint8Array, label: string): number {
  if (bytes.length < prefixBytes)
    throw new FormatError(
      label,
      "header length",
      `needs ${prefixBytes} bytes, the file has ${bytes.length}: no safetensors file`,
    );
  const length = new DataView(bytes.buffer, bytes.byteOffset, prefixBytes).getBigUint64(0, true);
  if (length < 2n || length > BigInt(limits.headerBytes))
    throw new FormatError(
      label,
      "header length",
      `must lie in 2 … ${limits.headerBytes} bytes, is ${length}: no safetensors file`,
    );
  const available = bytes.length - prefixBytes;
  if (length > BigInt(available))
    throw new FormatError(label, "header", `is truncated: ${length} bytes announced, ${available} present`);
  return Number(length);
}

function decode(header: Uint8Array, label: string): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
  } catch {
    throw new FormatError(label, "header", "must be UTF-8 text");
  }
  if (!text.startsWith("{")) throw new FormatError(label, "header", 'must be a JSON object, begin with "{"');
  return text;
}

function readMetadata(value: unknown, label: string): Map<string, string> {
  if (value === undefined) return new Map();
  return new Map(
    [...entriesOf(value, label, metadataKey)].map(([key, text]) => {
      if (typeof text !== "string")
        throw new FormatError(label, `${metadataKey} ${quote(key)}`, "must be a string");
      return [key, text];
    }),
  );
}

function readEntry(name: string, value: unknown, label: string): Entry {
  const field = `tensor ${quote(name)}`;
  const entry = entriesOf(value, label, field);
  for (const key of entry.keys())
    if (!["dtype", "shape", "data_offsets"].includes(key))
      throw new FormatError(label, field, `has the unknown key ${quote(key)}`);
  const dtype = entry.get("dtype");
  const size = elementBytes.get(dtype);
  if (size === undefined)
    throw new FormatError(label, `${field} dtype`, `must be F32, F64 or I32, is ${quote(String(dtype))}`);
  const shape = readCounts(entry.get("shape"), label, `${field} shape`);
  if (shape.length > limits.rank)
    throw new FormatError(
      label,
      `${field} shape`,
      `must have at most ${limits.rank} axes, has ${shape.length}`,
    );
  const offsets = readCounts(entry.get("data_offsets"), label, `${field} data_offsets`);
  const [begin, end] = offsets;
  if (offsets.length !== 2 || begin === undefined || end === undefined || begin > end)
    throw new FormatError(label, `${field} data_offsets`, "must be [begin, end] with begin ≤ end");
  const bytes = shape.reduce((product, length) => product * length, size);
  // An axis of length 0 must not hide a product that no longer is exact.
  const exact = Number.isSafeInteger(shape.reduce((product, length) => product * Math.max(length, 1), size));
  if (!exact || bytes !== end - begin)
    throw new FormatError(
      label,
      `${field} shape`,
      `[${shape.join(", ")}] of ${dtype} takes ${bytes} bytes, data_offsets give ${end - begin}`,
    );
  return { name, dtype, shape, begin, end };
}

function readCounts(value: unknown, label: string, field: string): number[] {
  if (!Array.isArray(value)) throw new FormatError(label, field, "must be a list of whole numbers");
  return value.map((item: unknown) => {
    if (typeof item !== "number" || !Number.isSafeInteger(item) || item < 0)
      throw new FormatError(label, field, "must hold whole numbers of at least 0");
    return item;
  });
}

/** Every byte of the data belongs to exactly one tensor: no gap, no overlap, nothing after the last. */
function requireTiling(entries: readonly Entry[], dataBytes: number, label: string): void {
  let covered = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    const field = `tensor ${quote(name)} data_offsets`;
    if (begin > covered)
      throw new FormatError(label, field, `leave a gap: must begin at ${covered}, begin at ${begin}`);
    if (begin < covered)
      throw new FormatError(label, field, `overlap: must begin at ${covered}, begin at ${begin}`);
    if (end > dataBytes)
      throw new FormatError(
        label,
        field,
        `end at ${end}, the file holds ${dataBytes} bytes of data (truncated?)`,
      );
    covered = end;
  }
  if (covered !== dataBytes)
    throw new FormatError(
      label,
      "data",
      `must end with the last tensor at byte ${covered}, has ${dataBytes} bytes`,
    );
}

function copyTensor({ dtype, shape, begin, end }: Entry, data: Uint8Array): Tensor {
  // The file gives no alignment, a typed array's view needs it: hence a copy.
  const buffer = new ArrayBuffer(end - begin);
  new Uint8Array(buffer).set(data.subarray(begin, end));
  switch (dtype) {
    case "F64":
      return { dtype, shape, data: new Float64Array(buffer) };
    case "I32":
      return { dtype, shape, data: new Int32Array(buffer) };
    default:
      return { dtype: "F32", shape, data: new Float32Array(buffer) };
  }
}

/**
 * Writes tensors and metadata as a safetensors file. The header is padded with spaces to a multiple of 8
 * and wider elements come first, so that a reader may map the tensors in place.
 * @throws RangeError when a shape does not fit its data, a name is reserved, or `readSafetensors` would refuse the file
 */
export function writeSafetensors(
  tensors: ReadonlyMap<
    string,
    { readonly shape: readonly number[]; readonly data: Float32Array | Float64Array | Int32Array }
  >,
  metadata: ReadonlyMap<string, string> = new Map(),
): Uint8Array<ArrayBuffer> {
  requireMap("tensors", tensors);
  requireMap("metadata", metadata);
  const entries = [...tensors].sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  const header = new Map<string, unknown>();
  if (metadata.size > 0) header.set(metadataKey, Object.fromEntries(metadata));
  let end = 0;
  for (const [name, { shape, data }] of entries) {
    const dtype = dtypeOf(name, data);
    if (name === metadataKey) throw new RangeError(`${name} is no name for a tensor`);
    if (shape.reduce((product, length) => product * length, 1) !== data.length)
      throw new RangeError(`${name}: shape [${shape.join(", ")}] does not hold ${data.length} elements`);
    header.set(name, { dtype, shape, data_offsets: [end, end + data.byteLength] });
    end += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(prefixBytes + headerBytes + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, prefixBytes, prefixBytes + headerBytes);
  file.set(text, prefixBytes);
  let at = prefixBytes + headerBytes;
  for (const [, { data }] of entries) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  asRangeError(() => readHeader(file, "the file"));
  return file;
}

function dtypeOf(name: string, data: unknown): Tensor["dtype"] {
  if (data instanceof Float32Array) return "F32";
  if (data instanceof Float64Array) return "F64";
  if (data instanceof Int32Array) return "I32";
  throw new TypeError(`${name} must hold a Float32Array, Float64Array or Int32Array, got ${show(data)}`);
}

/** The tensor that a file had to hold: FormatError unless it is there, of this type and this shape. */
export function requireTensor<Type extends Tensor["dtype"]>(
  tensor: Tensor | undefined,
  dtype: Type,
  shape: readonly number[],
  label: string,
  field: string,
): Extract<Tensor, { readonly dtype: Type }> {
  if (tensor === undefined) throw new FormatError(label, field, "is missing");
  if (!hasType(tensor, dtype))
    throw new FormatError(label, `${field} dtype`, `must be ${dtype}, is ${tensor.dtype}`);
  if (tensor.shape.length !== shape.length || tensor.shape.some((length, axis) => length !== shape[axis]))
    throw new FormatError(
      label,
      `${field} shape`,
      `must be [${shape.join(", ")}], is [${tensor.shape.join(", ")}]`,
    );
  return tensor;
}

const hasType = <Type extends Tensor["dtype"]>(
  tensor: Tensor,
  dtype: Type,
): tensor is Extract<Tensor, { readonly dtype: Type }> => tensor.dtype === dtype;

/** Refuses a tensor with an infinity or a NaN in it. */
export function requireFinite(data: ArrayLike<number>, label: string, field: string): void {
  for (let i = 0; i < data.length; i++)
    if (!Number.isFinite(data[i]))
      throw new FormatError(label, field, `must be finite, element ${i} is ${data[i]}`);
}
