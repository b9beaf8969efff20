/** Complete configurations of the experiment. */
import type { TrainingOptions } from "../train/options";
import { type CurveOptions, defaultCurveOptions } from "./curves";
import { type CnnOptions, defaultCnnOptions } from "./networks";

export interface CnnPreset {
  readonly data: CurveOptions;
  /** Its samples are those of the data. */
  readonly network: CnnOptions;
  /** Where they differ from the default training options. */
  readonly training: Partial<TrainingOptions>;
}

/** `moler` is the post's experiment; `quick` the same network, smaller, for adapters without hardware. */
export const presets: {
  readonly moler: { readonly cnn: CnnPreset };
  readonly quick: { readonly cnn: CnnPreset };
} = {
  moler: { cnn: { data: defaultCurveOptions, network: defaultCnnOptions, training: {} } },
  quick: {
    cnn: {
      data: { ...defaultCurveOptions, curves: 1200, samples: 50 },
      network: { ...defaultCnnOptions, filters: 32, samples: 50 },
      training: { batch: 50 },
    },
  },
};
