import type { Network } from "../network/network";
import { permutation, randomStream } from "../random";
import {
  defaultL2,
  defaultLearnRates,
  defaultTrainingOptions,
  mostIterations,
  mostOrdered,
  requireOptions,
  type TrainingOptions,
} from "./options";
import { learnRateAt } from "./schedule";

/** What a training will do, worked out before it begins. */
export interface ResolvedTraining {
  readonly options: TrainingOptions;
  /** Rows of the mini-batches, (stored iterations, B) flat, repeated when training outlasts them. */
  readonly order: Uint32Array;
  /** Planned in all. */
  readonly iterations: number;
  readonly iterationsPerEpoch: number;
  /** The learning rate of every iteration. */
  readonly learnRates: Float32Array;
}

/**
 * Completes the options and works out every iteration.
 * @param rows samples of the training set
 * @param batches rows of every iteration (iterations, B), instead of shuffled epochs
 * @throws RangeError, TypeError in one line for what cannot be computed, before anything long is
 */
export function resolveTraining(
  network: Pick<Network, "batch" | "parameterCount">,
  given: Partial<TrainingOptions> | undefined,
  rows: number,
  batches: Uint32Array | undefined,
): ResolvedTraining {
  if (given !== undefined) requireOptions(given);
  const { kind } = given?.solver ?? defaultTrainingOptions.solver;
  const options: TrainingOptions = {
    ...defaultTrainingOptions,
    learnRate: defaultLearnRates[kind],
    l2: defaultL2[kind],
    batch: network.batch,
    ...given,
  };
  if (options.batch !== network.batch)
    throw new RangeError(`batch must be ${network.batch}, as the network was built, got ${options.batch}`);
  if (network.parameterCount === 0) throw new RangeError("the network has no learnables to train");
  const perEpoch = Math.floor(rows / options.batch);
  const planned = batches ? batches.length / options.batch : options.epochs * perEpoch;
  const advice = "use fewer epochs or a larger batch";
  if (planned > mostIterations)
    throw new RangeError(`at most ${mostIterations} iterations can be planned, not ${planned}: ${advice}`);
  if (!batches && options.shuffle === "every-epoch" && planned * options.batch > mostOrdered)
    throw new RangeError(
      `every-epoch can shuffle at most ${mostOrdered} rows in all epochs together: ${advice}`,
    );
  const order = batches ?? batchOrder(rows, options);
  if (order.length === 0 || order.length % options.batch !== 0 || order.some((row) => row >= rows))
    throw new RangeError(`batches must hold (iterations, ${options.batch}) rows below ${rows}`);
  const iterations = planned;
  const iterationsPerEpoch = batches ? planned : perEpoch;
  const learnRates = Float32Array.from({ length: iterations }, (_, i) =>
    learnRateAt(options.learnRate, options.schedule, { iteration: i + 1, iterationsPerEpoch, iterations }),
  );
  const overflow = learnRates.findIndex((rate) => !Number.isFinite(rate));
  if (overflow >= 0) throw new RangeError(`the learning rate of iteration ${overflow + 1} is not finite`);
  return { options, order, iterations, iterationsPerEpoch, learnRates };
}

/**
 * Row numbers, (stored epochs, batches per epoch, batch) flat. An epoch holds ⌊rows/batch⌋ batches and leaves
 * the remaining rows out. `once` and `never` store the one epoch that every epoch repeats; `every-epoch`
 * stores them all, its first equal to that of `once`. Throws RangeError when the batch exceeds the rows.
 */
export function batchOrder(
  rows: number,
  { batch, epochs, shuffle, seed }: Pick<TrainingOptions, "batch" | "epochs" | "shuffle" | "seed">,
): Uint32Array<ArrayBuffer> {
  if (batch > rows) throw new RangeError(`batch (${batch}) exceeds the ${rows} rows of the training set`);
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
