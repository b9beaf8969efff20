import type { Memory, Slice } from "../gpu/memory";
import { readStaging } from "../gpu/readback";
import type { Network } from "../network/network";
import { bestWords, parseBest, type Snapshot, slicesOf, type WeightBuffers, weightsOf } from "./snapshot";
import { statisticsShapes, type Tensors, type TrainingState, type Weights } from "./state";

/** The part of a training's state that lies on the GPU. */
export type DeviceState = Pick<TrainingState, "learnables" | "statistics" | "moments" | "best">;

/** Reads a training's state from the GPU, an arena at a time through one staging buffer. */
export class StateReader {
  readonly #network: Network;
  readonly #memory: Memory;
  readonly #moments: ReadonlyMap<string, Slice>;
  readonly #snapshot: Snapshot;
  readonly #staging: Slice;

  constructor(network: Network, memory: Memory, moments: ReadonlyMap<string, Slice>, snapshot: Snapshot) {
    this.#network = network;
    this.#memory = memory;
    this.#moments = moments;
    this.#snapshot = snapshot;
    const longest = Math.max(...slicesOf(snapshot.weights).map(({ size }) => size));
    this.#staging = memory.staging("training state (readback)", longest);
  }

  /** Call it while no submit is in flight, and one call at a time. */
  async read(): Promise<DeviceState> {
    const { weights, best } = this.#snapshot;
    const moments = new Map<string, Tensors>();
    for (const [name, arena] of this.#moments) moments.set(name, await this.#readArena(arena));
    const lowest = parseBest(await this.#readWords(best, bestWords * 4));
    return {
      ...(await this.#readWeights(weightsOf(this.#network))),
      moments,
      ...(lowest && { best: { ...lowest, ...(await this.#readWeights(weights)) } }),
    };
  }

  async #readWeights({ learnables, statistics }: WeightBuffers): Promise<Weights> {
    const shapes = statisticsShapes(this.#network.layers);
    const read = new Map<string, { shape: readonly number[]; data: Float32Array }>();
    for (const [name, slice] of statistics)
      read.set(name, { shape: shapes.get(name) ?? [], data: await this.#readWords(slice, slice.size) });
    return { learnables: await this.#readArena(learnables), statistics: read };
  }

  async #readArena(arena: Slice): Promise<Tensors> {
    const words = await this.#readWords(arena, arena.size);
    return new Map(
      this.#network.layout.places.map(({ name, shape, offset, count }) => [
        name,
        { shape, data: words.slice(offset, offset + count) },
      ]),
    );
  }

  async #readWords(slice: Slice, bytes: number): Promise<Float32Array> {
    this.#memory.requireLive();
    const { device } = this.#network;
    const encoder = device.gpu.createCommandEncoder();
    encoder.copyBufferToBuffer(slice.buffer, slice.offset, this.#staging.buffer, 0, bytes);
    device.gpu.queue.submit([encoder.finish()]);
    return readStaging(this.#memory, this.#staging, bytes);
  }
}
