/** A whole training in float64: validations on its way, the best weights put back, inference statistics, the end. */
import { type NetworkSpec, outputOf, resolveLayers } from "../engine/network/spec";
import type { TrainingOptions } from "../engine/training/options";
import type { BestScore, Score } from "../engine/training/progress";
import { halfMSE } from "./halfmse";
import { endsSequence, inferenceForward, type Tensors } from "./network";
import { populationStatistics } from "./statistics";
import {
  type ReferenceData,
  type ReferenceOptions,
  type ReferenceTraining,
  trainReference,
} from "./training";

export interface ReferenceOutcome
  extends Pick<ReferenceTraining, "losses" | "gradientNorms">,
    Readonly<Record<"learnables" | "statistics", Tensors>> {
  /** Those on the way, with the moving statistics, and last that of the final weights. */
  readonly validations: readonly Score[];
  readonly best: BestScore;
}

/**
 * Trains as `trainReference` does and ends as a Trainer does.
 * @returns the final learnables, and the inference statistics that the options ask for
 */
export function trainToEnd(
  network: NetworkSpec,
  options: ReferenceOptions & Pick<TrainingOptions, "validationEvery" | "restore" | "batchNormStatistics">,
  initial: ReadonlyMap<string, ArrayLike<number>>,
  data: { readonly train: ReferenceData; readonly validation: ReferenceData },
  batches: ArrayLike<number>,
): ReferenceOutcome {
  const score = (learnables: Tensors, statistics: Tensors) =>
    scoreOf(network, learnables, statistics, data.validation);
  const validations: Score[] = [];
  let best: BestScore = { iteration: 0, loss: Number.POSITIVE_INFINITY };
  let kept: Readonly<Record<"learnables" | "statistics", Tensors>> | undefined;
  const candidate = (iteration: number, learnables: Tensors, statistics: Tensors): Score => {
    const validation = score(learnables, statistics);
    if (validation.loss < best.loss) {
      best = { iteration, loss: validation.loss };
      kept = { learnables: copy(learnables), statistics: copy(statistics) };
    }
    return validation;
  };

  const { losses, gradientNorms, learnables, movingStatistics } = trainReference(
    network,
    options,
    initial,
    data.train,
    batches,
    (iteration, learnables, statistics) => {
      if (iteration === 1 || iteration % options.validationEvery === 0)
        validations.push(candidate(iteration, learnables, statistics));
    },
  );
  if (options.restore === "best") candidate(losses.length, learnables, movingStatistics);
  const last = { learnables, statistics: movingStatistics };
  const final = options.restore === "best" && kept ? kept : last;
  const statistics =
    options.batchNormStatistics === "population"
      ? populationStatistics(
          network,
          final.learnables,
          Float64Array.from(data.train.x),
          options.batch,
          data.train.lengths,
        )
      : final.statistics;
  validations.push(score(final.learnables, statistics));
  return { losses, gradientNorms, learnables: final.learnables, statistics, validations, best };
}

/** RMSE per point of predictions with that loss. @param steps of a sample, the mean of the real ones where they have lengths */
export function rmseOfLoss(network: NetworkSpec, loss: number, steps?: number): number {
  const { channels, steps: all } = outputOf(resolveLayers(network));
  const perSample = network.loss === "observations" ? (steps ?? all) : 1;
  return Math.sqrt((2 * loss) / (channels * perSample));
}

function scoreOf(
  network: NetworkSpec,
  learnables: Tensors,
  statistics: Tensors,
  { rows, x, target, lengths }: ReferenceData,
): Score {
  const layers = resolveLayers(network);
  const prediction = inferenceForward(network, learnables, statistics, Float64Array.from(x), lengths);
  const own = endsSequence(layers) ? undefined : lengths;
  const shape = { batch: rows, steps: outputOf(layers).steps, lengths: own };
  const { loss } = halfMSE(prediction, Float64Array.from(target), network.loss, shape);
  const mean = own && Array.from(own).reduce((sum, length) => sum + length, 0) / rows;
  return { loss, rmse: rmseOfLoss(network, loss, mean) };
}

const copy = (tensors: Tensors): Tensors =>
  new Map(Array.from(tensors, ([name, values]) => [name, values.slice()]));
