import { type Experiment, evaluate, modelMetadata } from "../../calculus";
import { type Trainer, type TrainingResult, writeModel } from "../../engine";
import type { RunFacts, RunOutcome, Speed } from "../session/run";
import type { Data } from "./data";

/** What is known of a training as soon as it is built. */
export function factsOf(trainer: Trainer, { zero }: Data): RunFacts {
  const { network } = trainer;
  return {
    adapter: network.device.adapter,
    layers: network.layers,
    parameters: network.parameterCount,
    iterations: trainer.iterations,
    iterationsPerEpoch: trainer.iterationsPerEpoch,
    dispatchesPerStep: trainer.dispatchesPerStep,
    bytesOnDevice: trainer.bytesOnDevice,
    zero,
    noiseFloor: zero.noiseFloor,
  };
}

/** Evaluates a trained network and writes it down; where training diverged, nothing of it is worth keeping. */
export async function concludeRun(
  trainer: Trainer,
  { hostMsPerStep: _, ...result }: TrainingResult,
  experiment: Experiment,
  { test }: Data,
  { gpuMillisecondsPerStep }: Speed,
): Promise<RunOutcome> {
  const { network } = trainer;
  const outcome = { result, finishedAt: new Date().toISOString(), gpuMillisecondsPerStep };
  if (result.stopReason === "diverged") return outcome;
  const prediction = new Float32Array(await network.predict(test.x));
  const model = writeModel(experiment.spec, await network.readTensors(), modelMetadata(experiment));
  const evaluation = evaluate(prediction, test);
  return { ...outcome, trained: { evaluation, testCurves: test.rows, prediction, model } };
}
