/** A training that never was, for reports on it. */
import { experimentCurves } from "../../src/calculus/curves";
import { evaluate } from "../../src/calculus/evaluation";
import { resolveExperiment } from "../../src/calculus/experiment";
import type { NetworkName } from "../../src/calculus/options";
import type { TrainingOutcome } from "../../src/cli/training-run";

/** @param text whatever is a string in it */
export function inventOutcome(network: NetworkName, text: string): TrainingOutcome {
  const { test } = experimentCurves({ curves: 60, samples: 12 });
  const prediction = test.target.map((value) => 0.9 * value);
  const evaluation = evaluate(prediction, test);
  return {
    experiment: { ...resolveExperiment("quick", network), preset: text as "quick", stepsPerSubmit: 1 },
    adapter: { vendor: text, architecture: text, description: text, software: true },
    result: {
      iterations: 100,
      seconds: 1,
      stopReason: text as "completed",
      validation: { loss: 1, rmse: 1 },
      dispatchesPerStep: 1,
      submits: 1,
      buffersCreatedWhileTraining: 0,
      hostMsPerStep: 0,
    },
    history: Array.from({ length: 100 }, (_, i) => {
      const quantities = { loss: 100 / (i + 1), rmse: 1 / (i + 1) };
      const validation = i % 10 === 9 ? { validation: quantities } : {};
      const progress = { iteration: i + 1, epoch: 1, seconds: 0.01 * i, gradientNorm: 1, learnRate: 0.01 };
      return { ...progress, ...quantities, ...validation };
    }),
    parameters: 1,
    bytesOnDevice: 1,
    tensors: new Map(),
    test,
    prediction,
    evaluation,
    zero: evaluation,
  };
}
