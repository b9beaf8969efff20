/** Predictions beside what they should have been. */
import type { PredictionRow } from "./csv";
import type { Curves } from "./curves";
import { calculusFunctions } from "./functions";

/**
 * Every point of the test set, curve by curve: the rows of predictions.csv.
 * @param prediction (N, 1, T) on these curves
 * @throws RangeError when they are not as many as the curves have points
 */
export function predictionRows(test: Curves, prediction: ArrayLike<number>): PredictionRow[] {
  const { samples, clean, target } = test;
  if (prediction.length !== clean.length)
    throw new RangeError(`${clean.length} predictions expected, got ${prediction.length}`);
  return Array.from({ length: clean.length }, (_, i) => {
    const row = Math.floor(i / samples);
    return {
      function: calculusFunctions[test.functionIndex[row]].name,
      curve: test.curve[row],
      x: test.x[2 * row * samples + (i % samples)],
      target: target[i],
      clean: clean[i],
      prediction: prediction[i],
    };
  });
}
