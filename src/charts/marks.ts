/** Lines and markers, on the page and in pictures. */
import { html, type Markup } from "../calculus/markup";
import type { ChartColors, ColorToken, MarkerKind, SeriesSpec } from "./spec";

/** Those of the page in which an element stands. */
export const inherited: ChartColors = {
  of: (token) => `var(${token})`,
  text: "currentColor",
  ground: "none",
};

/** How a line is drawn; a reference line is one too. */
type Stroke = Pick<SeriesSpec, "color" | "width" | "dash">;

export const defaultWidth = 1.5;
export const faintOpacity = 0.6;

/** Whether a marker is filled; the others are outlined. */
export const isFilled = (kind: MarkerKind): boolean => !["circle", "plus", "cross", "bar"].includes(kind);

/** CSS pixels from a marker's centre to its edge, at most. */
export const markerReach = 6;

/** A marker's outline as SVG path data; canvases draw it too. `unit` is the length of a CSS pixel. */
export function markerPath(kind: MarkerKind, x: number, y: number, unit = 1): string {
  const at = (dx: number, dy: number) => `${round(x + dx * unit)} ${round(y + dy * unit)}`;
  switch (kind) {
    case "dot":
      return circle(x, y, 1.6 * unit);
    case "circle":
      return circle(x, y, 3 * unit);
    case "square":
      return `M${at(-3, -3)}L${at(3, -3)}L${at(3, 3)}L${at(-3, 3)}Z`;
    case "diamond":
      return `M${at(0, -5)}L${at(5, 0)}L${at(0, 5)}L${at(-5, 0)}Z`;
    case "triangle":
      return `M${at(0, -5)}L${at(5, 4)}L${at(-5, 4)}Z`;
    case "plus":
      return `M${at(-4.5, 0)}L${at(4.5, 0)}M${at(0, -4.5)}L${at(0, 4.5)}`;
    case "cross":
      return `M${at(-4, -4)}L${at(4, 4)}M${at(-4, 4)}L${at(4, -4)}`;
    case "bar":
      return `M${at(0, -5.5)}L${at(0, 5.5)}`;
    default:
      throw new RangeError(`unknown marker ${kind satisfies never}`);
  }
}

function circle(x: number, y: number, radius: number): string {
  const [r, d] = [round(radius), round(2 * radius)];
  return `M${round(x - radius)} ${round(y)}a${r} ${r} 0 1 0 ${d} 0a${r} ${r} 0 1 0 ${-d} 0Z`;
}

/** Hundredths of a pixel are enough. */
export const round = (value: number): number => Math.round(100 * value) / 100;

/** Attributes of a line. */
export function strokeOf({ color, width = defaultWidth, dash }: Stroke, colors: ChartColors): Markup {
  const dashes = dash && html` stroke-dasharray="${dash.join(" ")}"`;
  return html`fill="none" stroke="${colors.of(color)}" stroke-width="${width}" stroke-linejoin="round"${dashes}`;
}

/** Attributes of a marker. */
export const paintOf = (kind: MarkerKind, color: ColorToken, colors: ChartColors): Markup =>
  isFilled(kind)
    ? html`fill="${colors.of(color)}"`
    : html`fill="none" stroke="${colors.of(color)}" stroke-width="1.25"`;

export type Mark = Stroke & Pick<SeriesSpec, "marker" | "faint" | "bars">;

/** A sample of a line with its dashes and markers, 26 pixels wide about this height. */
export const drawSample = (mark: Mark, x: number, y: number, colors: ChartColors): Markup => {
  const { color, marker, faint, bars, width } = mark;
  return html`<g opacity="${faint ? faintOpacity : 1}">${
    bars
      ? html`<rect x="${x + 8}" y="${y - 5}" width="10" height="10" fill="${colors.of(color)}"/>`
      : width === 0
        ? undefined
        : html`<path d="M${x} ${y}h26" ${strokeOf(mark, colors)}/>`
  }${marker && html`<path d="${markerPath(marker, x + 13, y)}" ${paintOf(marker, color, colors)}/>`}</g>`;
};

/** The same as an element of a page. */
export const swatch = (mark: Mark): Markup =>
  html`<svg class="swatch" viewBox="0 0 26 12" width="26" height="12" aria-hidden="true">${drawSample(mark, 0, 6, inherited)}</svg>`;
