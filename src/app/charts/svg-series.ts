/** The series of a chart in SVG. */

import { escapeMarkup } from "../../calculus/markup";
import type { ChartColors } from "./colors";
import { faintOpacity, isFilled, markerPath } from "./marks";
import type { ChartData, ChartSpec, ColorToken, MarkerKind, SeriesSpec } from "./spec";
import { isDrawn, type View } from "./view";
import { round, strokeOf } from "./xml";

/** From values to places in the document. */
export interface Places {
  readonly toX: (value: number) => number;
  readonly toY: (value: number) => number;
}

/** A chart as far as it stands when its series are drawn. */
export interface Drawing {
  readonly spec: ChartSpec;
  readonly data: ChartData;
  readonly view: View;
  readonly places: Places;
  readonly colors: ChartColors;
}

type Values = readonly (number | null)[];

/** The line or the bars of the series at this place of the spec. */
export function drawLine(drawing: Drawing, index: number): string {
  const series = drawing.spec.series[index];
  const values = drawing.data[index + 1] ?? [];
  if (series.bars) return drawBars(drawing, series, values);
  if (series.width === 0) return "";
  const pale = series.faint ? ` opacity="${faintOpacity}"` : "";
  return `<path class="line" d="${linePath(drawing, series, values)}" ${strokeOf(series, drawing.colors)}${pale}/>`;
}

/** Breaks at gaps unless the series is sparse. */
function linePath(
  { spec, data: [xs], places: { toX, toY } }: Drawing,
  { sparse }: SeriesSpec,
  values: Values,
): string {
  let path = "";
  let drawing = false;
  for (let i = 0; i < xs.length; i++) {
    const value = values[i];
    if (isDrawn(value, spec.y)) {
      path += `${drawing ? "L" : "M"}${round(toX(xs[i]))} ${round(toY(value))}`;
      drawing = true;
    } else drawing &&= sparse === true;
  }
  return path;
}

/** The markers of the series at this place, as far as they are in view. */
export function drawMarkers(
  { spec, data, view, places: { toX, toY }, colors }: Drawing,
  index: number,
): string {
  const { marker, color } = spec.series[index];
  if (!marker) return "";
  const [xs, values = []] = [data[0], data[index + 1]];
  const paint = markerPaint(marker, color, colors);
  return xs
    .map((x, i) => {
      const value = values[i];
      if (!isDrawn(value, spec.y) || x < view.x[0] || x > view.x[1]) return "";
      return `<path class="marker" d="${markerPath(marker, toX(x), toY(value))}" ${paint}/>`;
    })
    .join("");
}

/** Attributes of a marker. */
export function markerPaint(kind: MarkerKind, token: ColorToken, colors: ChartColors): string {
  const color = escapeMarkup(colors.of(token));
  return isFilled(kind) ? `fill="${color}"` : `fill="none" stroke="${color}" stroke-width="1.25"`;
}

function drawBars(
  { spec, data: [xs], places: { toX, toY }, colors }: Drawing,
  { color }: SeriesSpec,
  values: Values,
): string {
  const width = 0.9 * (xs.length > 1 ? Math.abs(toX(xs[1]) - toX(xs[0])) : 10);
  return xs
    .map((x, i) => {
      const value = values[i];
      if (!isDrawn(value, spec.y)) return "";
      const [top, bottom] = [toY(Math.max(0, value)), toY(Math.min(0, value))];
      return `<rect class="bar" x="${round(toX(x) - width / 2)}" y="${round(top)}" width="${round(width)}" height="${round(bottom - top)}" fill="${escapeMarkup(colors.of(color))}"/>`;
    })
    .join("");
}
