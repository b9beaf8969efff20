/** Complete configurations of the experiment. */
import { adam, type TrainingOptions } from "../engine/training/options";
import { type CurveOptions, defaultCurveOptions } from "./curves";
import { type BilstmOptions, type CnnOptions, defaultBilstmOptions, defaultCnnOptions } from "./networks";
import type { PresetName } from "./options";

/** One network of a preset; the length of its curves is that of the data. */
export interface NetworkPreset<Options> {
  readonly network: Omit<Options, "samples">;
  /** Where they differ from the default training options. */
  readonly training: Partial<TrainingOptions>;
}

/** Both networks learn from the same data. */
export interface Preset {
  readonly data: CurveOptions;
  readonly cnn: NetworkPreset<CnnOptions>;
  readonly bilstm: NetworkPreset<BilstmOptions>;
}

/** How `principled` trains both networks, but for the learning rate: 16 000 iterations. */
const principled: Partial<TrainingOptions> = {
  solver: adam(),
  schedule: { kind: "cosine", warmup: 400 },
  epochs: 32,
  batch: 20,
  l2: 0,
  clip: Number.POSITIVE_INFINITY,
  initialisation: "glorot",
  shuffle: "every-epoch",
  validationEvery: 500,
};

/**
 * `moler` is the post's experiment; `quick` the same networks, smaller, for adapters without hardware; `principled` the same
 * networks, narrower, with the best teacher found for functions that they never saw.
 */
export const presets: Readonly<Record<PresetName, Preset>> = {
  moler: {
    data: defaultCurveOptions,
    cnn: { network: defaultCnnOptions, training: {} },
    bilstm: { network: defaultBilstmOptions, training: { solver: adam() } },
  },
  quick: {
    data: { ...defaultCurveOptions, curves: 1200, samples: 50 },
    cnn: { network: { ...defaultCnnOptions, filters: 32 }, training: { batch: 50 } },
    bilstm: { network: { ...defaultBilstmOptions, hidden: 24 }, training: { solver: adam(), batch: 50 } },
  },
  principled: {
    data: { ...defaultCurveOptions, family: "continuous", curves: 12_000 },
    cnn: { network: { ...defaultCnnOptions, filters: 64 }, training: { ...principled, learnRate: 0.01 } },
    bilstm: {
      network: { ...defaultBilstmOptions, hidden: 32, dropout: 0 },
      training: { ...principled, learnRate: 0.03 },
    },
  },
};
