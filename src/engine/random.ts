/**
 * Counter-based random numbers: every word is a pure function of (seed, stream, step, index), so data,
 * shuffles and initial weights are the same on every machine and no generator state is ever stored.
 *
 * Threefry-2x32 with 20 rounds: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011.
 */

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;
/** Parity constant of the Skein key schedule. */
const parity = 0x1bd11bda;

/** The Threefry-2x32-20 block: two unsigned 32-bit words for a 64-bit key and a 64-bit counter. */
export function threefry2x32(
  key: readonly [number, number],
  counter: readonly [number, number],
): [number, number] {
  const schedule = [key[0] | 0, key[1] | 0, parity ^ key[0] ^ key[1]] as const;
  let a = (counter[0] + schedule[0]) | 0;
  let b = (counter[1] + schedule[1]) | 0;
  for (let round = 0; round < 20; round++) {
    const rotation = rotations[round % 8];
    a = (a + b) | 0;
    b = ((b << rotation) | (b >>> (32 - rotation))) ^ a;
    if (round % 4 === 3) {
      const injection = (round + 1) / 4;
      a = (a + schedule[injection % 3]) | 0;
      b = (b + schedule[(injection + 1) % 3] + injection) | 0;
    }
  }
  return [a >>> 0, b >>> 0];
}

/** One stream for each use, so that changing one option leaves the numbers of the others as they were. */
const streams = {
  grid: 0,
  sign: 1,
  noise: 2,
  split: 3,
  initialisation: 4,
  shuffle: 5,
  dropout: 6,
  family: 7,
} as const;
export type StreamName = keyof typeof streams;

/** Reads the words of one (seed, stream, step) in order. Word i is half i mod 2 of block ⌊i/2⌋. */
export class RandomStream {
  readonly #key: readonly [number, number];
  readonly #step: number;
  #index = 0;
  #block: readonly [number, number] = [0, 0];
  #spareNormal: number | undefined;

  constructor(key: readonly [number, number], step: number) {
    this.#key = key;
    this.#step = step;
  }

  /** The next unsigned 32-bit word. */
  word(): number {
    const half = this.#index % 2;
    if (half === 0) this.#block = threefry2x32(this.#key, [this.#index / 2, this.#step]);
    this.#index++;
    return this.#block[half];
  }

  /** Uniform on [0, 1) in steps of 2⁻²⁴: exact in float32. */
  uniform(): number {
    return (this.word() >>> 8) * 2 ** -24;
  }

  /** Standard normal by Box and Muller (1958) in float64. */
  normal(): number {
    if (this.#spareNormal !== undefined) {
      const spare = this.#spareNormal;
      this.#spareNormal = undefined;
      return spare;
    }
    // 32 bits and never zero: the logarithm stays finite and the tails reach 6.7 standard deviations.
    const radius = Math.sqrt(-2 * Math.log((this.word() + 1) * 2 ** -32));
    const angle = 2 * Math.PI * this.word() * 2 ** -32;
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Uniform whole number on [0, n), 1 ≤ n ≤ 2³², without bias: words above the last multiple of n are drawn again. */
  below(n: number): number {
    const limit = 2 ** 32 - (2 ** 32 % n);
    let word = this.word();
    while (word >= limit) word = this.word();
    return word % n;
  }
}

/**
 * The random numbers of one use. `step` separates repetitions of that use (a sample, an epoch, a learnable, an iteration)
 * and `part` what draws in the same step (the dropout layers of a network, counted from 0).
 * Throws RangeError unless seed and step are whole numbers in [0, 2³²).
 */
export function randomStream(seed: number, stream: StreamName, step = 0, part = 0): RandomStream {
  requireWord("seed", seed);
  requireWord("step", step);
  return new RandomStream(streamKey(seed, stream, part), step);
}

/** The key of a stream's blocks; their counter is (block, step). */
export const streamKey = (seed: number, stream: StreamName, part = 0): readonly [number, number] => [
  seed,
  streams[stream] + 256 * part,
];

/** A uniformly random order of 0 … n−1 (Fisher–Yates). */
export function permutation(n: number, random: RandomStream): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const moved = order[i];
    order[i] = order[j];
    order[j] = moved;
  }
  return order;
}

function requireWord(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32)
    throw new RangeError(`${name} must be a whole number from 0 to 4294967295, got ${value}`);
}
