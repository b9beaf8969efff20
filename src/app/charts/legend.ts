import { html, svg, type TemplateResult } from "lit";
import { defaultWidth, faintOpacity, isFilled, markerPath, type Stroke } from "./marks";
import { formatNumber } from "./numbers";
import type { ChartSpec, SeriesSpec } from "./spec";

type Mark = Stroke & Pick<SeriesSpec, "marker" | "faint" | "bars">;

/** A sample of a line with its dashes and markers. */
export function renderSwatch({
  color,
  width = defaultWidth,
  dash,
  marker,
  faint,
  bars,
}: Mark): TemplateResult {
  const paint = `var(${color})`;
  return html`<svg class="swatch" viewBox="0 0 26 12" width="26" height="12" aria-hidden="true" opacity=${faint ? faintOpacity : 1}>
    ${bars ? svg`<rect x="8" y="1" width="10" height="10" fill=${paint}></rect>` : undefined}
    ${width > 0 && !bars ? svg`<path d="M0 6h26" stroke=${paint} stroke-width=${width} stroke-dasharray=${dash?.join(" ") ?? "none"}></path>` : undefined}
    ${marker ? svg`<path d=${markerPath(marker, 13, 6)} stroke=${paint} stroke-width="1.25" fill=${isFilled(marker) ? paint : "none"}></path>` : undefined}
  </svg>`;
}

/** Where the cursor stands. It comes before the legend: elements of class "value" are filled x first, then the series. */
export const renderCursor = ({ x }: ChartSpec): TemplateResult =>
  html`<span class="cursor quiet">${x.label} <span class="value"></span></span>`;

/** What every line means, and its value at the cursor. */
export const renderLegend = ({ series, references = [] }: ChartSpec): TemplateResult => html`
  <ul class="legend">
    ${series.map((each) => html`<li>${renderSwatch(each)}<span>${each.label}</span> <span class="value"></span></li>`)}
    ${references.map((each) => html`<li>${renderSwatch(each)}<span>${each.label}</span> <span class="fixed">${formatNumber(each.value, 3)}</span></li>`)}
  </ul>
`;
