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
import { createCursor, gatherCall, scatterCall } from "./batch";
import { layOutNetwork, type NetworkParts } from "./build";
import { inputGradient } from "./input-gradient";
import { Passage } from "./passage";
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
  readonly #prediction: Passage;
  /** Whether its learnables have any values but the zeros of new buffers. */
  #loaded = false;
  /** Predictions share their buffers, and gradients must not be built at once: one waits for the other. */
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(spec: NetworkSpec, memory: Memory, parts: NetworkParts, prediction: Passage) {
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
   * @param spec the network, and the number of samples it computes at once
   * @param kernels variants of the kernels other than those for the device, to compare them
   * @throws RangeError for impossible sizes, OutOfMemoryError, KernelError
   */
  static async build(
    device: Device,
    spec: NetworkSpec & { readonly batch: number },
    kernels: Partial<KernelChoice> = {},
  ): Promise<Network> {
    if (!device?.gpu)
      throw new TypeError(`Network.build takes a device that openDevice opened, got ${show(device)}`);
    requireFields("the network", spec, ["input", "layers", "loss", "batch"]);
    const { batch, ...network } = spec;
    const chosen = chooseKernels(device, kernels);
    return guardMemory(device, async () => {
      const memory = new Memory(device, { name: "the network" });
      try {
        const parts = layOutNetwork(memory, network, batch, chosen);
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
   * @returns predictions (rows, Cout, Tout)
   * @throws RangeError for samples of another length, Error where the network was neither trained nor loaded, DisposedError where
   * it is disposed of, also meanwhile
   */
  async predict(x: Float32Array): Promise<Float32Array> {
    this.#memory.requireLive();
    const rows = this.#rowsOf(x);
    this.#requireLoaded();
    return this.#inTurn((prediction) => prediction.run(rows, [x]));
  }

  /**
   * The gradient of what `predict` computes, with respect to its input: at (c, t) of a sample the sum over o and s of
   * outputGradient[o, s] · ∂prediction[o, s] / ∂x[c, t]. Where one value of a sample's output gradient is 1 and all others are
   * 0, that is a row of the Jacobian.
   * @param x any number of samples (rows, C, T)
   * @param outputGradient (rows, Cout, Tout)
   * @returns (rows, C, T)
   * @throws RangeError for other shapes, Error where the network was neither trained nor loaded, OutOfMemoryError, DisposedError
   * where it is disposed of, also meanwhile
   */
  async inputGradient(x: Float32Array, outputGradient: Float32Array): Promise<Float32Array> {
    this.#memory.requireLive();
    const rows = this.#rowsOf(x);
    const answer = this.output.channels * this.output.steps;
    const expected = `(${rows}, Cout, Tout) = ${rows * answer}`;
    requireFloats("outputGradient", outputGradient, rows * answer, expected);
    this.#requireLoaded();
    return this.#inTurn(() => inputGradient(this, rows, { x, outputGradient }));
  }

  /** With learnables of zero it would answer zeros. */
  #requireLoaded(): void {
    if (!this.#loaded && this.layout.places.length > 0)
      throw new Error(
        "the network was neither trained nor loaded: build a Trainer, or write a model's tensors, first",
      );
  }

  #rowsOf(x: Float32Array): number {
    requireFloats("x", x);
    const sample = this.spec.input.channels * this.spec.input.steps;
    if (x.length === 0 || x.length % sample !== 0)
      throw new RangeError(`expected samples of ${sample} values (C·T) each, got ${x.length} values`);
    return x.length / sample;
  }

  #inTurn<T>(act: (prediction: Passage) => Promise<T>): Promise<T> {
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
function buildPrediction(network: NetworkParts, memory: Memory): Promise<Passage> {
  const { context, input, output, stages } = network;
  const { batch } = context;
  const { channels, steps } = input;
  const samples = memory.storage("samples to predict", batch * channels * steps);
  const predictions = memory.storage("predictions", batch * output.channels * output.steps);
  const cursor = createCursor(memory, "prediction cursor", batch);
  const calls = [
    gatherCall(context, { slice: samples, rows: batch, channels, steps }, input, cursor),
    ...stages.flatMap(({ infer }) => infer),
    scatterCall(context, output, predictions),
  ];
  return Passage.build(memory, batch, calls, { inputs: [samples], output: predictions });
}
