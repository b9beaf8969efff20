/** The training loop in float64: gradient → + l2·weight → clip → solver. */
import { type NetworkSpec, outputOf, resolveLayers } from "../engine/network/spec";
import type { TrainingOptions } from "../engine/training/options";
import { learnRateAt } from "../engine/training/schedule";
import { clipGradients, globalNorm } from "./clip";
import { halfMSE } from "./halfmse";
import type { Lengths } from "./layer";
import { endsSequence, type Tensors, tensorOf, trainingBackward, trainingForward } from "./network";
import { addL2, solverStep } from "./solver";
import { initialStatistics, updateMovingStatistics } from "./statistics";

/** x (rows, C, T) and target (rows, Cout, Tout). */
export interface ReferenceData {
  readonly rows: number;
  readonly x: ArrayLike<number>;
  readonly target: ArrayLike<number>;
  /** Real steps of each row, where they have such. */
  readonly lengths?: Lengths;
}

export type ReferenceOptions = Pick<
  TrainingOptions,
  "solver" | "learnRate" | "schedule" | "epochs" | "batch" | "l2" | "clip" | "clipMethod" | "seed"
>;

export interface ReferenceTraining {
  /** Loss of every step, before its update. */
  readonly losses: Float64Array;
  /** √Σg² over all learnables of every step, with L2 and before clipping. */
  readonly gradientNorms: Float64Array;
  /** The learnables after the last step. */
  readonly learnables: Map<string, Float64Array>;
  /** The moving average of the batch statistics after the last step. */
  readonly movingStatistics: Map<string, Float64Array>;
}

/**
 * Trains for batches.length / options.batch steps. `batches` (steps, B) holds the rows of each step; they may
 * stop before the planned epochs, to which the learning-rate schedule refers. Changes none of its arguments.
 * @param afterStep told the iterations done, with learnables and moving statistics that the next step changes
 */
export function trainReference(
  network: NetworkSpec,
  options: ReferenceOptions,
  initial: ReadonlyMap<string, ArrayLike<number>>,
  data: ReferenceData,
  batches: ArrayLike<number>,
  afterStep: (iteration: number, learnables: Tensors, movingStatistics: Tensors) => void = () => undefined,
): ReferenceTraining {
  const { batch, l2, clip, clipMethod, solver, schedule, seed } = options;
  const { channels, steps } = network.input;
  const layers = resolveLayers(network);
  const specs = layers.flatMap((layer) => layer.learnables);
  const groups = new Map(specs.map(({ name, group }) => [name, group]));
  const learnables = new Map(Array.from(initial, ([name, values]) => [name, Float64Array.from(values)]));
  const moments = Array.from(
    { length: 2 },
    () => new Map(specs.map(({ name, shape }) => [name, new Float64Array(product(shape))])),
  );
  const movingStatistics = initialStatistics(network);
  const iterationsPerEpoch = Math.floor(data.rows / batch);
  const iterations = iterationsPerEpoch * options.epochs;
  const losses = new Float64Array(batches.length / batch);
  const gradientNorms = new Float64Array(losses.length);

  for (let step = 0; step < losses.length; step++) {
    const rows = Array.from({ length: batch }, (_, i) => batches[step * batch + i]);
    const x = gather(data.x, rows, channels * steps);
    const lengths = data.lengths && gather(data.lengths, rows, 1);
    const pass = trainingForward(network, learnables, x, { seed, step }, lengths);
    const target = gather(data.target, rows, data.target.length / data.rows);
    const { loss, dprediction } = halfMSE(pass.prediction, target, network.loss, {
      batch,
      steps: outputOf(layers).steps,
      lengths: endsSequence(layers) ? undefined : lengths,
    });
    const gradients = trainingBackward(network, learnables, pass, dprediction).gradients;
    updateMovingStatistics(movingStatistics, pass.statistics);

    for (const { name, l2Factor } of specs)
      gradients.set(name, addL2(tensorOf(gradients, name), tensorOf(learnables, name), l2 * l2Factor));
    losses[step] = loss;
    gradientNorms[step] = globalNorm(gradients.values());
    const clipped = clipGradients(gradients, clip, clipMethod, (name) => groups.get(name) ?? name);
    const position = { iteration: step + 1, iterationsPerEpoch, iterations };
    const learnRate = learnRateAt(options.learnRate, schedule, position);
    for (const { name, l2Factor } of specs) {
      const [first, second] = moments.map((moment) => tensorOf(moment, name));
      const state = { weight: tensorOf(learnables, name), first, second };
      solverStep(solver, state, tensorOf(clipped, name), { learnRate, iteration: step + 1, l2Factor });
    }
    afterStep(step + 1, learnables, movingStatistics);
  }
  return { losses, gradientNorms, learnables, movingStatistics };
}

/** The given rows of a (rows, rowLength) array, one after another. */
function gather(from: ArrayLike<number>, rows: readonly number[], rowLength: number): Float64Array {
  const batch = new Float64Array(rows.length * rowLength);
  rows.forEach((row, i) => {
    for (let j = 0; j < rowLength; j++) batch[i * rowLength + j] = from[row * rowLength + j];
  });
  return batch;
}

function product(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1);
}
