/** A figure of several runs. */

/** By seed. Runs of one seed have the same data, so that their figures may be compared one by one. */
export type BySeed = Readonly<Record<string, number>>;

/** On the seeds that both have. */
const combine = (a: BySeed, b: BySeed, how: (a: number, b: number) => number): BySeed =>
  Object.fromEntries(Object.keys(a).flatMap((seed) => (seed in b ? [[seed, how(a[seed], b[seed])]] : [])));

/** The same for all seeds of a figure. */
export const constant = (figures: BySeed, value: number): BySeed =>
  Object.fromEntries(Object.keys(figures).map((seed) => [seed, value]));

export const times = (factor: number, figures: BySeed): BySeed =>
  Object.fromEntries(Object.entries(figures).map(([seed, value]) => [seed, factor * value]));

/** What is as near to one as to the other on a logarithmic scale. */
export const halfWay = (a: BySeed, b: BySeed): BySeed =>
  combine(a, b, (one, other) => Math.sqrt(one * other));

/** The same on a linear scale. */
export const linearHalfWay = (a: BySeed, b: BySeed): BySeed =>
  combine(a, b, (one, other) => (one + other) / 2);

/** Where a figure lies on a logarithmic scale from one (0) to another (1). */
export const placeBetween = (figure: BySeed, from: BySeed, to: BySeed): BySeed =>
  combine(
    combine(figure, from, (value, start) => Math.log(value / start)),
    combine(to, from, (end, start) => Math.log(end / start)),
    (part, whole) => part / whole,
  );

/** How many times the second the first is. */
export const quotient = (a: BySeed, b: BySeed): BySeed => combine(a, b, (one, other) => one / other);

/** Above 0 where both figures, which are above 0, lie on the same side of 1. */
export const agreement = (a: BySeed, b: BySeed): BySeed =>
  combine(a, b, (one, other) => Math.log(one) * Math.log(other));

/** On how many seeds the first is below the second, of those that both have. */
export function countBelow(a: BySeed, b: BySeed): { readonly below: number; readonly of: number } {
  const both = Object.values(combine(a, b, (one, other) => (one < other ? 1 : 0)));
  return { below: both.reduce((sum, one) => sum + one, 0), of: both.length };
}

/** Over the seeds; undefined where there are none. */
export function meanOf(figures: BySeed): number | undefined {
  const values = Object.values(figures);
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : undefined;
}
