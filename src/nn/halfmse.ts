import type { KernelCall } from "../gpu/kernel";
import type { Slice } from "../gpu/memory";
import { type Activation, activationLength, type BuildContext } from "./layer";
import type { LossNormalisation } from "./spec";

/** Words of a score: loss, RMSE against the target, sum of squared errors, curves counted. */
export const scoreWords = 4;

/** Half mean squared error (shaders/halfmse.wgsl): `train` also writes the gradient of the prediction. */
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
    file: "halfmse",
    entry: dprediction ? "train" : "evaluate",
    constants: {
      BATCH: context.batch,
      STEPS: context.steps,
      CHANNELS: prediction.channels,
      LENGTH: activationLength(prediction.channels, context),
      NORMALISER: normalisation === "observations" ? 1 : context.steps,
      WORKGROUP: context.software ? 32 : 256,
    },
    bindings: {
      cursor,
      prediction: prediction.slice,
      labels: target,
      score,
      ...(dprediction && { dprediction }),
    },
    workgroups: [1],
  };
}
