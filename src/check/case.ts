import { FormatError, quote } from "../engine/files/error";
import { entriesOf, parseJsonObject } from "../engine/files/json";
import { requireFormat } from "../engine/files/model";
import { readSafetensors, requireFinite, type Safetensors, type Tensor } from "../engine/files/safetensors";

/** A conformance case: an operation, its inputs, and what an outside oracle computed in float64. */
export interface ConformanceCase {
  readonly label: string;
  readonly op: string;
  readonly config: ReadonlyMap<string, unknown>;
  /** Inputs by name without the prefix `in.`. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** Expected outputs by name without the prefix `out.`. */
  readonly outputs: ReadonlyMap<string, Tensor>;
  readonly rtol: ReadonlyMap<string, number>;
}

/**
 * Reads the container of a case.
 * @throws FormatError when it is no safetensors file, or says that it holds something else
 */
export function openCase(bytes: Uint8Array, label: string): Safetensors {
  const container = readSafetensors(bytes, label);
  requireFormat(container.metadata, "fluxion-conformance/1", label);
  return container;
}

/** Reads a case. Throws FormatError when the file is none. */
export function readCase(bytes: Uint8Array, label: string): ConformanceCase {
  const { tensors, metadata } = openCase(bytes, label);
  const rtol = new Map<string, number>();
  for (const [name, value] of readObject("rtol", metadata, label)) {
    if (typeof value !== "number" || !(value >= 0) || !Number.isFinite(value))
      throw new FormatError(label, `rtol ${name}`, "must be a finite number ≥ 0");
    rtol.set(name, value);
  }
  const withPrefix = (prefix: string) =>
    new Map(
      [...tensors]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, t]) => [name.slice(prefix.length), t]),
    );
  const outputs = withPrefix("out.");
  for (const name of outputs.keys())
    if (!rtol.has(name)) throw new FormatError(label, "rtol", `must give a tolerance for ${name}`);
  for (const [name, { data }] of tensors) {
    if (!/^(in|out)\./.test(name))
      throw new FormatError(label, `tensor ${quote(name)}`, "must be named in.… or out.…");
    requireFinite(data, label, name);
  }
  if (outputs.size === 0) throw new FormatError(label, "tensors", "must hold at least one named out.…");
  const op = metadata.get("op");
  if (op === undefined) throw new FormatError(label, "op", "must name an operation");
  return {
    label,
    op,
    config: readObject("config", metadata, label),
    inputs: withPrefix("in."),
    outputs,
    rtol,
  };
}

/** Nesting of a case's config, at most. */
const configDepth = 8;

function readObject(
  field: string,
  metadata: ReadonlyMap<string, string>,
  label: string,
): ReadonlyMap<string, unknown> {
  return parseJsonObject(metadata.get(field) ?? "", configDepth, label, field);
}

/** An object within the case's config. */
export function object(source: ConformanceCase, name: string): ReadonlyMap<string, unknown> {
  return entriesOf(source.config.get(name), source.label, `config ${name}`);
}

/** An input tensor, non-empty, of the given number of axes where one is given. */
export function input(
  source: ConformanceCase,
  name: string,
  axes?: number,
): { shape: readonly number[]; data: Float32Array } {
  const tensor = source.inputs.get(name);
  if (
    tensor?.dtype !== "F32" ||
    (axes !== undefined && tensor.shape.length !== axes) ||
    tensor.data.length === 0
  )
    throw new FormatError(
      source.label,
      `in.${name}`,
      `must be a non-empty F32 tensor${axes === undefined ? "" : ` of ${axes} axes`}`,
    );
  return tensor;
}

/** An input tensor of exactly this shape. */
export function shapedInput(source: ConformanceCase, name: string, shape: readonly number[]): Float32Array {
  const tensor = input(source, name, shape.length);
  if (tensor.shape.some((size, axis) => size !== shape[axis]))
    throw new FormatError(
      source.label,
      `in.${name}`,
      `must be [${shape.join(", ")}], is [${tensor.shape.join(", ")}]`,
    );
  return tensor.data;
}

/** A number of the case's config, or of an object within it. */
export function number(source: ConformanceCase, name: string, config = source.config): number {
  const value = config.get(name);
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new FormatError(source.label, `config ${name}`, "must be a finite number");
  return value;
}

/** One of a few words of the case's config. */
export function choice<T extends string>(source: ConformanceCase, name: string, allowed: readonly T[]): T {
  const value = allowed.find((word) => word === source.config.get(name));
  if (value === undefined)
    throw new FormatError(source.label, `config ${name}`, `must be one of ${allowed.join(", ")}`);
  return value;
}
