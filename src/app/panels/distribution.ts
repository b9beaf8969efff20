/** How numbers are distributed. */

export interface Distribution {
  readonly count: number;
  /** Of the finite numbers; NaN where there is none. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Standard deviation. */
  readonly deviation: number;
  readonly zeros: number;
  /** NaN and infinities. */
  readonly nonFinite: number;
  /** Of equal width from min to max: their middles, and how many numbers lie in each. One where all numbers are equal. */
  readonly middles: readonly number[];
  readonly counts: readonly number[];
}

export function distributionOf(values: Float32Array, bins: number): Distribution {
  const finite = values.filter(Number.isFinite);
  const min = finite.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const max = finite.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  // The centred sum, because E[x²] − E[x]² cancels.
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const size = max > min ? bins : Math.min(1, finite.length);
  const width = (max - min) / size;
  const counts = Array.from({ length: size }, () => 0);
  for (const value of finite) counts[width > 0 ? Math.min(size - 1, Math.floor((value - min) / width)) : 0]++;
  return {
    count: values.length,
    min: finite.length > 0 ? min : Number.NaN,
    max: finite.length > 0 ? max : Number.NaN,
    mean,
    deviation: Math.sqrt(squares / finite.length),
    zeros: finite.reduce((zeros, value) => zeros + (value === 0 ? 1 : 0), 0),
    nonFinite: values.length - finite.length,
    middles: counts.map((_, i) => min + (i + 0.5) * width),
    counts,
  };
}
