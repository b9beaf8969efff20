import type { Device } from "./device";
import type { Memory, Slice } from "./memory";

/** Bytes of a reading: beginning and end in nanoseconds. */
export const readingBytes = 16;

/**
 * Times one pass of a submit on the GPU's own clock. Submits run one after the other, so that one stopwatch serves them
 * all. Browsers round its readings to about 0.1 ms.
 */
export class Stopwatch {
  readonly #queries: GPUQuerySet;
  readonly #answers: Slice;

  private constructor({ queries, answers }: { readonly queries: GPUQuerySet; readonly answers: Slice }) {
    this.#queries = queries;
    this.#answers = answers;
  }

  /** Undefined where the device offers no timestamps. */
  static create(device: Device, memory: Memory, label: string): Stopwatch | undefined {
    return device.gpu.features.has("timestamp-query")
      ? new Stopwatch(memory.timestamps(label, 2))
      : undefined;
  }

  /** For the descriptor of the pass to be timed. */
  get timestampWrites(): GPUComputePassTimestampWrites {
    return { querySet: this.#queries, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 };
  }

  /** Copies the reading, once the pass has been encoded. */
  encodeReading(encoder: GPUCommandEncoder, destination: GPUBuffer, at: number): void {
    const { buffer } = this.#answers;
    encoder.resolveQuerySet(this.#queries, 0, 2, buffer, 0);
    encoder.copyBufferToBuffer(buffer, 0, destination, at, readingBytes);
  }

  /** Milliseconds that the pass took; undefined where the clock ran backwards, as some do. */
  static milliseconds(reading: ArrayBuffer): number | undefined {
    const [begun, ended] = new BigUint64Array(reading);
    return ended > begun ? Number(ended - begun) / 1e6 : undefined;
  }
}
