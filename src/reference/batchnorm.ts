/**
 * Batch normalisation in float64, per channel over batch and time (n = B·T values, biased variance).
 *   y = scale · (x − mean) / √(variance + ε) + offset
 */

export interface BatchNormShape {
  readonly batch: number;
  readonly channels: number;
  readonly steps: number;
}

/** x (B, C, T) → mean and biased variance (C) of the batch. */
export function batchNormStatistics(
  x: Float64Array,
  shape: BatchNormShape,
): { mean: Float64Array; variance: Float64Array } {
  const { batch, channels, steps } = shape;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let b = 0; b < batch; b++) {
      const row = (b * channels + c) * steps;
      for (let t = 0; t < steps; t++) sum += x[row + t];
    }
    mean[c] = sum / (batch * steps);
    // The centred sum, because E[x²] − E[x]² cancels.
    let squares = 0;
    for (let b = 0; b < batch; b++) {
      const row = (b * channels + c) * steps;
      for (let t = 0; t < steps; t++) squares += (x[row + t] - mean[c]) ** 2;
    }
    variance[c] = squares / (batch * steps);
  }
  return { mean, variance };
}

/** Training: x (B, C, T), scale and offset (C) → y (B, C, T) and the statistics of the batch (C). */
export function batchNormForward(
  x: Float64Array,
  scale: Float64Array,
  offset: Float64Array,
  epsilon: number,
  shape: BatchNormShape,
): { y: Float64Array; mean: Float64Array; variance: Float64Array } {
  const { mean, variance } = batchNormStatistics(x, shape);
  return { y: batchNormInference(x, scale, offset, mean, variance, epsilon, shape), mean, variance };
}

/** With given statistics: x (B, C, T); scale, offset, mean, variance (C) → y (B, C, T). */
export function batchNormInference(
  x: Float64Array,
  scale: Float64Array,
  offset: Float64Array,
  mean: Float64Array,
  variance: Float64Array,
  epsilon: number,
  shape: BatchNormShape,
): Float64Array {
  const { batch, channels, steps } = shape;
  const y = new Float64Array(x.length);
  for (let b = 0; b < batch; b++) {
    for (let c = 0; c < channels; c++) {
      const row = (b * channels + c) * steps;
      const factor = scale[c] / Math.sqrt(variance[c] + epsilon);
      for (let t = 0; t < steps; t++) y[row + t] = factor * (x[row + t] - mean[c]) + offset[c];
    }
  }
  return y;
}

/** With given statistics, through which nothing flows: dy (B, C, T); scale, variance (C) → dx = dy · scale / √(variance + ε). */
export function batchNormInferenceBackward(
  dy: Float64Array,
  scale: Float64Array,
  variance: Float64Array,
  epsilon: number,
  shape: BatchNormShape,
): Float64Array {
  const { channels, steps } = shape;
  const factors = scale.map((value, c) => value / Math.sqrt(variance[c] + epsilon));
  return dy.map((value, i) => value * factors[Math.floor(i / steps) % channels]);
}

/**
 * dy (B, C, T) → gradients through the batch statistics, with x̂ the normalised x (Ioffe and Szegedy 2015):
 *   doffset = Σ dy,  dscale = Σ dy·x̂,  dx = scale / √(variance + ε) · (dy − doffset/n − x̂·dscale/n)
 */
export function batchNormBackward(
  dy: Float64Array,
  x: Float64Array,
  scale: Float64Array,
  mean: Float64Array,
  variance: Float64Array,
  epsilon: number,
  shape: BatchNormShape,
): { dx: Float64Array; dscale: Float64Array; doffset: Float64Array } {
  const { batch, channels, steps } = shape;
  const n = batch * steps;
  const dx = new Float64Array(x.length);
  const dscale = new Float64Array(channels);
  const doffset = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    const inverse = 1 / Math.sqrt(variance[c] + epsilon);
    for (let b = 0; b < batch; b++) {
      const row = (b * channels + c) * steps;
      for (let t = 0; t < steps; t++) {
        dscale[c] += dy[row + t] * (x[row + t] - mean[c]) * inverse;
        doffset[c] += dy[row + t];
      }
    }
    for (let b = 0; b < batch; b++) {
      const row = (b * channels + c) * steps;
      for (let t = 0; t < steps; t++) {
        const normalised = (x[row + t] - mean[c]) * inverse;
        dx[row + t] = scale[c] * inverse * (dy[row + t] - (doffset[c] + normalised * dscale[c]) / n);
      }
    }
  }
  return { dx, dscale, doffset };
}
