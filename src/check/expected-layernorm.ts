/** What float32 may make of a layer normalisation. */
import { momentsOf, rowsOf } from "../reference/layernorm";
import { tensorOf } from "../reference/network";
import { type Expectation, sumError, unit, withinSums } from "./bounds";
import type { LayerValues } from "./values";

/**
 * As for a batch normalisation: the mean that is subtracted first is off by a part of `spread`, and every later error is
 * relative to that, wherever the row lies.
 */
export function layerNormalisation(
  epsilon: number,
  { x, dy, learnables }: LayerValues,
  reference: ReadonlyMap<string, Float64Array>,
): Expectation[] {
  const [batch, channels, steps] = x.shape;
  const relative = sumError(channels);
  const [y, dx] = ["y", "dx"].map((name) => tensorOf(reference, name));
  const scale = learnables.get("scale") ?? new Float32Array(channels);
  const offset = learnables.get("offset") ?? new Float32Array(channels);
  const allowedY = new Float64Array(y.length);
  const allowedDx = new Float64Array(y.length);
  const dyMagnitudes = new Float64Array(channels);
  const productMagnitudes = new Float64Array(channels);
  for (const places of rowsOf({ batch, channels, steps })) {
    const { mean, variance } = momentsOf(x.data, places);
    const inverse = 1 / Math.sqrt(variance + epsilon);
    const spread = Math.sqrt(variance) + relative * Math.abs(mean);
    // |x̂| with its error relative to `relative`: the mean's moves it by `spread`, the variance's stretches it.
    const normalised = places.map((at) => Math.abs((x.data[at] - mean) * inverse));
    const normalisedError = normalised.map((value) => value + spread * inverse);
    const g = places.map((at, c) => Math.abs(dy[at] * scale[c]));
    const meanG = g.reduce((sum, value) => sum + value, 0) / channels;
    const reached = normalised.map((value, c) => value + normalisedError[c]);
    const meanProduct = g.reduce((sum, value, c) => sum + value * reached[c], 0) / channels;
    places.forEach((at, c) => {
      dyMagnitudes[c] += Math.abs(dy[at]);
      productMagnitudes[c] += Math.abs(dy[at]) * reached[c];
      allowedY[at] =
        relative * Math.abs(scale[c]) * normalisedError[c] +
        2 * unit * (Math.abs(y[at]) + Math.abs(offset[c]));
      allowedDx[at] = relative * inverse * (g[c] + 2 * meanG + reached[c] * meanProduct);
    });
  }
  // The sums over the rows, and in each term that over the channels.
  const terms = batch * steps + channels;
  return [
    { tensor: "y", expected: y, allowed: (i) => allowedY[i] },
    { tensor: "dx", expected: dx, allowed: (i) => allowedDx[i] },
    withinSums("dscale", tensorOf(reference, "dscale"), terms, productMagnitudes),
    withinSums("doffset", tensorOf(reference, "doffset"), terms, dyMagnitudes),
  ];
}
