import { html, type TemplateResult } from "lit";
import { formatNumber } from "./numbers";
import type { ChartData, ChartSpec } from "./spec";

/** More rows help nobody, and take the browser long. */
const mostRows = 300;

/** The data in rows; of very long series one in so many, beside those that hold sparse values. */
export function renderTable({ title, x, series }: ChartSpec, data: ChartData): TemplateResult {
  const [xs, ...columns] = data;
  const every = Math.ceil(xs.length / mostRows);
  const sparse = columns.filter((_, index) => series[index]?.sparse);
  const places = xs.map((_, i) => i);
  const marked = new Set(places.filter((i) => sparse.some((column) => typeof column[i] === "number")));
  const kept = marked.size <= mostRows ? marked : new Set<number>();
  const rows = places.filter((i) => i % every === 0 || i === xs.length - 1 || kept.has(i));
  return html`<table>
    ${
      every > 1
        ? html`<caption>${rows.length} of ${xs.length} rows: one in ${every}${kept.size > 0 ? ", and all with markers" : ""}</caption>`
        : html`<caption class="visually-hidden">${title}</caption>`
    }
    <thead><tr><th scope="col" class="figure">${x.label}</th>${series.map(({ label }) => html`<th scope="col" class="figure">${label}</th>`)}</tr></thead>
    <tbody>
      ${rows.map(
        (i) =>
          html`<tr><th scope="row" class="figure">${formatNumber(xs[i])}</th>${series.map((_, index) => html`<td class="figure">${formatValue(columns[index]?.[i])}</td>`)}</tr>`,
      )}
    </tbody>
  </table>`;
}

const formatValue = (value: number | null | undefined): string =>
  value === null || value === undefined ? "" : formatNumber(value);
