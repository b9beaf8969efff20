/** Dropout with inverted scaling (Srivastava et al. 2014), its mask from the counter-based generator. */
import { randomStream } from "../engine/random";

/** Where the random numbers of a training step come from. */
export interface DropoutDraw {
  readonly seed: number;
  /** Iterations done before this one. */
  readonly step: number;
}

/**
 * What a dropout layer multiplies by, forward and backward: (B, C, T) of 0, with the given probability, and
 * 1/(1 − probability) rounded to float32. Value (b, c, t) takes word (b·T + t)·4·⌈C/4⌉ + c and is dropped where the upper
 * 24 bits of the word lie below probability·2²⁴.
 * @param part ordinal of the layer among the dropout layers of the network, from 0
 */
export function dropoutMask(
  probability: number,
  shape: { readonly batch: number; readonly channels: number; readonly steps: number },
  { seed, step }: DropoutDraw,
  part: number,
): Float64Array {
  const { batch, channels, steps } = shape;
  const random = randomStream(seed, "dropout", step, part);
  const threshold = Math.round(probability * 2 ** 24);
  const scale = Math.fround(1 / (1 - probability));
  const mask = new Float64Array(batch * channels * steps);
  for (let b = 0; b < batch; b++) {
    for (let t = 0; t < steps; t++) {
      // Channels come in groups of four; the words of those beyond the last are passed over.
      for (let c = 0; c < 4 * Math.ceil(channels / 4); c++) {
        const kept = random.word() >>> 8 >= threshold;
        if (kept && c < channels) mask[(b * channels + c) * steps + t] = scale;
      }
    }
  }
  return mask;
}
