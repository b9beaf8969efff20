import type { KernelCall } from "../../gpu/kernel";
import type { Slice } from "../../gpu/memory";
import { type Activation, activationLength, type BuildContext } from "../layer";

/**
 * Half the sum of squared errors, divided by the number of samples (`observations`, MATLAB's rule for
 * image regression) or by samples times time steps (`observations-and-steps`, its rule for sequences).
 */
export type LossNormalisation = "observations" | "observations-and-steps";

export const halfMeanSquaredError = (normalisation: LossNormalisation): LossNormalisation => normalisation;

/** Words of a score: loss, RMSE against the target, sum of squared errors, samples and steps counted. */
export const scoreWords = 5;

/** Half mean squared error (shaders/loss/halfmse.wgsl): `train` also writes the gradient of the prediction. */
export function halfMseCall(
  context: BuildContext,
  normalisation: LossNormalisation,
  prediction: Activation,
  slices: {
    readonly cursor: Slice;
    readonly target: Slice;
    readonly score: Slice;
    readonly dprediction?: Slice;
  },
): KernelCall {
  const { cursor, target, score, dprediction } = slices;
  return {
    label: dprediction ? "loss and its gradient" : "validation loss",
    file: "loss/halfmse",
    entry: dprediction ? "train" : "evaluate",
    constants: {
      BATCH: context.batch,
      STEPS: prediction.steps,
      CHANNELS: prediction.channels,
      LENGTH: activationLength(context, prediction),
      WORKGROUP: context.software ? 32 : 256,
    },
    conditions: {
      per_step: normalisation === "observations-and-steps",
      lengths: prediction.lengths !== undefined,
    },
    bindings: {
      cursor,
      prediction: prediction.slice,
      labels: target,
      score,
      ...(prediction.lengths && { lengths: prediction.lengths }),
      ...(dprediction && { dprediction }),
    },
    workgroups: [1],
  };
}
