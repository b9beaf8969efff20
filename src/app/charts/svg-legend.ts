/** The legend of a chart in SVG. */

import { escapeMarkup } from "../../calculus/markup";
import type { ChartColors } from "./colors";
import { faintOpacity, markerPath, type Stroke } from "./marks";
import { formatNumber } from "./numbers";
import type { ChartSpec, SeriesSpec } from "./spec";
import { markerPaint } from "./svg-series";
import { strokeOf } from "./xml";

/** Pixels of a character, about. */
export const characterWidth = 6.6;
/** Pixels of a row. */
export const legendLine = 18;

export interface LegendEntry {
  readonly label: string;
  readonly mark: Stroke & Pick<SeriesSpec, "marker" | "faint">;
  readonly x: number;
  readonly row: number;
}

/** From left to right, in as many rows as it takes. */
export function placeLegend({ series, references = [] }: ChartSpec, width: number): readonly LegendEntry[] {
  const marks = [
    ...series.map((mark) => ({ mark, label: mark.label })),
    ...references.map((mark) => ({ mark, label: `${mark.label} ${formatNumber(mark.value)}` })),
  ];
  let x = 8;
  let row = 0;
  return marks.map(({ mark, label }) => {
    const taken = 48 + characterWidth * label.length;
    if (x > 8 && x + taken > width) {
      x = 8;
      row += 1;
    }
    const entry = { mark, label, x, row };
    x += taken;
    return entry;
  });
}

/** `top` is where the first row begins. */
export function drawLegendEntry(
  { mark, label, x, row }: LegendEntry,
  top: number,
  colors: ChartColors,
): string {
  const { marker } = mark;
  const y = top + legendLine * (row + 0.5);
  const line = mark.width === 0 ? "" : `<path d="M${x} ${y}h26" ${strokeOf(mark, colors)}/>`;
  const point = marker
    ? `<path d="${markerPath(marker, x + 13, y)}" ${markerPaint(marker, mark.color, colors)}/>`
    : "";
  const pale = mark.faint ? ` opacity="${faintOpacity}"` : "";
  return `<g class="legend"><g${pale}>${line}${point}</g><text x="${x + 32}" y="${y + 4}" fill="${escapeMarkup(colors.text)}">${escapeMarkup(label)}</text></g>`;
}
