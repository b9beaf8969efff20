/**
 * 1-D convolution (cross-correlation, stride 1, "same" padding) in float64.
 *   y[b,o,t] = bias[o] + Σ_c Σ_k weight[o,c,k] · x[b,c,t+k−left],   left = ⌊(K−1)/2⌋, x = 0 outside.
 */

export interface Conv1dShape {
  readonly batch: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly kernel: number;
  readonly steps: number;
}

/** x (B, Ci, T), weight (Co, Ci, K), bias (Co) → y (B, Co, T). */
export function conv1dForward(
  x: Float64Array,
  weight: Float64Array,
  bias: Float64Array,
  shape: Conv1dShape,
): Float64Array {
  const { batch, inputChannels, outputChannels, kernel, steps } = shape;
  const left = Math.floor((kernel - 1) / 2);
  const y = new Float64Array(batch * outputChannels * steps);
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < outputChannels; o++) {
      const yRow = (b * outputChannels + o) * steps;
      y.fill(bias[o], yRow, yRow + steps);
      for (let c = 0; c < inputChannels; c++) {
        const xRow = (b * inputChannels + c) * steps;
        for (let k = 0; k < kernel; k++) {
          const w = weight[(o * inputChannels + c) * kernel + k];
          const shift = k - left;
          const end = Math.min(steps, steps - shift);
          for (let t = Math.max(0, -shift); t < end; t++) y[yRow + t] += w * x[xRow + t + shift];
        }
      }
    }
  }
  return y;
}

/** dy (B, Co, T) → gradients of x, weight and bias, in their shapes. */
export function conv1dBackward(
  dy: Float64Array,
  x: Float64Array,
  weight: Float64Array,
  shape: Conv1dShape,
): { dx: Float64Array; dweight: Float64Array; dbias: Float64Array } {
  const { batch, inputChannels, outputChannels, kernel, steps } = shape;
  const left = Math.floor((kernel - 1) / 2);
  const dx = new Float64Array(x.length);
  const dweight = new Float64Array(weight.length);
  const dbias = new Float64Array(outputChannels);
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < outputChannels; o++) {
      const yRow = (b * outputChannels + o) * steps;
      for (let t = 0; t < steps; t++) dbias[o] += dy[yRow + t];
      for (let c = 0; c < inputChannels; c++) {
        const xRow = (b * inputChannels + c) * steps;
        for (let k = 0; k < kernel; k++) {
          const tap = (o * inputChannels + c) * kernel + k;
          const w = weight[tap];
          const shift = k - left;
          const end = Math.min(steps, steps - shift);
          let sum = 0;
          for (let t = Math.max(0, -shift); t < end; t++) {
            sum += dy[yRow + t] * x[xRow + t + shift];
            dx[xRow + t + shift] += dy[yRow + t] * w;
          }
          dweight[tap] += sum;
        }
      }
    }
  }
  return { dx, dweight, dbias };
}
