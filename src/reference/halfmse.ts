/**
 * Half the sum of squared errors over every element, divided by B (`observations`) or by B·T
 * (`observations-and-steps`), in float64.
 */
import type { LossNormalisation } from "../engine/layers/loss/halfmse";

/** prediction and target (B, C, T) → the loss and its gradient with respect to the prediction. */
export function halfMSE(
  prediction: Float64Array,
  target: Float64Array,
  normalisation: LossNormalisation,
  shape: { readonly batch: number; readonly steps: number },
): { loss: number; dprediction: Float64Array } {
  const divisor = normalisation === "observations" ? shape.batch : shape.batch * shape.steps;
  let sum = 0;
  const dprediction = prediction.map((value, i) => {
    const error = value - target[i];
    sum += error * error;
    return error / divisor;
  });
  return { loss: sum / 2 / divisor, dprediction };
}
