import type { Memory, Slice } from "../gpu/memory";
import { readStaging } from "../gpu/readback";
import type { Place } from "../network/arena";
import type { Network } from "../network/network";

/** A learnable and its gradient. */
export interface LearnableValues {
  readonly name: string;
  readonly shape: readonly number[];
  readonly weights: Float32Array<ArrayBuffer>;
  /** Derivatives of the loss by the weights, before L2 and clipping. */
  readonly gradients: Float32Array<ArrayBuffer>;
}

/** Reads the learnables of one layer with their gradients, through a staging buffer of its own. */
export class Inspector {
  readonly #network: Network;
  readonly #memory: Memory;
  readonly #gradients: Slice;
  readonly #places: ReadonlyMap<string, readonly Place[]>;
  readonly #staging: Slice;
  /** Readings share the staging buffer, so one waits for the other. */
  #queue: Promise<unknown> = Promise.resolve();

  /** @param gradients arena */
  constructor(network: Network, memory: Memory, gradients: Slice) {
    const { layers, layout } = network;
    this.#network = network;
    this.#memory = memory;
    this.#gradients = gradients;
    this.#places = new Map(
      layers.map(({ name, learnables }) => [
        name,
        learnables.map((learnable) => layout.place(learnable.name)),
      ]),
    );
    const longest = Math.max(...[...this.#places.values()].map(wordsOf));
    this.#staging = memory.staging("learnables and gradients of a layer (readback)", 2 * longest * 4);
  }

  /** @throws RangeError for a name that no layer has */
  read(layer: string): Promise<LearnableValues[]> {
    const reading = this.#queue.then(() => this.#read(layer));
    this.#queue = reading.catch(() => undefined);
    return reading;
  }

  async #read(layer: string): Promise<LearnableValues[]> {
    const places = this.#places.get(layer);
    if (!places) throw new RangeError(`the network has no layer ${layer}`);
    this.#memory.requireLive();
    if (places.length === 0) return [];
    const { device, parameters } = this.#network;
    // A layer's learnables lie one behind the other.
    const [{ offset: first }] = places;
    const length = wordsOf(places);
    const encoder = device.gpu.createCommandEncoder();
    [parameters, this.#gradients].forEach(({ buffer, offset }, i) => {
      const [from, to] = [offset + first * 4, i * length * 4];
      encoder.copyBufferToBuffer(buffer, from, this.#staging.buffer, to, length * 4);
    });
    device.gpu.queue.submit([encoder.finish()]);
    const words = await readStaging(this.#memory, this.#staging, 2 * length * 4);
    return places.map(({ name, shape, offset, count }) => {
      const at = offset - first;
      return {
        name,
        shape,
        weights: words.slice(at, at + count),
        gradients: words.slice(length + at, length + at + count),
      };
    });
  }
}

/** From the start of the first place to the end of the last. */
function wordsOf(places: readonly Place[]): number {
  const [first, last] = [places[0], places[places.length - 1]];
  return first ? last.offset + last.count - first.offset : 0;
}
