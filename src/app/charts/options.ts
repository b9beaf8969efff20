/** A chart's spec in uPlot's terms. */

import { defaultWidth, faintOpacity, isFilled, markerPath, markerReach } from "../../charts/marks";
import type { AxisSpec, ChartColors, ChartSpec, SeriesSpec } from "../../charts/spec";
import { isDrawn, roomAtEnd, type Span, tickLabel, ticksOf, type View } from "../../charts/view";
import uPlot from "./uplot";

/** What a plot asks while it is drawn, and tells. */
export interface Surroundings {
  readonly view: () => View;
  readonly colors: ChartColors;
  /** The visitor dragged over this part of the x axis. */
  readonly dragged: (span: Span) => void;
  readonly doubleClicked: () => void;
  /** The cursor stands at this point, or left the chart. */
  readonly moved: (index: number | null) => void;
}

const font = "12px system-ui, sans-serif";
/** Pixels: room for "0.001". */
const narrowest = 52;

export function optionsOf(
  spec: ChartSpec,
  size: { readonly width: number; readonly height: number },
  around: Surroundings,
): uPlot.Options {
  const { colors, view } = around;
  const ink = colors.of("--fx-axis");
  const grid = { stroke: colors.of("--fx-grid"), width: 1 };
  const axis = (of: AxisSpec, space: number, extent: (plot: uPlot) => number): uPlot.Axis => ({
    font,
    stroke: ink,
    grid,
    ticks: { ...grid, size: 4 },
    gap: 4,
    filter: (_, splits) => splits,
    splits: (plot, _, from, to) => [...ticksOf(of, [from, to], Math.max(2, extent(plot) / space))],
    values: (_, splits) => splits.map((tick) => tickLabel(of, tick)),
  });
  return {
    ...size,
    legend: { show: false },
    padding: [8, () => Math.max(spec.compact ? 10 : 14, roomAtEnd(spec.x, view().x)), 0, 0],
    scales: {
      x: { time: false, range: () => [...view().x] },
      y: { distr: spec.y.log ? 3 : 1, log: 10, range: () => [...view().y] },
    },
    axes: [
      {
        ...axis(spec.x, 80, ({ width }) => width),
        size: 22,
        ...(spec.x.label !== "" && !spec.compact && { label: spec.x.label, labelFont: font, labelSize: 18 }),
      },
      {
        ...axis(spec.y, 45, ({ height }) => height),
        size: (plot, values) => axisWidth(plot, values, spec.compact ? 0 : narrowest),
      },
    ],
    series: [{}, ...spec.series.map((series) => seriesOptions(series, colors))],
    cursor: {
      y: false,
      drag: { x: spec.zoom === true, y: false, setScale: false, dist: 5 },
      bind: {
        dblclick: () => () => {
          around.doubleClicked();
          return null;
        },
      },
      points: { size: 7, fill: (_, index) => colors.of(spec.series[index - 1].color) },
      ...(spec.group && {
        sync: { key: spec.group, scales: ["x", null], filters: { pub: (type) => type === "mousemove" } },
      }),
    },
    hooks: {
      drawClear: [(plot) => drawBands(plot, spec, colors)],
      drawAxes: [(plot) => drawFrame(plot, spec, colors)],
      drawSeries: [(plot, index) => drawMarkers(plot, spec, index, colors)],
      setCursor: [({ cursor }) => around.moved(cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          if (width > 0) around.dragged([plot.posToVal(left, "x"), plot.posToVal(left + width, "x")]);
        },
      ],
    },
  };
}

/** Wide enough for the longest label, and alike in charts that stand above each other. */
function axisWidth(plot: uPlot, values: readonly string[] | null, least: number): number {
  plot.ctx.save();
  plot.ctx.font = font;
  const widest = Math.max(0, ...(values ?? []).map((value) => plot.ctx.measureText(value).width));
  plot.ctx.restore();
  return Math.max(least, Math.ceil(widest) + 14);
}

function seriesOptions(series: SeriesSpec, colors: ChartColors): uPlot.Series {
  const color = colors.of(series.color);
  const bars = series.bars ? uPlot.paths.bars?.({ size: [0.9, Number.POSITIVE_INFINITY] }) : undefined;
  return {
    label: series.label,
    stroke: color,
    width: series.bars ? 0 : (series.width ?? defaultWidth),
    alpha: series.faint ? faintOpacity : 1,
    points: { show: false },
    spanGaps: series.sparse === true,
    ...(series.dash && { dash: [...series.dash] }),
    ...(bars && { paths: bars, fill: color }),
    ...(series.width === 0 && !bars && { paths: () => null }),
  };
}

/** Nothing is drawn outside the frame, or further from it than so many pixels. */
function within(
  plot: uPlot,
  draw: (ctx: CanvasRenderingContext2D, box: uPlot.BBox) => void,
  beyond = 0,
): void {
  const { ctx, bbox } = plot;
  const edge = beyond * uPlot.pxRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - edge, bbox.top - edge, bbox.width + 2 * edge, bbox.height + 2 * edge);
  ctx.clip();
  ctx.setLineDash([]);
  draw(ctx, bbox);
  ctx.restore();
}

function drawBands(plot: uPlot, { bands = [] }: ChartSpec, colors: ChartColors): void {
  within(plot, (ctx, { top, height }) => {
    ctx.fillStyle = colors.of("--fx-band");
    for (const [from, to] of bands) {
      const x = plot.valToPos(from, "x", true);
      const width = plot.valToPos(to, "x", true) - x;
      // Narrower ones would be mush.
      if (width >= 2) ctx.fillRect(x, top, width, height);
    }
  });
}

/** The frame, and the reference lines in it. */
function drawFrame(plot: uPlot, { references = [], y: axis }: ChartSpec, colors: ChartColors): void {
  within(plot, (ctx, { left, top, width, height }) => {
    ctx.strokeStyle = colors.of("--fx-axis");
    ctx.lineWidth = uPlot.pxRatio;
    ctx.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
    ctx.lineWidth = defaultWidth * uPlot.pxRatio;
    for (const { value, color, dash = [] } of references) {
      if (!isDrawn(value, axis)) continue;
      const y = plot.valToPos(value, "y", true);
      ctx.strokeStyle = colors.of(color);
      ctx.setLineDash(dash.map((length) => length * uPlot.pxRatio));
      ctx.beginPath();
      ctx.moveTo(left, y);
      ctx.lineTo(left + width, y);
      ctx.stroke();
    }
  });
}

function drawMarkers(plot: uPlot, spec: ChartSpec, index: number, colors: ChartColors): void {
  const { marker, color } = spec.series[index - 1];
  if (!marker) return;
  const [xs, values] = [plot.data[0], plot.data[index]];
  const [first, last] = plot.series[0].idxs ?? [0, -1];
  let path = "";
  for (let i = first; i <= last; i++) {
    const value = values[i];
    if (isDrawn(value, spec.y))
      path += markerPath(
        marker,
        plot.valToPos(xs[i], "x", true),
        plot.valToPos(value, "y", true),
        uPlot.pxRatio,
      );
  }
  within(
    plot,
    (ctx) => {
      const shape = new Path2D(path);
      ctx.fillStyle = ctx.strokeStyle = colors.of(color);
      ctx.lineWidth = 1.25 * uPlot.pxRatio;
      if (isFilled(marker)) ctx.fill(shape);
      else ctx.stroke(shape);
    },
    markerReach,
  );
}
