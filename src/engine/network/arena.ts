import { type Memory, part, type Slice } from "../gpu/memory";
import type { LearnableSpec } from "./spec";

/** A learnable's place in the flat buffers of parameters, gradients and moments, which share one layout. */
export interface Place extends LearnableSpec {
  /** In 4-byte words. */
  readonly offset: number;
  readonly count: number;
}

/** WebGPU wants bindings to start at multiples of 256 bytes. */
const alignment = 64;

/** Where each learnable lies, one behind the other, each at a place where it can be bound by itself. */
export class ArenaLayout {
  readonly places: readonly Place[];
  /** Words of one arena. */
  readonly length: number;
  readonly #byName: ReadonlyMap<string, Place>;

  constructor(learnables: readonly LearnableSpec[]) {
    let offset = 0;
    this.places = learnables.map((learnable) => {
      const count = learnable.shape.reduce((product, size) => product * size, 1);
      const place = { ...learnable, offset, count };
      offset += Math.ceil(count / alignment) * alignment;
      return place;
    });
    this.length = Math.max(alignment, offset);
    this.#byName = new Map(this.places.map((place) => [place.name, place]));
  }

  /** Learnable numbers in all. */
  get parameterCount(): number {
    return this.places.reduce((sum, { count }) => sum + count, 0);
  }

  create(memory: Memory, label: string): Slice {
    return memory.storage(label, this.length);
  }

  place(name: string): Place {
    const place = this.#byName.get(name);
    if (!place) throw new RangeError(`the network has no learnable ${name}`);
    return place;
  }

  /** One learnable's range of an arena. */
  slice(arena: Slice, name: string): Slice {
    const { offset, count } = this.place(name);
    return part(arena, offset, count);
  }
}
