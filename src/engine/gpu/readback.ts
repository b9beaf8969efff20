import type { Device } from "./device";
import { Memory, type Slice } from "./memory";

/** Reads a slice once. For reading inside a loop use a ReadbackRing, which allocates nothing. */
export async function readWords(device: Device, slice: Slice): Promise<Float32Array> {
  const memory = new Memory(device);
  try {
    const staging = memory.staging(`${slice.buffer.label} (readback)`, slice.size);
    const encoder = device.gpu.createCommandEncoder();
    encoder.copyBufferToBuffer(slice.buffer, slice.offset, staging.buffer, 0, slice.size);
    device.gpu.queue.submit([encoder.finish()]);
    return await readStaging(memory, staging, slice.size);
  } finally {
    memory.dispose();
  }
}

/** Milliseconds within which a lost device is said to be lost, after its commands have failed. */
const lossDelay = 1000;

/**
 * Maps a staging buffer, copies its first `bytes` bytes out and unmaps it.
 * @param memory that the buffer belongs to
 * @throws DisposedError where the memory is disposed of meanwhile, or the device's fault, rather than return what a failed
 * command left behind
 */
export async function readStaging(memory: Memory, { buffer }: Slice, bytes: number): Promise<Float32Array> {
  const { device } = memory;
  await buffer.mapAsync(GPUMapMode.READ, 0, bytes).catch(async (error: Error) => {
    memory.requireLive();
    // A lost device rejects the mapping before it says that it is lost.
    await Promise.race([device.lost, new Promise((resolve) => setTimeout(resolve, lossDelay))]);
    throw device.fault ?? error;
  });
  memory.requireLive();
  if (device.fault) throw device.fault;
  const words = new Float32Array(buffer.getMappedRange(0, bytes).slice(0));
  buffer.unmap();
  return words;
}

/** A fixed ring of staging buffers, so that results can be read while later submits run. */
export class ReadbackRing {
  readonly #memory: Memory;
  readonly #free: Slice[];

  constructor(memory: Memory, label: string, bytes: number, length: number) {
    this.#memory = memory;
    this.#free = Array.from({ length }, (_, i) => memory.staging(`${label} ${i}`, bytes));
  }

  /**
   * Takes a free staging buffer, lets `encode` copy into it, and returns a function that reads `bytes` bytes once the
   * submit has run and puts the buffer back.
   * @throws Error when all buffers are in flight: the caller keeps no more submits in flight than the ring is long
   */
  take(encode: (staging: GPUBuffer) => void): (bytes: number) => Promise<Float32Array> {
    const staging = this.#free.pop();
    if (!staging) throw new Error("every staging buffer of the ring is in flight");
    try {
      encode(staging.buffer);
    } catch (error) {
      this.#free.push(staging);
      throw error;
    }
    return async (bytes) => {
      const words = await readStaging(this.#memory, staging, bytes);
      this.#free.push(staging);
      return words;
    };
  }
}
