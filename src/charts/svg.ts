/** Charts as SVG, from the same plain data as on the page. */
import { html, type Markup } from "../calculus/markup";
import {
  drawSample,
  faintOpacity,
  inherited,
  type Mark,
  markerPath,
  markerReach,
  paintOf,
  round,
  strokeOf,
} from "./marks";
import { formatNumber } from "./numbers";
import type { ChartColors, ChartData, ChartSpec } from "./spec";
import { isDrawn, roomAtEnd, tickLabel, ticksOf, type View, viewOf } from "./view";

/** CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

interface Picture {
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
  const whole = { width: columns * width, height: Math.ceil(pictures.length / columns) * height };
  const parts = pictures.map(({ spec, data }, index) => {
    const [x, y] = [(index % columns) * width, Math.floor(index / columns) * height];
    return html`<g transform="translate(${x} ${y})">${drawChart(spec, data, { width, height }, colors)}</g>`;
  });
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${whole.width}" height="${whole.height}" viewBox="0 0 ${whole.width} ${whole.height}" font-family="system-ui, sans-serif" font-size="${fontSize}">
<rect width="100%" height="100%" fill="${colors.ground}"/>
${parts}
</svg>`.text;
}

/** A chart as an element of a page: in its colours, of this size where the style sheet gives it no other. */
export const chartElement = (spec: ChartSpec, data: ChartData, size: Size): Markup =>
  html`<svg class="chart" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${spec.description ?? spec.title}" font-size="${fontSize}">
${drawChart(spec, data, size, inherited)}
</svg>`;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where the axes are, and from values to places in the document. */
interface Frame extends Box {
  readonly toX: (value: number) => number;
  readonly toY: (value: number) => number;
}

function drawChart(spec: ChartSpec, data: ChartData, size: Size, colors: ChartColors): Markup {
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
  return html`<text x="${size.width / 2}" y="18" text-anchor="middle" font-size="14" fill="${colors.text}">${spec.title}</text>
${entries.map((entry) => drawLegendEntry(entry, titleHeight, colors))}
${drawAxes(spec, frame, xTicks, yTicks, colors)}
${within(frame, 0, [
  drawBackground(spec, frame, colors),
  spec.series.map((_, index) => drawLine(spec, data, index, frame, colors)),
])}
${within(frame, markerReach, [spec.series.map((_, index) => drawMarkers(spec, data, index, view, frame, colors))])}`;
}

/** Nothing of it is drawn outside the frame, or further from it than so many pixels. */
function within({ left, top, width, height }: Box, beyond: number, parts: readonly Markup[][]): Markup {
  const [x, y] = [round(left - beyond), round(top - beyond)];
  const [w, h] = [round(width + 2 * beyond), round(height + 2 * beyond)];
  return html`<svg x="${x}" y="${y}" width="${w}" height="${h}" viewBox="${x} ${y} ${w} ${h}">
${parts.flat()}
</svg>`;
}

/** Bands and reference lines. */
function drawBackground(
  { bands = [], references = [], y: axis }: ChartSpec,
  { left, top, width, height, toX, toY }: Frame,
  colors: ChartColors,
): Markup[] {
  return [
    ...bands.map(([from, to]) => {
      const x = toX(from);
      return html`<rect class="band" x="${round(x)}" y="${top}" width="${round(toX(to) - x)}" height="${height}" fill="${colors.of("--fx-band")}"/>`;
    }),
    ...references
      .filter(({ value }) => isDrawn(value, axis))
      .map(
        (reference) =>
          html`<path class="reference" d="M${round(left)} ${round(toY(reference.value))}h${round(width)}" ${strokeOf(reference, colors)}/>`,
      ),
  ];
}

/** The line or the bars of the series at this place of the spec. */
function drawLine(
  spec: ChartSpec,
  [xs, ...columns]: ChartData,
  index: number,
  { toX, toY }: Frame,
  colors: ChartColors,
): Markup {
  const series = spec.series[index];
  const values = columns[index] ?? [];
  if (series.bars) {
    const width = 0.9 * (xs.length > 1 ? Math.abs(toX(xs[1]) - toX(xs[0])) : 10);
    const bars = xs.flatMap((x, i) => {
      const value = values[i];
      if (!isDrawn(value, spec.y)) return [];
      const [top, bottom] = [toY(Math.max(0, value)), toY(Math.min(0, value))];
      return [
        html`<rect class="bar" x="${round(toX(x) - width / 2)}" y="${round(top)}" width="${round(width)}" height="${round(bottom - top)}"/>`,
      ];
    });
    return html`<g fill="${colors.of(series.color)}">${bars}</g>`;
  }
  if (series.width === 0) return html``;
  // A line breaks at gaps unless its series is sparse.
  let path = "";
  let drawing = false;
  for (let i = 0; i < xs.length; i++) {
    const value = values[i];
    if (isDrawn(value, spec.y)) {
      path += `${drawing ? "L" : "M"}${round(toX(xs[i]))} ${round(toY(value))}`;
      drawing = true;
    } else drawing &&= series.sparse === true;
  }
  return html`<path class="line" d="${path}" opacity="${series.faint ? faintOpacity : 1}" ${strokeOf(series, colors)}/>`;
}

/** The markers of the series at this place, as far as they are in view; those of a sparse series tell their values. */
function drawMarkers(
  spec: ChartSpec,
  [xs, ...columns]: ChartData,
  index: number,
  view: View,
  { toX, toY }: Frame,
  colors: ChartColors,
): Markup {
  const { label, marker, color, sparse } = spec.series[index];
  if (!marker) return html``;
  const points = xs.flatMap((x, i) => {
    const value = columns[index]?.[i];
    if (!isDrawn(value, spec.y) || x < view.x[0] || x > view.x[1]) return [];
    return [{ x, value, path: markerPath(marker, toX(x), toY(value)) }];
  });
  const drawn = sparse
    ? points.map(
        ({ x, value, path }) =>
          html`<path class="marker" d="${path}"><title>${label}, ${spec.x.label} ${formatNumber(x)}: ${formatNumber(value)}</title></path>`,
      )
    : html`<path class="marker" d="${points.map(({ path }) => path).join("")}"/>`;
  return html`<g ${paintOf(marker, color, colors)}>${drawn}</g>`;
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
): Markup {
  const grid = html`stroke="${colors.of("--fx-grid")}"`;
  const ink = colors.of("--fx-axis");
  const bottom = top + height;
  const text = (label: string, x: number, y: number, anchor: "start" | "middle" | "end") =>
    html`<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}">${label}</text>`;
  return html`<g class="axes" fill="${ink}">
${xTicks.map((tick) => html`<path d="M${round(toX(tick))} ${round(top)}V${round(bottom)}" ${grid}/>${text(tickLabel(spec.x, tick), toX(tick), bottom + 16, "middle")}`)}
${yTicks.map((tick) => html`<path d="M${round(left)} ${round(toY(tick))}H${round(left + width)}" ${grid}/>${text(tickLabel(spec.y, tick), left - 6, toY(tick) + 4, "end")}`)}
<rect x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" fill="none" stroke="${ink}"/>
${spec.x.label === "" ? undefined : text(spec.x.label, left + width / 2, bottom + 34, "middle")}
${spec.y.label === "" ? undefined : text(spec.y.label, 4, top - 10, "start")}
</g>`;
}

/** Pixels of a character, about. */
const characterWidth = 6.6;
/** Pixels of a row. */
const legendLine = 18;

interface LegendEntry {
  readonly label: string;
  readonly mark: Mark;
  readonly x: number;
  readonly row: number;
}

/** From left to right, in as many rows as it takes. */
function placeLegend({ series, references = [] }: ChartSpec, width: number): readonly LegendEntry[] {
  const marks = [
    ...series.map((mark) => ({ mark, label: mark.label })),
    ...references.map((mark) => ({ mark, label: `${mark.label} ${formatNumber(mark.value, 3)}` })),
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
function drawLegendEntry({ mark, label, x, row }: LegendEntry, top: number, colors: ChartColors): Markup {
  const y = top + legendLine * (row + 0.5);
  return html`<g class="legend">${drawSample(mark, x, y, colors)}<text x="${x + 32}" y="${y + 4}" fill="${colors.text}">${label}</text></g>`;
}
