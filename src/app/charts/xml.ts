/** What SVG documents are written with. */

import type { ChartColors } from "./colors";
import { defaultWidth, type Stroke } from "./marks";

/** Attributes of a line. */
export function strokeOf({ color, width = defaultWidth, dash }: Stroke, colors: ChartColors): string {
  const dashes = dash ? ` stroke-dasharray="${dash.join(" ")}"` : "";
  return `fill="none" stroke="${escapeXml(colors.of(color))}" stroke-width="${width}" stroke-linejoin="round"${dashes}`;
}

/** Hundredths of a pixel are enough. */
export const round = (value: number): number => Math.round(100 * value) / 100;

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

const forbidden = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu;

/** Text for an XML document, without the characters that it must not hold. */
export const escapeXml = (text: string): string =>
  text.replace(forbidden, "").replace(/[&<>"]/g, (character) => entities[character]);
