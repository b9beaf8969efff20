/**
 * A training in the middle as one safetensors file. Tensors: `learnable.NAME`, `statistics.NAME` of batch
 * normalisations, `moment.MOMENT.NAME` of the solver, the same of the best so far under `best.`, the `order` of the
 * rows, `history` (iterations, 6) and `validations` (validations, 3). Under `__metadata__` network, options, state and
 * the SHA-256 of the whole file, its own 64 digits taken as zeros.
 */
import { sha256 } from "../digest";
import { resolveLayers } from "../network/spec";
import { defaultTrainingOptions, requireOptions, type TrainingOptions } from "../training/options";
import type { BestScore, Progress } from "../training/progress";
import { statisticsShapes, type Tensors, type TrainingState, type Weights } from "../training/state";
import { FormatError, quote } from "./error";
import { entriesOf, parseJsonObject } from "./json";
import { networkJson, readNetwork, requireFormat } from "./model";
import {
  readSafetensors,
  requireFinite,
  requireTensor,
  type Safetensors,
  type Tensor,
  writeSafetensors,
} from "./safetensors";

export interface Checkpoint {
  readonly state: TrainingState;
  /** The strings that were given to `writeCheckpoint`. */
  readonly metadata: ReadonlyMap<string, string>;
}

const formatName = "fluxion-checkpoint/2";
const formatWithoutData = "fluxion-checkpoint/1";
const reserved: readonly string[] = ["format", "sha256", "network", "options", "state"];
const noDigest = "0".repeat(64);
const historyColumns = ["epoch", "learnRate", "loss", "rmse", "gradientNorm", "seconds"] as const;
const validationColumns = 3;

/**
 * Writes a checkpoint.
 * @param metadata further strings, such as a description of the data
 * @throws RangeError when the metadata use a name of the format
 */
export async function writeCheckpoint(
  state: TrainingState,
  metadata: ReadonlyMap<string, string> = new Map(),
): Promise<Uint8Array<ArrayBuffer>> {
  for (const key of metadata.keys())
    if (reserved.includes(key)) throw new RangeError(`${key} is a name of the checkpoint's own metadata`);
  const { iteration, seconds, rows, data, best, history, order, options } = state;
  const tensors = new Map<string, WrittenTensor>([
    ...weightTensors("", state),
    ...[...state.moments].flatMap(([moment, arena]) => prefixed(`moment.${moment}.`, arena)),
    ...(best ? weightTensors("best.", best) : []),
    ["order", { shape: [order.length / options.batch, options.batch], data: Int32Array.from(order) }],
    [
      "history",
      {
        shape: [history.length, historyColumns.length],
        data: Float64Array.from(history.flatMap((progress) => historyColumns.map((key) => progress[key]))),
      },
    ],
  ]);
  const scores = history.flatMap(({ iteration, validation }) =>
    validation ? [iteration, validation.loss, validation.rmse] : [],
  );
  tensors.set("validations", {
    shape: [scores.length / validationColumns, validationColumns],
    data: Float64Array.from(scores),
  });
  const told = {
    iteration,
    seconds,
    rows,
    data,
    ...(best && { best: { iteration: best.iteration, loss: best.loss } }),
  };
  const bytes = writeSafetensors(
    tensors,
    new Map([
      ["format", formatName],
      ["sha256", noDigest],
      ["network", networkJson(state.network)],
      ["options", optionsJson(options)],
      ["state", JSON.stringify(told)],
      ...metadata,
    ]),
  );
  bytes.set(new TextEncoder().encode(await sha256(bytes)), digestPlace(bytes, noDigest));
  return bytes;
}

/**
 * Reads a checkpoint of unknown origin. A flipped bit anywhere is refused, and so is a state that contradicts itself.
 * Learnables, statistics and moments may hold any f32: a training whose next step will diverge is a state like another.
 * @param label the file's name in error messages
 * @throws FormatError
 */
export async function readCheckpoint(bytes: Uint8Array, label: string): Promise<Checkpoint> {
  const { tensors, metadata } = readSafetensors(bytes, label);
  if (metadata.get("format") === formatWithoutData)
    throw new FormatError(
      label,
      "__metadata__ format",
      "is that of an earlier version, which kept no digest of the data: go on with that version, or train again",
    );
  requireFormat(metadata, formatName, label);
  await requireDigest(bytes, metadata.get("sha256"), label);
  const reader = new StateReader(tensors, metadata, label);
  const state = reader.state();
  for (const name of tensors.keys())
    throw new FormatError(label, `tensor ${quote(name)}`, "belongs to no part of the training");
  return { state, metadata: new Map([...metadata].filter(([key]) => !reserved.includes(key))) };
}

interface WrittenTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array;
}

const prefixed = (prefix: string, tensors: Tensors): [string, WrittenTensor][] =>
  Array.from(tensors, ([name, tensor]) => [`${prefix}${name}`, tensor]);

const weightTensors = (prefix: string, { learnables, statistics }: Weights): [string, WrittenTensor][] => [
  ...prefixed(`${prefix}learnable.`, learnables),
  ...prefixed(`${prefix}statistics.`, statistics),
];

/** Byte at which the digest stands. Quotes inside JSON strings are escaped, so what is sought stands there alone. */
function digestPlace(bytes: Uint8Array, digest: string): number {
  const headerBytes = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = new TextDecoder("latin1").decode(bytes.subarray(8, 8 + headerBytes));
  const key = '"sha256":"';
  const at = header.indexOf(`${key}${digest}"`);
  return at < 0 ? at : 8 + at + key.length;
}

async function requireDigest(bytes: Uint8Array, digest: string | undefined, label: string): Promise<void> {
  const field = "__metadata__ sha256";
  if (digest === undefined) throw new FormatError(label, field, "is missing");
  const copy = new Uint8Array(bytes);
  const at = digestPlace(copy, digest);
  if (digest.length !== noDigest.length || at < 0)
    throw new FormatError(label, field, `must be ${noDigest.length} hexadecimal digits`);
  copy.set(new TextEncoder().encode(noDigest), at);
  if ((await sha256(copy)) !== digest)
    throw new FormatError(label, field, "does not fit the content: the file was damaged or altered");
}

/** Takes the tensors it reads out of the map, so that what is left over belongs nowhere. */
class StateReader {
  readonly #tensors: Safetensors["tensors"];
  readonly #metadata: ReadonlyMap<string, string>;
  readonly #label: string;

  constructor(tensors: Safetensors["tensors"], metadata: ReadonlyMap<string, string>, label: string) {
    this.#tensors = tensors;
    this.#metadata = metadata;
    this.#label = label;
  }

  state(): TrainingState {
    const label = this.#label;
    const network = readNetwork(this.#metadata.get("network") ?? "", label);
    const options = readOptions(this.#metadata.get("options") ?? "", label, "__metadata__ options");
    const field = "__metadata__ state";
    const told = parseJsonObject(this.#metadata.get("state") ?? "", 2, label, field);
    const iteration = this.#number(told, "iteration", field, true);
    const sets = entriesOf(told.get("rows"), label, `${field} rows`);
    const rows = {
      training: this.#number(sets, "training", `${field} rows`, true),
      validation: this.#number(sets, "validation", `${field} rows`, true),
    };
    const layers = resolveLayers(network);
    const learnables = new Map(
      layers.flatMap((layer) =>
        layer.learnables.map(({ name, shape }): [string, readonly number[]] => [name, shape]),
      ),
    );
    const statistics = statisticsShapes(layers);
    const weights = (prefix: string): Weights => ({
      learnables: this.#arena(`${prefix}learnable.`, learnables),
      statistics: this.#arena(`${prefix}statistics.`, statistics),
    });
    const history = this.#history(iteration);
    const best = told.has("best") ? this.#best(told.get("best"), history, `${field} best`) : undefined;
    return {
      network,
      options,
      rows,
      data: this.#data(told.get("data"), field),
      iteration,
      seconds: this.#number(told, "seconds", field, false),
      ...weights(""),
      moments: this.#moments(learnables),
      ...(best && { best: { ...best, ...weights("best.") } }),
      order: this.#order(rows.training, options.batch),
      history,
    };
  }

  #data(value: unknown, field: string): string {
    if (typeof value !== "string" || !/^[\da-f]{64}$/.test(value))
      throw new FormatError(this.#label, `${field} data`, `must be ${noDigest.length} hexadecimal digits`);
    return value;
  }

  /** A finite number of at least 0, whole where it counts. */
  #number(entries: ReadonlyMap<string, unknown>, key: string, field: string, whole: boolean): number {
    const value = entries.get(key);
    if (
      typeof value !== "number" ||
      !(value >= 0 && Number.isFinite(value)) ||
      (whole && !Number.isSafeInteger(value))
    )
      throw new FormatError(
        this.#label,
        `${field} ${key}`,
        `must be a ${whole ? "whole" : "finite"} number of at least 0`,
      );
    return value;
  }

  #take<Type extends Tensor["dtype"]>(name: string, dtype: Type, shape: readonly number[]) {
    const tensor = requireTensor(this.#tensors.get(name), dtype, shape, this.#label, `tensor ${quote(name)}`);
    this.#tensors.delete(name);
    return tensor;
  }

  #arena(prefix: string, shapes: ReadonlyMap<string, readonly number[]>): Tensors {
    return new Map(
      Array.from(shapes, ([name, shape]) => {
        const { data } = this.#take(`${prefix}${name}`, "F32", shape);
        return [name, { shape, data }];
      }),
    );
  }

  #moments(learnables: ReadonlyMap<string, readonly number[]>): Map<string, Tensors> {
    const names = [...this.#tensors.keys()].flatMap((name) => /^moment\.([^.]+)\./.exec(name)?.[1] ?? []);
    return new Map(Array.from(new Set(names), (name) => [name, this.#arena(`moment.${name}.`, learnables)]));
  }

  #order(rows: number, batch: number): Uint32Array {
    const length = this.#tensors.get("order")?.shape[0] ?? 0;
    const { data } = this.#take("order", "I32", [length, batch]);
    if (length === 0 || data.some((row) => row < 0 || row >= rows))
      throw new FormatError(this.#label, 'tensor "order"', `must hold rows from 0 to ${rows - 1}`);
    return Uint32Array.from(data);
  }

  #history(iterations: number): Progress[] {
    const label = this.#label;
    const { data } = this.#take("history", "F64", [iterations, historyColumns.length]);
    requireFinite(data, label, 'tensor "history"');
    const count = this.#tensors.get("validations")?.shape[0] ?? 0;
    const scores = this.#take("validations", "F64", [count, validationColumns]).data;
    const validations = new Map<number, { loss: number; rmse: number }>();
    let last = 0;
    for (let at = 0; at < scores.length; at += validationColumns) {
      const [iteration, loss, rmse] = scores.subarray(at, at + validationColumns);
      if (!(Number.isSafeInteger(iteration) && iteration > last && iteration <= iterations))
        throw new FormatError(
          label,
          'tensor "validations"',
          `must hold ascending iterations up to ${iterations}`,
        );
      validations.set(iteration, { loss, rmse });
      last = iteration;
    }
    return Array.from({ length: iterations }, (_, i) => {
      const row = data.subarray(i * historyColumns.length);
      const [epoch, learnRate, loss, rmse, gradientNorm, seconds] = row;
      if (!(Number.isSafeInteger(epoch) && epoch >= 1))
        throw new FormatError(label, 'tensor "history"', "must count epochs from 1");
      const validation = validations.get(i + 1);
      return {
        iteration: i + 1,
        epoch,
        learnRate,
        loss,
        rmse,
        gradientNorm,
        seconds,
        ...(validation && { validation }),
      };
    });
  }

  /** It must be one of the validations of the history. */
  #best(value: unknown, history: readonly Progress[], field: string): BestScore {
    const entries = entriesOf(value, this.#label, field);
    const iteration = this.#number(entries, "iteration", field, true);
    const loss = this.#number(entries, "loss", field, false);
    if (history[iteration - 1]?.validation?.loss !== loss)
      throw new FormatError(this.#label, field, "must be a validation of the history");
    return { iteration, loss };
  }
}

/** Options as JSON. `Infinity`, which JSON has not, is written as a string. */
const optionsJson = (options: TrainingOptions): string =>
  JSON.stringify(options, (_, value: unknown) => (value === Number.POSITIVE_INFINITY ? "Infinity" : value));

/**
 * Reads options of unknown origin: every one must be there, none besides, and each of a value with which training can
 * be computed.
 * @throws FormatError
 */
function readOptions(text: string, label: string, field: string): TrainingOptions {
  const entries = parseJsonObject(text, 3, label, field);
  for (const name of Object.keys(defaultTrainingOptions))
    if (!entries.has(name)) throw new FormatError(label, `${field} ${name}`, "is missing");
  const options = revive(Object.fromEntries(entries)) as TrainingOptions;
  try {
    requireOptions(options);
  } catch (error) {
    throw error instanceof RangeError || error instanceof TypeError
      ? new FormatError(label, field, error.message)
      : error;
  }
  return options;
}

/** The value that JSON stands for, infinities as numbers. */
function revive(value: unknown): unknown {
  if (value === "Infinity") return Number.POSITIVE_INFINITY;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revive(inner)]));
}
