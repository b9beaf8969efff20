/** How well predicted derivatives agree with the true ones. All figures are RMSE per point. */
import type { Curves } from "./curves";
import { calculusFunctions } from "./functions";

export interface Evaluation {
  /** Against the clean derivative: the headline metric. */
  readonly rmse: number;
  /** The same for each function by name, of those that have curves in the data. */
  readonly rmsePerFunction: Readonly<Record<string, number>>;
  /** Against the noisy target. */
  readonly rmseNoisy: number;
  /** What predicting zero everywhere scores against the clean derivative. */
  readonly rmseZero: number;
  /** What the clean derivative itself scores against the noisy target: no prediction does better by merit. */
  readonly noiseFloor: number;
}

/** predictions (N, 1, T). Throws RangeError when they are not as many as the curves have points. */
export function evaluate(predictions: ArrayLike<number>, curves: Curves): Evaluation {
  const { clean, target, functionIndex, rows, samples } = curves;
  if (predictions.length !== clean.length)
    throw new RangeError(`${clean.length} predictions expected, got ${predictions.length}`);
  const squares = new Float64Array(calculusFunctions.length);
  const points = new Float64Array(calculusFunctions.length);
  for (let row = 0; row < rows; row++) {
    const start = row * samples;
    for (let i = start; i < start + samples; i++)
      squares[functionIndex[row]] += (predictions[i] - clean[i]) ** 2;
    points[functionIndex[row]] += samples;
  }
  return {
    rmse: rootMeanSquare(predictions, clean),
    rmsePerFunction: Object.fromEntries(
      calculusFunctions.flatMap(({ name }, index) =>
        points[index] > 0 ? [[name, Math.sqrt(squares[index] / points[index])]] : [],
      ),
    ),
    rmseNoisy: rootMeanSquare(predictions, target),
    rmseZero: rootMeanSquare(new Float32Array(clean.length), clean),
    noiseFloor: rootMeanSquare(clean, target),
  };
}

/** Of the differences, point by point. */
export function rootMeanSquare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return Math.sqrt(sum / a.length);
}
