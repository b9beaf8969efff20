import { type Device, DeviceLostError } from "./device";

/** A range of a GPU buffer; offsets and sizes in bytes. */
export interface Slice {
  readonly buffer: GPUBuffer;
  readonly offset: number;
  readonly size: number;
}

/** Allocation failed; the message names the buffer, its size and what to make smaller. */
export class OutOfMemoryError extends Error {
  override readonly name = "OutOfMemoryError";
}

/** What was asked of a network or a Trainer that was disposed of, before the call or while it waited. */
export class DisposedError extends Error {
  override readonly name = "DisposedError";
}

/**
 * Owns the buffers (and queries) of one network or one trainer: counts their bytes, checks them against the device's
 * limits and frees them together.
 */
export class Memory {
  readonly #device: Device;
  readonly #owner: { readonly name: string; readonly parent?: Memory };
  readonly #owned: (GPUBuffer | GPUQuerySet)[] = [];
  /** By role and size. */
  readonly #scratch = new Map<string, Slice>();
  #disposed = false;
  bytes = 0;

  /**
   * @param owner whose buffers these are, for errors, and the memory without which they are of no use: a Trainer's work is
   * done on the buffers of its network
   */
  constructor(
    device: Device,
    owner: { readonly name: string; readonly parent?: Memory } = { name: "the memory" },
  ) {
    this.#device = device;
    this.#owner = owner;
  }

  get device(): Device {
    return this.#device;
  }

  /** A storage buffer of `count` 4-byte words, zeroed, that can be copied from and to. */
  storage(label: string, count: number): Slice {
    const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
    return this.#create(label, count * 4, STORAGE | COPY_SRC | COPY_DST);
  }

  /** Whether the adapter allows a buffer of so many 4-byte words. */
  allows(count: number): boolean {
    return count * 4 <= this.#largest;
  }

  /**
   * Storage for values that nobody needs behind the dispatches that ask for it: requests of one role and size share it. Those
   * that a dispatch needs at once have different roles.
   */
  scratch(role: string, count: number): Slice {
    const key = `${role}, ${count}`;
    const known = this.#scratch.get(key);
    if (known) return known;
    const slice = this.storage(role, count);
    this.#scratch.set(key, slice);
    return slice;
  }

  /** A buffer that the host can map to read `bytes` bytes. */
  staging(label: string, bytes: number): Slice {
    return this.#create(label, bytes, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  }

  /** Queries for the GPU's clock, and a buffer for their answers: 8 bytes each. */
  timestamps(label: string, count: number): { readonly queries: GPUQuerySet; readonly answers: Slice } {
    const { QUERY_RESOLVE, COPY_SRC } = GPUBufferUsage;
    const queries = this.#device.gpu.createQuerySet({ label, type: "timestamp", count });
    this.#owned.push(queries);
    return { queries, answers: this.#create(label, count * 8, QUERY_RESOLVE | COPY_SRC) };
  }

  /** A storage buffer filled from the host. */
  upload(label: string, data: Float32Array | Uint32Array): Slice {
    const slice = this.storage(label, data.length);
    write(this.#device, slice, data);
    return slice;
  }

  /**
   * Call it before every submit, with nothing awaited between: a command with a buffer that is gone is an error of the whole
   * device, for everyone who uses it.
   * @throws DisposedError where buffers are gone
   */
  requireLive(): void {
    const { name, parent } = this.#owner;
    if (this.#disposed) throw new DisposedError(`${name} was disposed`);
    parent?.requireLive();
  }

  /** @returns what frees all that is allocated from now on, and nothing before it */
  mark(): () => void {
    const { length } = this.#owned;
    const { bytes } = this;
    const scratch = new Set(this.#scratch.keys());
    return () => {
      for (const key of this.#scratch.keys()) if (!scratch.has(key)) this.#scratch.delete(key);
      for (const owned of this.#owned.splice(length)) owned.destroy();
      this.bytes = Math.min(this.bytes, bytes);
    };
  }

  dispose(): void {
    this.#disposed = true;
    for (const owned of this.#owned) owned.destroy();
    this.#owned.length = 0;
    this.bytes = 0;
  }

  /** Bytes of one buffer at most. */
  get #largest(): number {
    const { maxBufferSize, maxStorageBufferBindingSize } = this.#device.gpu.limits;
    return Math.min(maxBufferSize, maxStorageBufferBindingSize);
  }

  #create(label: string, bytes: number, flags: GPUBufferUsageFlags): Slice {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    if (size > this.#largest)
      throw new OutOfMemoryError(
        `${label} needs ${megabytes(size)}, more than the ${megabytes(this.#largest)} this adapter allows in one buffer: ` +
          "use a smaller batch, a narrower network or less data",
      );
    const buffer = this.#device.gpu.createBuffer({ label, size, usage: flags });
    this.#device.buffersCreated++;
    this.#owned.push(buffer);
    this.bytes += size;
    return { buffer, offset: 0, size: bytes };
  }
}

/** The last build on each device. */
const builds = new WeakMap<GPUDevice, Promise<unknown>>();

/**
 * Runs `build` and throws what the driver refused meanwhile: an allocation as OutOfMemoryError, before anything that
 * followed from it. The scopes of errors are the device's: one build waits for another, or it would be told the other's error.
 * A build must therefore not begin another and wait for it.
 * @throws DeviceLostError where the device is lost, or is disposed of meanwhile
 */
export function guardMemory<T extends { dispose(): void }>(
  device: Device,
  build: () => Promise<T>,
): Promise<T> {
  const before = builds.get(device.gpu) ?? Promise.resolve();
  const building = before.then(() => buildWithin(device, build));
  builds.set(
    device.gpu,
    building.catch(() => undefined),
  );
  return building;
}

const lossOf = ({ fault }: Device): Error | undefined =>
  fault instanceof DeviceLostError ? fault : undefined;

async function buildWithin<T extends { dispose(): void }>(
  device: Device,
  build: () => Promise<T>,
): Promise<T> {
  if (device.fault) throw device.fault;
  device.gpu.pushErrorScope("validation");
  device.gpu.pushErrorScope("out-of-memory");
  const outcome = await build().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  // A device that is lost may refuse even this.
  const pop = () => device.gpu.popErrorScope().catch(() => null);
  const [refused, invalid] = await Promise.all([pop(), pop()]);
  const lost = lossOf(device);
  if ("value" in outcome && !refused && !invalid && !lost) return outcome.value;
  if ("value" in outcome) outcome.value.dispose();
  if (lost) throw lost;
  if (refused)
    throw new OutOfMemoryError(
      `the GPU is out of memory (${refused.message}): use a smaller batch or a narrower network`,
    );
  throw "error" in outcome ? outcome.error : new Error(`the GPU refused a command: ${invalid?.message}`);
}

export function write(device: Device, slice: Slice, data: Float32Array | Uint32Array): void {
  if (data.byteLength > slice.size)
    throw new RangeError(`${slice.buffer.label}: ${data.byteLength} bytes do not fit into ${slice.size}`);
  device.gpu.queue.writeBuffer(slice.buffer, slice.offset, data.buffer, data.byteOffset, data.byteLength);
}

/** A part of a slice; `offset` and `count` in 4-byte words. */
export function part(slice: Slice, offset: number, count: number): Slice {
  return { buffer: slice.buffer, offset: slice.offset + offset * 4, size: count * 4 };
}

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
