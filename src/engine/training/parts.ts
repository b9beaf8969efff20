import type { Memory, Slice } from "../gpu/memory";
import { Backpropagation } from "../network/backpropagation";
import { createCursor } from "../network/batch";
import type { Network } from "../network/network";
import type { TrainerConfig } from "./config";
import { Diagnosis } from "./diagnosis";
import { Inspector } from "./inspector";
import { buildPopulationStatistics, buildValidation, createTarget, type Pass, type Validation } from "./pass";
import type { ResolvedTraining } from "./resolve";
import { uploadSamples } from "./samples";
import { buildSnapshot, type Snapshot } from "./snapshot";
import { StateReader } from "./state-reader";
import { buildStep, type Step } from "./step";

/** What a training consists of on the GPU. */
export interface TrainingParts {
  readonly step: Step;
  /** Iterations done. */
  readonly cursor: Slice;
  readonly validation: Validation;
  /** A validation whose weights are kept if they are the best so far. */
  readonly candidate: Validation;
  readonly snapshot: Snapshot;
  /** Where there are inference statistics to be taken from the training set. */
  readonly population: Pass | undefined;
  readonly diagnosis: Diagnosis;
  readonly inspector: Inspector;
  /** Where checkpoints are wanted. */
  readonly reader: StateReader | undefined;
}

/** Copies the data to the GPU, allocates all buffers and compiles all plans of a training. */
export async function buildParts(
  network: Network,
  memory: Memory,
  resolved: ResolvedTraining,
  config: TrainerConfig,
): Promise<TrainingParts> {
  const { options } = resolved;
  const set = uploadSamples(memory, network, "training", config.train);
  const held = uploadSamples(memory, network, "validation", config.validation);
  const order = {
    slice: memory.upload("batch order", resolved.order),
    steps: resolved.order.length / options.batch,
  };
  const cursor = createCursor(memory, "training cursor", options.batch);
  const target = createTarget(network, memory);
  const backpropagation = new Backpropagation(network, memory, {
    inputGradient: false,
    cursor,
    seed: options.seed,
  });
  const step = await buildStep(network, memory, backpropagation, { resolved, set, order, cursor, target });
  const validation = await buildValidation(network, memory, held, target);
  const { score } = validation;
  const wantsPopulation =
    options.batchNormStatistics === "population" && network.stages.some(({ statistics }) => statistics);
  const snapshot = await buildSnapshot(network, memory, score, cursor);
  return {
    step,
    cursor,
    validation,
    candidate: {
      score,
      encode(pass) {
        validation.encode(pass);
        snapshot.keep.encode(pass);
      },
    },
    snapshot,
    population: wantsPopulation
      ? await buildPopulationStatistics(network, memory, set, backpropagation)
      : undefined,
    diagnosis: await Diagnosis.build(network, memory, backpropagation, step),
    inspector: new Inspector(network, memory, backpropagation.gradients),
    reader: config.checkpoint && new StateReader(network, memory, step.moments, snapshot),
  };
}
