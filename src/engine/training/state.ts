/** All that a training is in the middle of, as plain data. */
import { kindOf } from "../layers/registry";
import type { NamedTensor } from "../network/network";
import type { NetworkSpec, ResolvedLayer } from "../network/spec";
import type { TrainingOptions } from "./options";
import type { BestScore, Progress } from "./progress";

/** Tensors by the name of a learnable or, for inference statistics, of a batch normalisation. */
export type Tensors = ReadonlyMap<string, NamedTensor>;

/** Learnables, and the inference statistics that belong to them. */
export interface Weights {
  readonly learnables: Tensors;
  /** Words as they lie on the GPU, of `statisticsShapes`: what is derived from them keeps its bits. */
  readonly statistics: Tensors;
}

/** What a training needs to go on exactly as if it had never been interrupted. */
export interface TrainingState extends Weights {
  readonly network: NetworkSpec;
  /** All of them, the seed among them. */
  readonly options: TrainingOptions;
  /** Samples of the two sets. */
  readonly rows: { readonly training: number; readonly validation: number };
  /** SHA-256 of both sets, inputs, targets and lengths bit by bit, in hexadecimal digits. */
  readonly data: string;
  /** Rows of the mini-batches, (stored iterations, B) flat, repeated when training outlasts them. */
  readonly order: Uint32Array;
  /** Iterations done. */
  readonly iteration: number;
  /** Spent on them. */
  readonly seconds: number;
  /** What the solver remembers of each learnable, by the name of the moment: `velocity` … */
  readonly moments: ReadonlyMap<string, Tensors>;
  /** Missing where no validation was finite. */
  readonly best?: BestScore & Weights;
  /** Every iteration done, in order. */
  readonly history: readonly Progress[];
}

/** Shape of the inference statistics by the name of their layer, as the GPU holds them. */
export function statisticsShapes(layers: readonly ResolvedLayer[]): Map<string, readonly number[]> {
  return new Map(
    layers.flatMap(({ name, spec, output }) => {
      const { statistics } = kindOf(spec);
      return statistics ? [[name, statistics.shape(output)] as const] : [];
    }),
  );
}
