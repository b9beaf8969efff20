/** What all opponents expect of the curve they are asked about. */

/** Throws RangeError unless there is one sample for each point of a sorted grid. */
export function requireSamples(x: ArrayLike<number>, f: ArrayLike<number>): void {
  if (x.length !== f.length) throw new RangeError(`${x.length} samples expected, got ${f.length}`);
  for (let t = 1; t < x.length; t++)
    if (!(x[t] >= x[t - 1])) throw new RangeError(`a sorted grid expected, got ${x[t]} after ${x[t - 1]}`);
}
