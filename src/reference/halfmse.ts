/**
 * Half the sum of squared errors over every element, divided by B (`observations`) or by B·T
 * (`observations-and-steps`), in float64. Of sequences that have lengths, only the real steps count.
 */
import type { LossNormalisation } from "../engine/layers/loss/halfmse";
import type { Lengths } from "./layer";

/** prediction and target (B, C, T) → the loss and its gradient with respect to the prediction. */
export function halfMSE(
  prediction: Float64Array,
  target: Float64Array,
  normalisation: LossNormalisation,
  { batch, steps, lengths }: { readonly batch: number; readonly steps: number; readonly lengths?: Lengths },
): { loss: number; dprediction: Float64Array } {
  const real = lengths ? Array.from(lengths).reduce((sum, length) => sum + length, 0) : batch * steps;
  const divisor = normalisation === "observations" ? batch : real;
  const sample = prediction.length / batch;
  let sum = 0;
  const dprediction = prediction.map((value, i) => {
    if (lengths && i % steps >= lengths[Math.floor(i / sample)]) return 0;
    const error = value - target[i];
    sum += error * error;
    return error / divisor;
  });
  return { loss: sum / 2 / divisor, dprediction };
}
