import { requireFields, requireFloats, requireMap, show } from "../fields";
import type { Device } from "../gpu/device";
import { guardMemory, Memory, part, type Slice, write } from "../gpu/memory";
import { readWords } from "../gpu/readback";
import {
  type Activation,
  type BuildContext,
  chooseKernels,
  type KernelChoice,
  type Layer,
} from "../layers/layer";
import { kindOf } from "../layers/registry";
import type { ArenaLayout } from "./arena";
import { createCursor, gatherCall, gatherLengths, scatterCall } from "./batch";
import { BatchRunner } from "./batch-runner";
import { layOutNetwork, type NetworkParts } from "./build";
import { inputGradient } from "./input-gradient";
import { type NetworkSpec, type ResolvedLayer, tensorShapes } from "./spec";

/** A named array of f32, as read from or written to a network. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * A network on a device: its learnables, its layers' buffers and the plan that predicts. Nothing is allocated after
 * `build`, except by a Trainer for itself, and by `inputGradient` for as long as it computes.
 */
export class Network implements NetworkParts {
  readonly device: Device;
  readonly spec: NetworkSpec;
  readonly batch: number;
  readonly layers: readonly ResolvedLayer[];
  readonly layout: ArenaLayout;
  /** All learnables, in one buffer. */
  readonly parameters: Slice;
  readonly context: BuildContext;
  readonly input: Activation;
  /** Layers that compute; an activation fused into the one before it does not stand here. */
  readonly stages: readonly Layer[];
  readonly output: Activation;
  readonly #memory: Memory;
  readonly #prediction: BatchRunner;
  /** Whether its learnables have any values but the zeros of new buffers. */
  #loaded = false;
  /** Predictions share their buffers, and gradients must not be built at once: one waits for the other. */
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(spec: NetworkSpec, memory: Memory, parts: NetworkParts, prediction: BatchRunner) {
    this.device = memory.device;
    this.spec = spec;
    this.batch = parts.context.batch;
    this.layers = parts.layers;
    this.layout = parts.layout;
    this.parameters = parts.parameters;
    this.context = parts.context;
    this.input = parts.input;
    this.stages = parts.stages;
    this.output = parts.output;
    this.#memory = memory;
    this.#prediction = prediction;
  }

  /**
   * Allocates the network's buffers and compiles its prediction. Learnables have no values until they are written or
   * a Trainer is built.
   * @param spec the network, the number of samples it computes at once, and whether each sample has a number of real steps of
   * its own, behind which it is padded
   * @param kernels variants of the kernels other than those for the device, to compare them
   * @throws RangeError for impossible sizes, OutOfMemoryError, KernelError
   */
  static async build(
    device: Device,
    spec: NetworkSpec & { readonly batch: number; readonly lengths?: boolean },
    kernels: Partial<KernelChoice> = {},
  ): Promise<Network> {
    if (!device?.gpu)
      throw new TypeError(`Network.build takes a device that openDevice opened, got ${show(device)}`);
    requireFields("the network", spec, ["input", "layers", "loss", "batch", "lengths"]);
    const { batch, lengths = false, ...network } = spec;
    if (typeof lengths !== "boolean")
      throw new TypeError(`lengths must be true or false, got ${show(lengths)}`);
    const chosen = chooseKernels(device, kernels);
    return guardMemory(device, async () => {
      const memory = new Memory(device, { name: "the network" });
      try {
        const parts = layOutNetwork(memory, network, batch, chosen, lengths);
        return new Network(network, memory, parts, await buildPrediction(parts, memory));
      } catch (error) {
        memory.dispose();
        throw error;
      }
    });
  }

  get parameterCount(): number {
    return this.layout.parameterCount;
  }

  get bytesOnDevice(): number {
    return this.#memory.bytes;
  }

  /**
   * All learnables by name, and the inference statistics `bn1.mean`, `bn1.variance` (C) of batch normalisations.
   * @throws DisposedError
   */
  async readTensors(): Promise<Map<string, NamedTensor>> {
    this.#memory.requireLive();
    const words = await readWords(this.device, this.parameters);
    const tensors = new Map<string, NamedTensor>();
    for (const { name, shape, offset, count } of this.layout.places)
      tensors.set(name, { shape, data: words.slice(offset, offset + count) });
    for (const { name, statistics, names } of this.#statistics) {
      this.#memory.requireLive();
      const values = statistics.unpack(await readWords(this.device, statistics.slice));
      values.forEach((data, i) => {
        tensors.set(`${name}.${names[i]}`, { shape: [data.length], data });
      });
    }
    return tensors;
  }

  /**
   * Replaces learnables and inference statistics.
   * @throws RangeError when a tensor is missing, unknown or of another shape, DisposedError
   */
  writeTensors(tensors: ReadonlyMap<string, NamedTensor>): void {
    checkTensors(tensorShapes(this.layers), tensors);
    this.writeLearnables(tensors);
    for (const { name, statistics, names } of this.#statistics) {
      const values = names.map((own) => tensors.get(`${name}.${own}`)?.data ?? new Float32Array());
      write(this.device, statistics.slice, statistics.pack(values));
    }
  }

  /** Told by whoever has put values into `parameters` otherwise than by `writeLearnables`. */
  markLoaded(): void {
    this.#loaded = true;
  }

  /** Makes the inference statistics those of an untrained network. */
  resetStatistics(): void {
    this.#memory.requireLive();
    for (const { statistics } of this.#statistics) write(this.device, statistics.slice, statistics.untrained);
  }

  /** The layers that have inference statistics, and the names of these. */
  get #statistics() {
    return this.stages.flatMap(({ name, statistics }) => {
      const spec = this.layers.find((layer) => layer.name === name)?.spec;
      const names = spec && kindOf(spec).statistics?.names;
      return statistics && names ? [{ name, statistics, names }] : [];
    });
  }

  /** Replaces the learnables alone; every one must be there. */
  writeLearnables(tensors: ReadonlyMap<string, { readonly data: Float32Array }>): void {
    this.#memory.requireLive();
    requireMap("tensors", tensors);
    for (const { name, offset, count } of this.layout.places) {
      const data = tensors.get(name)?.data;
      if (data?.length !== count)
        throw new RangeError(`${name}: expected ${count} values, got ${data?.length ?? "none"}`);
      write(this.device, part(this.parameters, offset, count), data);
    }
    this.#loaded = true;
  }

  /**
   * Predicts with the inference statistics.
   * @param x any number of samples (rows, C, T)
   * @param lengths of a network that has such: the real steps of each sample (rows), all T where they are left out
   * @returns predictions (rows, Cout, Tout), zero behind the real steps
   * @throws RangeError for samples of another length, Error where the network was neither trained nor loaded, DisposedError where
   * it is disposed of, also meanwhile
   */
  async predict(x: Float32Array, lengths?: Uint32Array): Promise<Float32Array> {
    this.#memory.requireLive();
    const rows = this.#rowsOf(x, lengths);
    const given = this.#lengthsOf(rows, lengths);
    this.#requireLoaded();
    return this.#inTurn((prediction) => prediction.run(rows, [x, ...given]));
  }

  /**
   * The gradient of what `predict` computes, with respect to its input: at (c, t) of a sample the sum over o and s of
   * outputGradient[o, s] · ∂prediction[o, s] / ∂x[c, t]. Where one value of a sample's output gradient is 1 and all others are
   * 0, that is a row of the Jacobian.
   * @param x any number of samples (rows, C, T)
   * @param outputGradient (rows, Cout, Tout), of which nothing behind the real steps is read
   * @param lengths as of `predict`
   * @returns (rows, C, T)
   * @throws RangeError for other shapes, Error where the network was neither trained nor loaded, OutOfMemoryError, DisposedError
   * where it is disposed of, also meanwhile
   */
  async inputGradient(
    x: Float32Array,
    outputGradient: Float32Array,
    lengths?: Uint32Array,
  ): Promise<Float32Array> {
    this.#memory.requireLive();
    const rows = this.#rowsOf(x, lengths);
    const answer = this.output.channels * this.output.steps;
    const expected = `(${rows}, Cout, Tout) = ${rows * answer}`;
    const given = this.#lengthsOf(rows, lengths);
    requireFloats("outputGradient", outputGradient, rows * answer, expected, isReal(this.output, lengths));
    this.#requireLoaded();
    return this.#inTurn(() => inputGradient(this, rows, [x, outputGradient, ...given]));
  }

  /** With learnables of zero it would answer zeros. */
  #requireLoaded(): void {
    if (!this.#loaded && this.layout.places.length > 0)
      throw new Error(
        "the network was neither trained nor loaded: build a Trainer, or write a model's tensors, first",
      );
  }

  #rowsOf(x: Float32Array, lengths: Uint32Array | undefined): number {
    requireFloats("x", x, undefined, undefined, isReal(this.input, lengths));
    const sample = this.spec.input.channels * this.spec.input.steps;
    if (x.length === 0 || x.length % sample !== 0)
      throw new RangeError(`expected samples of ${sample} values (C·T) each, got ${x.length} values`);
    return x.length / sample;
  }

  #lengthsOf(rows: number, lengths: Uint32Array | undefined): readonly Uint32Array[] {
    requireLengths("lengths", lengths, rows, this.input);
    if (this.input.lengths === undefined) return [];
    return [lengths ?? new Uint32Array(rows).fill(this.input.steps)];
  }

  #inTurn<T>(act: (prediction: BatchRunner) => Promise<T>): Promise<T> {
    const result = this.#queue.then(() => {
      this.#memory.requireLive();
      return act(this.#prediction);
    });
    this.#queue = result.catch(() => undefined);
    return result;
  }

  /** Frees its buffers. Whatever is asked of it from then on, or waits for an answer, rejects with a DisposedError. */
  dispose(): void {
    this.#memory.dispose();
  }
}

/** Whether value i of samples (rows, C, T) is read: those behind the real steps are not. */
export const isReal =
  ({ channels, steps, lengths: own }: Omit<Activation, "slice">, lengths: Uint32Array | undefined) =>
  (i: number): boolean =>
    !own || !lengths || i % steps < lengths[Math.floor(i / (channels * steps))];

/**
 * @param lengths real steps of each of `rows` samples, where they are given
 * @throws RangeError, TypeError in one line where they cannot be, or the network was built without such
 */
export function requireLengths(
  name: string,
  lengths: unknown,
  rows: number,
  input: Omit<Activation, "slice">,
): asserts lengths is Uint32Array | undefined {
  if (lengths === undefined) return;
  if (input.lengths === undefined)
    throw new RangeError(`${name} needs a network that was built with lengths: true`);
  if (!(lengths instanceof Uint32Array) || lengths.length !== rows)
    throw new TypeError(`${name} must be a Uint32Array of ${rows} (one a row), got ${show(lengths)}`);
  const wrong = lengths.findIndex((length) => length < 1 || length > input.steps);
  if (wrong >= 0)
    throw new RangeError(`${name}[${wrong}] must be from 1 to ${input.steps} steps, got ${lengths[wrong]}`);
}

function checkTensors(
  shapes: ReadonlyMap<string, readonly number[]>,
  tensors: ReadonlyMap<string, NamedTensor>,
): void {
  requireMap("tensors", tensors);
  for (const [name, shape] of shapes) {
    const tensor = tensors.get(name);
    if (!tensor) throw new RangeError(`tensor ${name} [${shape}] is missing`);
    if (!(tensor.data instanceof Float32Array))
      throw new TypeError(`tensor ${name} must hold a Float32Array, got ${show(tensor.data)}`);
    if (tensor.shape.join() !== shape.join() || tensor.data.length !== countOf(shape))
      throw new RangeError(
        `tensor ${name} has shape [${tensor.shape}] and ${tensor.data.length} values, expected [${shape}]`,
      );
  }
  for (const name of tensors.keys())
    if (!shapes.has(name)) throw new RangeError(`tensor ${name} does not belong here`);
}

const countOf = (shape: readonly number[]): number => shape.reduce((product, length) => product * length, 1);

/** Samples in, predictions out. */
function buildPrediction(network: NetworkParts, memory: Memory): Promise<BatchRunner> {
  const { context, input, output, stages } = network;
  const { batch } = context;
  const { channels, steps } = input;
  const samples = memory.storage("samples to predict", batch * channels * steps);
  const predictions = memory.storage("predictions", batch * output.channels * output.steps);
  const cursor = createCursor(memory, "prediction cursor", batch);
  // Rows that no sample has been written to have a step as well.
  const lengths = input.lengths && memory.upload("lengths to predict", new Uint32Array(batch).fill(1));
  const set = { slice: samples, rows: batch, channels, steps, ...(lengths && { lengths }) };
  const calls = [
    ...gatherLengths(context, set, input, cursor),
    gatherCall(context, set, input, cursor),
    ...stages.flatMap(({ infer }) => infer),
    scatterCall(context, output, predictions),
  ];
  const inputs = [samples, ...(lengths ? [lengths] : [])];
  return BatchRunner.build(memory, batch, calls, { inputs, output: predictions });
}
