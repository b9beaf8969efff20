import type { Device } from "../gpu/device";
import type { KernelCall } from "../gpu/kernel";
import { guardMemory, Memory, part, type Slice, write } from "../gpu/memory";
import { Plan } from "../gpu/plan";
import { readStaging, readWords } from "../gpu/readback";
import type { ArenaLayout } from "./arena";
import { createCursor, gatherCall, scatterCall } from "./batch";
import { packStatistics, unpackStatistics } from "./batchnorm";
import { type Activation, type BuildContext, chooseKernels, type KernelChoice, type Layer } from "./layer";
import { type NetworkSpec, type ResolvedLayer, tensorShapes } from "./spec";
import { layOutNetwork, type NetworkParts } from "./stages";

/** A named array of f32, as read from or written to a network. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * A network on a device: its learnables, its layers' buffers and the plan that predicts. Nothing is allocated after
 * `build`, except by a Trainer for itself.
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
  #prediction: Prediction | undefined;

  private constructor(device: Device, spec: NetworkSpec, memory: Memory, parts: NetworkParts) {
    this.device = device;
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
  }

  /**
   * Allocates the network's buffers and compiles its prediction. Learnables are zero until written or trained.
   * @param spec the network, and the number of curves it computes at once
   * @param kernels variants of the kernels other than those for the device, to compare them
   * @throws RangeError for impossible sizes, OutOfMemoryError, KernelError
   */
  static build(
    device: Device,
    spec: NetworkSpec & { readonly batch: number },
    kernels: Partial<KernelChoice> = {},
  ): Promise<Network> {
    const { batch, ...network } = spec;
    const chosen = chooseKernels(device, kernels);
    return guardMemory(device, async () => {
      const memory = new Memory(device);
      try {
        const parts = layOutNetwork(memory, network, batch, chosen);
        const built = new Network(device, network, memory, parts);
        built.#prediction = await Prediction.build(built, memory);
        return built;
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

  /** All learnables by name, and the inference statistics `bn1.mean`, `bn1.variance` (C) of batch normalisations. */
  async readTensors(): Promise<Map<string, NamedTensor>> {
    const words = await readWords(this.device, this.parameters);
    const tensors = new Map<string, NamedTensor>();
    for (const { name, shape, offset, count } of this.layout.places)
      tensors.set(name, { shape, data: words.slice(offset, offset + count) });
    for (const { name, statistics, output } of this.stages)
      if (statistics) {
        const { mean, variance } = unpackStatistics(
          await readWords(this.device, statistics),
          output.channels,
        );
        tensors.set(`${name}.mean`, { shape: [output.channels], data: mean });
        tensors.set(`${name}.variance`, { shape: [output.channels], data: variance });
      }
    return tensors;
  }

  /**
   * Replaces learnables and inference statistics.
   * @throws RangeError when a tensor is missing, unknown or of another shape
   */
  writeTensors(tensors: ReadonlyMap<string, NamedTensor>): void {
    checkTensors(tensorShapes(this.layers), tensors);
    this.writeLearnables(tensors);
    this.#writeStatistics((_, name) => {
      const [mean, variance] = ["mean", "variance"].map((key) => tensors.get(`${name}.${key}`)?.data);
      return mean && variance && { mean, variance };
    });
  }

  #writeStatistics(
    valuesOf: (
      channels: number,
      name: string,
    ) => { readonly mean: Float32Array; readonly variance: Float32Array } | undefined,
  ): void {
    for (const { name, spec, outputChannels } of this.layers) {
      const statistics = this.stages.find((stage) => stage.name === name)?.statistics;
      const values = valuesOf(outputChannels, name);
      if (spec.kind === "batchnorm" && statistics && values)
        write(this.device, statistics, packStatistics(values.mean, values.variance, spec.epsilon));
    }
  }

  /** Makes the inference statistics those of an untrained network: mean 0, variance 1. */
  resetStatistics(): void {
    this.#writeStatistics((channels) => ({
      mean: new Float32Array(channels),
      variance: new Float32Array(channels).fill(1),
    }));
  }

  /** Replaces the learnables alone; every one must be there. */
  writeLearnables(tensors: ReadonlyMap<string, { readonly data: Float32Array }>): void {
    for (const { name, offset, count } of this.layout.places) {
      const data = tensors.get(name)?.data;
      if (data?.length !== count)
        throw new RangeError(`${name}: expected ${count} values, got ${data?.length ?? "none"}`);
      write(this.device, part(this.parameters, offset, count), data);
    }
  }

  /**
   * Predicts with the inference statistics.
   * @param x any number of curves (rows, C, T)
   * @returns predictions (rows, Cout, T)
   */
  async predict(x: Float32Array): Promise<Float32Array> {
    if (!this.#prediction) throw new Error("the network was disposed");
    return this.#prediction.run(x);
  }

  dispose(): void {
    this.#prediction = undefined;
    this.#memory.dispose();
  }
}

function checkTensors(
  shapes: ReadonlyMap<string, readonly number[]>,
  tensors: ReadonlyMap<string, NamedTensor>,
): void {
  for (const [name, shape] of shapes) {
    const tensor = tensors.get(name);
    if (!tensor) throw new RangeError(`tensor ${name} [${shape}] is missing`);
    if (tensor.shape.join() !== shape.join())
      throw new RangeError(`tensor ${name} has shape [${tensor.shape}], expected [${shape}]`);
  }
  for (const name of tensors.keys())
    if (!shapes.has(name)) throw new RangeError(`tensor ${name} does not belong here`);
}

/** Curves in, predictions out, a batch at a time. */
class Prediction {
  readonly #network: Network;
  readonly #plan: Plan;
  readonly #curves: Slice;
  readonly #predictions: Slice;
  readonly #staging: Slice;
  /** Predictions share their buffers, so one waits for the other. */
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(network: Network, plan: Plan, curves: Slice, predictions: Slice, staging: Slice) {
    this.#network = network;
    this.#plan = plan;
    this.#curves = curves;
    this.#predictions = predictions;
    this.#staging = staging;
  }

  static async build(network: Network, memory: Memory): Promise<Prediction> {
    const { context, spec, batch, input, output, stages, device } = network;
    const { channels, steps } = spec.input;
    const curves = memory.storage("curves to predict", batch * channels * steps);
    const predictions = memory.storage("predictions", batch * output.channels * steps);
    const staging = memory.staging("predictions (readback)", predictions.size);
    const cursor = createCursor(memory, "prediction cursor", batch);
    const calls: KernelCall[] = [
      gatherCall(context, { slice: curves, rows: batch, channels }, input, cursor),
      ...stages.flatMap(({ infer }) => infer),
      scatterCall(context, output, predictions),
    ];
    return new Prediction(network, await Plan.build(device, calls), curves, predictions, staging);
  }

  run(x: Float32Array): Promise<Float32Array> {
    const result = this.#queue.then(() => this.#predict(x));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #predict(x: Float32Array): Promise<Float32Array> {
    const { spec, batch, device, output } = this.#network;
    const curve = spec.input.channels * spec.input.steps;
    if (x.length === 0 || x.length % curve !== 0)
      throw new RangeError(`expected curves of ${curve} values (C·T) each, got ${x.length} values`);
    const rows = x.length / curve;
    const answer = output.channels * spec.input.steps;
    const result = new Float32Array(rows * answer);
    for (let row = 0; row < rows; row += batch) {
      const count = Math.min(batch, rows - row);
      write(device, this.#curves, x.subarray(row * curve, (row + count) * curve));
      this.#plan.submit(device);
      const encoder = device.gpu.createCommandEncoder();
      encoder.copyBufferToBuffer(this.#predictions.buffer, 0, this.#staging.buffer, 0, count * answer * 4);
      device.gpu.queue.submit([encoder.finish()]);
      result.set(await readStaging(device, this.#staging, count * answer * 4), row * answer);
    }
    return result;
  }
}
