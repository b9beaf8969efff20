import type { Network } from "../nn/network";
import { defaultL2, defaultLearnRates, defaultTrainingOptions, type TrainingOptions } from "./options";
import { batchOrder } from "./order";
import { requireOptions } from "./requirements";
import { learnRateAt } from "./schedule";

/** What a training will do, worked out before it begins. */
export interface Course {
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
 * @param rows curves of the training set
 * @param batches rows of every iteration (iterations, B), instead of shuffled epochs
 * @throws RangeError in one line for what cannot be computed
 */
export function planCourse(
  network: Network,
  given: Partial<Omit<TrainingOptions, "batch">> | undefined,
  rows: number,
  batches: Uint32Array | undefined,
): Course {
  const { kind } = given?.solver ?? defaultTrainingOptions.solver;
  const options: TrainingOptions = {
    ...defaultTrainingOptions,
    learnRate: defaultLearnRates[kind],
    l2: defaultL2[kind],
    ...given,
    batch: network.batch,
  };
  requireOptions(options);
  if (network.parameterCount === 0) throw new RangeError("the network has no learnables to train");
  const order = batches ?? batchOrder(rows, options);
  if (order.length === 0 || order.length % options.batch !== 0 || order.some((row) => row >= rows))
    throw new RangeError(`batches must hold (iterations, ${options.batch}) rows below ${rows}`);
  const iterationsPerEpoch = batches ? order.length / options.batch : Math.floor(rows / options.batch);
  const iterations = batches ? iterationsPerEpoch : options.epochs * iterationsPerEpoch;
  const learnRates = Float32Array.from({ length: iterations }, (_, i) =>
    learnRateAt(options.learnRate, options.schedule, { iteration: i + 1, iterationsPerEpoch, iterations }),
  );
  const overflow = learnRates.findIndex((rate) => !Number.isFinite(rate));
  if (overflow >= 0) throw new RangeError(`the learning rate of iteration ${overflow + 1} is not finite`);
  return { options, order, iterations, iterationsPerEpoch, learnRates };
}
