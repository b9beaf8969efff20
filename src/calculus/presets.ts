/** Complete configurations of the experiment, as options that differ from the defaults. */
import type { ExperimentOptions, NetworkName, PresetName } from "./options";

const quick: ExperimentOptions = { curves: 1200, samples: 50, batch: 50 };

/** 16 000 iterations. */
const principled: ExperimentOptions = {
  family: "continuous",
  curves: 12_000,
  init: "glorot",
  epochs: 32,
  batch: 20,
  solver: "adam",
  learnRateSchedule: "cosine",
  warmup: 400,
  l2: 0,
  clip: Number.POSITIVE_INFINITY,
  shuffle: "every-epoch",
  validationEvery: 500,
};

/**
 * `moler` is the post's experiment; `quick` the same networks, smaller, for adapters without hardware; `principled` the same
 * networks, narrower, with the best teacher found for functions that they never saw. Both networks learn from the same data.
 */
export const presets: Readonly<Record<PresetName, Readonly<Record<NetworkName, ExperimentOptions>>>> = {
  moler: { cnn: {}, bilstm: { solver: "adam" } },
  quick: { cnn: { ...quick, filters: 32 }, bilstm: { ...quick, hidden: 24, solver: "adam" } },
  principled: {
    cnn: { ...principled, filters: 64, learnRate: 0.01 },
    bilstm: { ...principled, hidden: 32, dropout: 0, learnRate: 0.03 },
  },
};
