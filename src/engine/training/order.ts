/** Which rows of the training set make which mini-batch. */
import { permutation, randomStream } from "../random";
import type { TrainingOptions } from "./options";

/**
 * Row numbers, (stored epochs, batches per epoch, batch) flat. An epoch holds ⌊rows/batch⌋ batches and leaves
 * the remaining rows out. `once` and `never` store the one epoch that every epoch repeats; `every-epoch`
 * stores them all, its first equal to that of `once`. Throws RangeError when the batch exceeds the rows.
 */
export function batchOrder(
  rows: number,
  { batch, epochs, shuffle, seed }: Pick<TrainingOptions, "batch" | "epochs" | "shuffle" | "seed">,
): Uint32Array<ArrayBuffer> {
  if (batch > rows) throw new RangeError(`batch (${batch}) exceeds the ${rows} curves of the training set`);
  const epochLength = Math.floor(rows / batch) * batch;
  if (shuffle === "never") return Uint32Array.from({ length: epochLength }, (_, i) => i);
  const stored = shuffle === "once" ? 1 : epochs;
  const order = new Uint32Array(stored * epochLength);
  for (let epoch = 0; epoch < stored; epoch++) {
    const shuffled = permutation(rows, randomStream(seed, "shuffle", epoch));
    order.set(shuffled.subarray(0, epochLength), epoch * epochLength);
  }
  return order;
}
