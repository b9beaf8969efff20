import type { CurveSet } from "./curves";
import type { TrainingOptions } from "./options";
import type { TrainingState } from "./state";

/** What a Trainer is built with. */
export interface TrainerConfig {
  readonly train: CurveSet;
  readonly validation: CurveSet;
  /** What differs from MATLAB's defaults. The batch is the network's. */
  readonly options?: Partial<Omit<TrainingOptions, "batch">>;
  /** Steps that one submit holds at least; the trainer packs more where they are short. */
  readonly stepsPerSubmit?: number;
  /** Milliseconds a submit should take where `stepsPerSubmit` allows: short keeps a page alive. */
  readonly submitMilliseconds?: number;
  /** Rows of every iteration (iterations, B) instead of shuffled epochs: to repeat another program's run. */
  readonly batches?: Uint32Array;
  /** Initial learnables by name instead of random ones. */
  readonly learnables?: ReadonlyMap<string, { readonly data: Float32Array }>;
  /**
   * Saves the state after every so many iterations, whenever `requestSave` asks for it, and once more when training is
   * stopped or ends by patience. Training waits for `save`; what it throws ends training and is thrown by `run`.
   */
  readonly checkpoint?: {
    /** Left out where states are saved on request alone. */
    readonly every?: number;
    readonly save: (state: TrainingState) => void | Promise<void>;
  };
  /** Goes on from a state of the same training, on the same data, exactly as if it had never been interrupted. */
  readonly resume?: TrainingState;
  /**
   * Told whenever training comes to hold after `pause` or `step`: all iterations done have been yielded and nothing is in
   * flight. It may call the trainer.
   */
  readonly onHold?: (iteration: number) => void;
}

/** Curves of the two sets. */
export const rowsOf = ({ train, validation }: TrainerConfig): TrainingState["rows"] => ({
  training: train.rows,
  validation: validation.rows,
});
