/** Complete configurations of the experiment. */
import { adam, type TrainingOptions } from "../train/options";
import { type CurveOptions, defaultCurveOptions } from "./curves";
import { type BilstmOptions, type CnnOptions, defaultBilstmOptions, defaultCnnOptions } from "./networks";

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

/** `moler` is the post's experiment; `quick` the same networks, smaller, for adapters without hardware. */
export const presets: { readonly moler: Preset; readonly quick: Preset } = {
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
};
