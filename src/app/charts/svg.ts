/** Charts as SVG documents, from the same plain data as on the page. */

import { escapeMarkup } from "../../calculus/markup";
import type { ChartColors } from "./colors";
import { faintOpacity, markerPath, markerReach, type Stroke } from "./marks";
import { formatNumber } from "./numbers";
import type { ChartData, ChartSpec, SeriesSpec } from "./spec";
import { type Drawing, drawLine, drawMarkers, markerPaint, type Places } from "./svg-series";
import { isDrawn, roomAtEnd, tickLabel, ticksOf, type View, viewOf } from "./view";
import { round, strokeOf } from "./xml";

/** CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Picture {
  readonly spec: ChartSpec;
  readonly data: ChartData;
}

const fontSize = 12;
const titleHeight = 26;

/** A chart as an SVG document of this size. */
export const chartToSvg = (spec: ChartSpec, data: ChartData, size: Size, colors: ChartColors): string =>
  picturesToSvg([{ spec, data }], 1, size, colors);

/** Charts side by side in one SVG document, each of this size. */
export function picturesToSvg(
  pictures: readonly Picture[],
  columns: number,
  { width, height }: Size,
  colors: ChartColors,
): string {
  const rows = Math.ceil(pictures.length / columns);
  const whole = { width: columns * width, height: rows * height };
  const parts = pictures.map(({ spec, data }, index) => {
    const [x, y] = [(index % columns) * width, Math.floor(index / columns) * height];
    return `<g transform="translate(${x} ${y})">${drawChart(spec, data, { width, height }, colors, `plot-${index}`)}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole.width}" height="${whole.height}" viewBox="0 0 ${whole.width} ${whole.height}" font-family="system-ui, sans-serif" font-size="${fontSize}">`,
    `<rect width="100%" height="100%" fill="${escapeMarkup(colors.ground)}"/>`,
    ...parts,
    "</svg>",
  ].join("\n");
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

type Frame = Box & Places;

function drawChart(spec: ChartSpec, data: ChartData, size: Size, colors: ChartColors, id: string): string {
  const view = viewOf(spec, data);
  const entries = spec.compact ? [] : placeLegend(spec, size.width);
  const legendHeight = entries.length > 0 ? legendLine * (1 + Math.max(...entries.map(({ row }) => row))) : 0;
  const yTicks = ticksOf(spec.y, view.y, Math.max(2, size.height / 60));
  const widest = Math.max(...yTicks.map((tick) => tickLabel(spec.y, tick).length), 3);
  const left = 14 + characterWidth * widest;
  const top = titleHeight + legendHeight + (spec.y.label === "" ? 4 : legendLine + 4);
  const frame = frameOf(spec, view, {
    left,
    top,
    width: size.width - left - Math.max(16, roomAtEnd(spec.x, view.x)),
    height: size.height - top - (spec.x.label === "" ? 24 : 42),
  });
  const xTicks = ticksOf(spec.x, view.x, Math.max(2, frame.width / 80));
  const drawing = { spec, data, view, places: frame, colors };
  return [
    `<text x="${size.width / 2}" y="18" text-anchor="middle" font-size="14" fill="${escapeMarkup(colors.text)}">${escapeMarkup(spec.title)}</text>`,
    ...entries.map((entry) => drawLegendEntry(entry, titleHeight, colors)),
    ...drawAxes(spec, frame, xTicks, yTicks, colors),
    clipPath(id, frame, 0),
    `<g clip-path="url(#${id})">`,
    ...drawBackground(drawing, frame),
    ...spec.series.map((_, index) => drawLine(drawing, index)),
    "</g>",
    clipPath(`${id}-markers`, frame, markerReach),
    `<g clip-path="url(#${id}-markers)">`,
    ...spec.series.map((_, index) => drawMarkers(drawing, index)),
    "</g>",
  ]
    .filter((part) => part !== "")
    .join("\n");
}

const clipPath = (id: string, { left, top, width, height }: Box, beyond: number): string =>
  `<clipPath id="${id}"><rect x="${left - beyond}" y="${top - beyond}" width="${width + 2 * beyond}" height="${height + 2 * beyond}"/></clipPath>`;

/** Bands and reference lines. */
function drawBackground({ spec, colors }: Drawing, { left, top, width, height, toX, toY }: Frame): string[] {
  const { bands = [], references = [], y: axis } = spec;
  return [
    ...bands.map(([from, to]) => {
      const x = toX(from);
      return `<rect class="band" x="${round(x)}" y="${top}" width="${round(toX(to) - x)}" height="${height}" fill="${escapeMarkup(colors.of("--fx-band"))}"/>`;
    }),
    ...references
      .filter(({ value }) => isDrawn(value, axis))
      .map(
        (reference) =>
          `<path class="reference" d="M${round(left)} ${round(toY(reference.value))}h${round(width)}" ${strokeOf(reference, colors)}/>`,
      ),
  ];
}

function frameOf({ x, y }: ChartSpec, view: View, box: Box): Frame {
  const along = ({ log }: ChartSpec["x"], [from, to]: readonly [number, number]) => {
    const place = log ? Math.log10 : (value: number) => value;
    return (value: number) => (place(value) - place(from)) / (place(to) - place(from));
  };
  const [atX, atY] = [along(x, view.x), along(y, view.y)];
  return {
    ...box,
    toX: (value) => box.left + atX(value) * box.width,
    toY: (value) => box.top + (1 - atY(value)) * box.height,
  };
}

function drawAxes(
  spec: ChartSpec,
  { left, top, width, height, toX, toY }: Frame,
  xTicks: readonly number[],
  yTicks: readonly number[],
  colors: ChartColors,
): string[] {
  const grid = `stroke="${escapeMarkup(colors.of("--fx-grid"))}"`;
  const ink = `fill="${escapeMarkup(colors.of("--fx-axis"))}"`;
  const bottom = top + height;
  return [
    '<g class="axes">',
    ...xTicks.map((tick) => {
      const x = round(toX(tick));
      return `<path d="M${x} ${round(top)}V${round(bottom)}" ${grid}/><text x="${x}" y="${round(bottom + 16)}" text-anchor="middle" ${ink}>${escapeMarkup(tickLabel(spec.x, tick))}</text>`;
    }),
    ...yTicks.map((tick) => {
      const y = round(toY(tick));
      return `<path d="M${round(left)} ${y}H${round(left + width)}" ${grid}/><text x="${round(left - 6)}" y="${round(y + 4)}" text-anchor="end" ${ink}>${escapeMarkup(tickLabel(spec.y, tick))}</text>`;
    }),
    `<rect x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" fill="none" stroke="${escapeMarkup(colors.of("--fx-axis"))}"/>`,
    spec.x.label === ""
      ? ""
      : `<text x="${round(left + width / 2)}" y="${round(bottom + 34)}" text-anchor="middle" ${ink}>${escapeMarkup(spec.x.label)}</text>`,
    spec.y.label === ""
      ? ""
      : `<text x="4" y="${round(top - 10)}" ${ink}>${escapeMarkup(spec.y.label)}</text>`,
    "</g>",
  ];
}

/** Pixels of a character, about. */
const characterWidth = 6.6;
/** Pixels of a row. */
const legendLine = 18;

interface LegendEntry {
  readonly label: string;
  readonly mark: Stroke & Pick<SeriesSpec, "marker" | "faint">;
  readonly x: number;
  readonly row: number;
}

/** From left to right, in as many rows as it takes. */
function placeLegend({ series, references = [] }: ChartSpec, width: number): readonly LegendEntry[] {
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
function drawLegendEntry({ mark, label, x, row }: LegendEntry, top: number, colors: ChartColors): string {
  const { marker } = mark;
  const y = top + legendLine * (row + 0.5);
  const line = mark.width === 0 ? "" : `<path d="M${x} ${y}h26" ${strokeOf(mark, colors)}/>`;
  const point = marker
    ? `<path d="${markerPath(marker, x + 13, y)}" ${markerPaint(marker, mark.color, colors)}/>`
    : "";
  const pale = mark.faint ? ` opacity="${faintOpacity}"` : "";
  return `<g class="legend"><g${pale}>${line}${point}</g><text x="${x + 32}" y="${y + 4}" fill="${escapeMarkup(colors.text)}">${escapeMarkup(label)}</text></g>`;
}
