/** Which part of the plane a chart shows and where its ticks stand: one rule for the page and for exported pictures. */
import { formatNumber } from "./numbers";
import type { AxisSpec, ChartData, ChartSpec } from "./spec";

export type Span = readonly [from: number, to: number];

/** Ends of both axes. */
export interface View {
  readonly x: Span;
  readonly y: Span;
}

/** Whether a value can be drawn on this axis. */
export const isDrawn = (value: number | null | undefined, { log }: AxisSpec): value is number =>
  value !== null && value !== undefined && Number.isFinite(value) && (!log || value > 0);

/** What shows all the data and references, or of the data what lies between the ends of a zoom. */
export function viewOf(spec: ChartSpec, data: ChartData, zoom?: Span): View {
  const [xs] = data;
  const x = zoom ?? spec.x.range ?? widen([xs[0] ?? 0, xs.at(-1) ?? 1], spec.x, false);
  if (spec.y.range) return { x, y: spec.y.range };
  const extent = yExtent(spec, data, x, zoom === undefined);
  return { x, y: widen(extent ?? (spec.y.log ? [0.1, 1] : [0, 1]), spec.y, true) };
}

function yExtent(spec: ChartSpec, [xs, ...columns]: ChartData, x: Span, whole: boolean): Span | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const reach = (value: number | null | undefined) => {
    if (!isDrawn(value, spec.y)) return;
    if (value < low) low = value;
    if (value > high) high = value;
  };
  for (const column of columns)
    for (let i = 0; i < xs.length; i++) if (xs[i] >= x[0] && xs[i] <= x[1]) reach(column[i]);
  if (whole) for (const { value } of spec.references ?? []) reach(value);
  if (spec.series.some(({ bars }) => bars)) reach(0);
  return low > high ? undefined : [low, high];
}

/** Room beyond the ends of the data, so that lines do not run along the frame; and some where both ends are one. */
function widen([from, to]: Span, { log }: AxisSpec, padded: boolean): Span {
  if (log) {
    const [low, high] = [Math.log10(from), Math.log10(to)];
    const room = high > low ? (padded ? 0.05 * (high - low) : 0) : 0.5;
    return [10 ** (low - room), 10 ** (high + room)];
  }
  if (from === to) return [from - Math.max(0.5, Math.abs(from) / 2), to + Math.max(0.5, Math.abs(to) / 2)];
  const room = padded ? 0.05 * (to - from) : 0;
  // Errors and bars stand on zero: no room beyond it.
  return [from >= 0 ? Math.max(0, from - room) : from - room, to <= 0 ? Math.min(0, to + room) : to + room];
}

/** Places of about `count` ticks within the ends. */
export function ticksOf(axis: AxisSpec, [from, to]: Span, count: number): readonly number[] {
  if (axis.ticks) return axis.ticks.filter((tick) => tick >= from && tick <= to);
  return axis.log ? logTicks([from, to], count) : linearTicks([from, to], count);
}

function linearTicks([from, to]: Span, count: number): number[] {
  const step = niceCeiling((to - from) / Math.max(1, count));
  if (!(step > 0) || !Number.isFinite(step)) return [];
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  // Multiples are rounded, because 3 · 0.1 is not 0.3.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** At least three where there are so many; labels of a few characters may stand twice as close as others. */
function logTicks([from, to]: Span, count: number): number[] {
  const room = 2 * Math.max(2, count);
  const [first, last] = [Math.floor(Math.log10(from)), Math.ceil(Math.log10(to))];
  const exponents = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const ticksAt = (factors: readonly number[], every = 1): number[] =>
    exponents
      .filter((exponent) => exponent % every === 0)
      .flatMap((exponent) => factors.map((factor) => Number(`${factor}e${exponent}`)))
      .filter((tick) => tick >= from && tick <= to);
  // Finer than decades where two of them are not in view, or hardly.
  const divisions =
    to / from < 100
      ? [
          [1, 2, 5],
          [1, 3],
        ]
      : [[1], [1, 3]];
  for (const factors of divisions) {
    const ticks = ticksAt(factors);
    if (ticks.length >= 3 && ticks.length <= room) return ticks;
  }
  // A small part of a decade is nearly straight.
  if (to / from < 100) return linearTicks([from, to], room).filter((tick) => tick > 0);
  return ticksAt([1], Math.ceil(exponents.length / room));
}

/** The next of 1, 2, 5, 10, … times a power of ten that is not smaller. */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5, 10].find((each) => each * power >= value * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Pixels of a digit in 12px of any system font. */
const digitWidth = 8;

/** Pixels beside the plot that half of the label of the last tick takes, which may stand at the very end of the x axis. */
export function roomAtEnd(axis: AxisSpec, span: Span): number {
  const last = ticksOf(axis, span, 4).at(-1);
  return last === undefined ? 0 : Math.ceil((digitWidth * tickLabel(axis, last).length) / 2) + 2;
}

export const tickLabel = ({ tickLabel = formatNumber }: AxisSpec, tick: number): string => tickLabel(tick);
