/**
 * Layer normalisation in float64, over the C channels of every time step (biased variance).
 *   y = scale · (x − mean) / √(variance + ε) + offset
 */

export interface LayerNormShape {
  readonly batch: number;
  readonly channels: number;
  readonly steps: number;
}

/** x (B, C, T), scale and offset (C) → y (B, C, T). */
export function layerNormForward(
  x: Float64Array,
  scale: Float64Array,
  offset: Float64Array,
  epsilon: number,
  shape: LayerNormShape,
): Float64Array {
  const y = new Float64Array(x.length);
  for (const places of rowsOf(shape)) {
    const { normalised } = normalise(x, places, epsilon);
    places.forEach((at, c) => {
      y[at] = scale[c] * normalised[c] + offset[c];
    });
  }
  return y;
}

/**
 * dy (B, C, T) → gradients, with x̂ the normalised x and g = dy · scale (Ba, Kiros, Hinton 2016):
 *   doffset = Σ dy,  dscale = Σ dy·x̂,  dx = (g − mean(g) − x̂ · mean(g·x̂)) / √(variance + ε)
 */
export function layerNormBackward(
  dy: Float64Array,
  x: Float64Array,
  scale: Float64Array,
  epsilon: number,
  shape: LayerNormShape,
): { dx: Float64Array; dscale: Float64Array; doffset: Float64Array } {
  const { channels } = shape;
  const dx = new Float64Array(x.length);
  const dscale = new Float64Array(channels);
  const doffset = new Float64Array(channels);
  for (const places of rowsOf(shape)) {
    const { normalised, inverse } = normalise(x, places, epsilon);
    let sum = 0;
    let product = 0;
    places.forEach((at, c) => {
      doffset[c] += dy[at];
      dscale[c] += dy[at] * normalised[c];
      sum += dy[at] * scale[c];
      product += dy[at] * scale[c] * normalised[c];
    });
    places.forEach((at, c) => {
      dx[at] = inverse * (dy[at] * scale[c] - (sum + normalised[c] * product) / channels);
    });
  }
  return { dx, dscale, doffset };
}

/** The places of the channels of each time step, by its samples. */
export function rowsOf({ batch, channels, steps }: LayerNormShape): number[][] {
  return Array.from({ length: batch * steps }, (_, row) =>
    Array.from(
      { length: channels },
      (_, c) => (Math.floor(row / steps) * channels + c) * steps + (row % steps),
    ),
  );
}

function normalise(
  x: Float64Array,
  places: readonly number[],
  epsilon: number,
): { normalised: number[]; inverse: number } {
  const { mean, variance } = momentsOf(x, places);
  const inverse = 1 / Math.sqrt(variance + epsilon);
  return { normalised: places.map((at) => (x[at] - mean) * inverse), inverse };
}

/** Mean and biased variance of the values at these places; the centred sum, because E[x²] − E[x]² cancels. */
export function momentsOf(
  x: ArrayLike<number>,
  places: readonly number[],
): { mean: number; variance: number } {
  const mean = places.reduce((sum, at) => sum + x[at], 0) / places.length;
  return { mean, variance: places.reduce((sum, at) => sum + (x[at] - mean) ** 2, 0) / places.length };
}
