/** How lines and markers look, on the page and in pictures. */
import type { MarkerKind, SeriesSpec } from "./spec";

/** How a line is drawn; a reference line is one too. */
export type Stroke = Pick<SeriesSpec, "color" | "width" | "dash">;

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

const round = (value: number): number => Math.round(100 * value) / 100;
