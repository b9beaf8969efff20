/** What training tells while it runs and when it ends. */

export interface Score {
  readonly loss: number;
  /** Per point, against the (noisy) target. */
  readonly rmse: number;
}

/** The lowest validation loss with the moving inference statistics, and the iteration that led to it. */
export interface BestScore {
  readonly iteration: number;
  readonly loss: number;
}

/** One iteration. `validation` stands where one was due. */
export interface Progress extends Score {
  /** Counts from 1. */
  readonly iteration: number;
  /** Counts from 1. */
  readonly epoch: number;
  /** Since training began; a resumed training goes on from the seconds of its state. */
  readonly seconds: number;
  readonly learnRate: number;
  /** L2 norm over all learnables, L2 regularisation included, before clipping. */
  readonly gradientNorm: number;
  readonly validation?: Score;
}

export type StopReason = "completed" | "stopped" | "patience" | "diverged";

export interface TrainingResult {
  readonly stopReason: StopReason;
  /** What diverged, and when: `iteration 17: conv2 output is not finite`. */
  readonly detail?: string;
  /** Iterations whose update was made, those before a resumption among them. */
  readonly iterations: number;
  /** Those before a resumption among them. */
  readonly seconds: number;
  /** Command buffers handed to the GPU by the training loop of this run. */
  readonly submits: number;
  readonly dispatchesPerStep: number;
  readonly buffersCreatedWhileTraining: number;
  /** Host time to encode and submit one step. */
  readonly hostMsPerStep: number;
  /** Missing where no validation was finite. */
  readonly best?: BestScore;
  /** With the final learnables and inference statistics. */
  readonly validation: Score;
}

/** What is left of a training that diverged. */
export interface DivergedResult extends TrainingResult {
  readonly stopReason: "diverged";
  readonly detail: string;
}

/**
 * A training met a loss, gradient or learnable that is not finite: `training diverged at iteration 17: conv2 output is not
 * finite`. The network holds the learnables before that step, or the best ones where `restore` asks for them. Where the last
 * update of all was too large, `training diverged after iteration 30: …`, it holds what that update left.
 */
export class DivergedError extends Error {
  override readonly name = "DivergedError";
  readonly result: DivergedResult;

  constructor(result: DivergedResult) {
    super(`training diverged ${result.detail.startsWith("after") ? "" : "at "}${result.detail}`);
    this.result = result;
  }
}
