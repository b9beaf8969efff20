import type { NetworkSpec } from "../../../src/engine";
import type { KernelChoice } from "../../../src/engine/layers/layer";
import type { NamedTensor } from "../../../src/engine/network/network";
import type { TrainerConfig } from "../../../src/engine/training/config";
import type { Progress, TrainingResult } from "../../../src/engine/training/progress";
import type { TrainingState } from "../../../src/engine/training/state";
import { gpu } from "../../browser/client";

export interface TrainingRequest {
  readonly spec: NetworkSpec;
  readonly batch: number;
  /** Sequences have lengths. */
  readonly lengths?: boolean;
  /** Functions cannot cross to the page: checkpoints are asked for below. */
  readonly config: Omit<TrainerConfig, "checkpoint">;
  /** Saves a state every so many iterations. */
  readonly checkpointEvery?: number;
  /** Stops the training once it has told this iteration; 0 before it begins. */
  readonly stopAt?: number;
  /** Variants of the kernels other than those for the adapter. */
  readonly kernels?: Partial<KernelChoice>;
}

export interface Trained {
  readonly progress: readonly Progress[];
  readonly result: TrainingResult;
  /** As they were saved. */
  readonly states: readonly TrainingState[];
  /** Learnables and inference statistics after training. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
}

/** Builds a network, trains it to the end, also where it diverges, and frees it, all in the page. */
export function train(request: TrainingRequest): Promise<Trained> {
  return gpu.run(
    async ({ fluxion, device }, { spec, batch, lengths, config, checkpointEvery, stopAt, kernels }) => {
      const shaped = { ...spec, batch, ...(lengths !== undefined && { lengths }) };
      const network = await fluxion.Network.build(device, shaped, kernels);
      try {
        const states: TrainingState[] = [];
        const trainer = await fluxion.Trainer.build(network, {
          ...config,
          ...(checkpointEvery !== undefined && {
            checkpoint: {
              every: checkpointEvery,
              save: (state) => {
                states.push(state);
              },
            },
          }),
        });
        const progress: Progress[] = [];
        const run = async (): Promise<TrainingResult> => {
          const steps = trainer.run();
          if (stopAt === 0) trainer.stop();
          let step = await steps.next();
          for (; !step.done; step = await steps.next()) {
            progress.push(step.value);
            if (step.value.iteration === stopAt) trainer.stop();
          }
          return step.value;
        };
        const result = await run().catch((error: unknown) => {
          if (error instanceof fluxion.DivergedError) return error.result;
          throw error;
        });
        const tensors = await network.readTensors();
        trainer.dispose();
        return { progress, result, states, tensors };
      } finally {
        network.dispose();
      }
    },
    request,
  );
}

/** The data of every tensor by name. */
export function dataOf(
  tensors: ReadonlyMap<string, { readonly data: Float32Array }>,
): Map<string, Float32Array> {
  return new Map(Array.from(tensors, ([name, { data }]) => [name, data]));
}
