/** What SVG documents are written with. */

import { escapeMarkup } from "../../calculus/markup";
import type { ChartColors } from "./colors";
import { defaultWidth, type Stroke } from "./marks";

/** Attributes of a line. */
export function strokeOf({ color, width = defaultWidth, dash }: Stroke, colors: ChartColors): string {
  const dashes = dash ? ` stroke-dasharray="${dash.join(" ")}"` : "";
  return `fill="none" stroke="${escapeMarkup(colors.of(color))}" stroke-width="${width}" stroke-linejoin="round"${dashes}`;
}

/** Hundredths of a pixel are enough. */
export const round = (value: number): number => Math.round(100 * value) / 100;
