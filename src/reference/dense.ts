/**
 * The same affine map at every time step, in float64.
 *   y[b,o,t] = bias[o] + Σ_c weight[o,c] · x[b,c,t]
 */

export interface DenseShape {
  readonly batch: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly steps: number;
}

/** x (B, Ci, T), weight (Co, Ci), bias (Co) → y (B, Co, T). */
export function denseForward(
  x: Float64Array,
  weight: Float64Array,
  bias: Float64Array,
  shape: DenseShape,
): Float64Array {
  const { batch, inputChannels, outputChannels, steps } = shape;
  const y = new Float64Array(batch * outputChannels * steps);
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < outputChannels; o++) {
      const yRow = (b * outputChannels + o) * steps;
      y.fill(bias[o], yRow, yRow + steps);
      for (let c = 0; c < inputChannels; c++) {
        const w = weight[o * inputChannels + c];
        const xRow = (b * inputChannels + c) * steps;
        for (let t = 0; t < steps; t++) y[yRow + t] += w * x[xRow + t];
      }
    }
  }
  return y;
}

/** dy (B, Co, T) → gradients of x, weight and bias, in their shapes. */
export function denseBackward(
  dy: Float64Array,
  x: Float64Array,
  weight: Float64Array,
  shape: DenseShape,
): { dx: Float64Array; dweight: Float64Array; dbias: Float64Array } {
  const { batch, inputChannels, outputChannels, steps } = shape;
  const dx = new Float64Array(x.length);
  const dweight = new Float64Array(weight.length);
  const dbias = new Float64Array(outputChannels);
  for (let b = 0; b < batch; b++) {
    for (let o = 0; o < outputChannels; o++) {
      const yRow = (b * outputChannels + o) * steps;
      for (let t = 0; t < steps; t++) dbias[o] += dy[yRow + t];
      for (let c = 0; c < inputChannels; c++) {
        const entry = o * inputChannels + c;
        const w = weight[entry];
        const xRow = (b * inputChannels + c) * steps;
        let sum = 0;
        for (let t = 0; t < steps; t++) {
          sum += dy[yRow + t] * x[xRow + t];
          dx[xRow + t] += dy[yRow + t] * w;
        }
        dweight[entry] += sum;
      }
    }
  }
  return { dx, dweight, dbias };
}
