/** Runs as a session holds them, of six short curves. */
import type { Run } from "../../src/app/session/run";
import { evaluate, generateCurves, resolveExperiment } from "../../src/calculus";
import { resolveLayers } from "../../src/engine";

const curves = generateCurves({ curves: 6, samples: 4 });
const zero = evaluate(new Float32Array(curves.clean.length), curves);
const experiment = resolveExperiment("quick", "cnn");

/** Under way. */
export const begun: Run = {
  id: "begun",
  number: 1,
  settings: { preset: "quick", network: "cnn", options: { clip: Number.POSITIVE_INFINITY } },
  experiment,
  facts: {
    adapter: { vendor: "v", architecture: "a", description: "d", software: true },
    layers: resolveLayers(experiment.spec),
    parameters: 1,
    iterations: 10,
    iterationsPerEpoch: 5,
    dispatchesPerStep: 32,
    bytesOnDevice: 1,
    zero,
    noiseFloor: zero.noiseFloor,
  },
  test: curves,
  history: [
    { iteration: 1, epoch: 1, seconds: 1, learnRate: 0.01, gradientNorm: Infinity, loss: 1, rmse: 1 },
  ],
};

export const finished = (number: number): Run => ({
  ...begun,
  id: `run-${number}`,
  number,
  outcome: {
    finishedAt: new Date(number * 1000).toISOString(),
    result: {
      stopReason: "completed",
      iterations: 10,
      seconds: 1,
      submits: 1,
      dispatchesPerStep: 32,
      buffersCreatedWhileTraining: 0,
      validation: { loss: 1, rmse: 0.5 },
    },
    trained: {
      evaluation: zero,
      testCurves: 1,
      prediction: new Float32Array(curves.target.length),
      model: new Uint8Array([1]),
    },
  },
});
