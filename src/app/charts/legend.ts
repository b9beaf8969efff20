import { html, type TemplateResult } from "lit";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import { type Mark, swatch } from "../../charts/marks";
import { formatNumber } from "../../charts/numbers";
import type { ChartSpec } from "../../charts/spec";

/** A sample of a line with its dashes and markers. */
export const renderSwatch = (mark: Mark) => unsafeHTML(swatch(mark).text);

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
