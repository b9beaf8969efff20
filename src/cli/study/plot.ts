/** Scores as a plot: inline SVG on a logarithmic axis, a row for each set or condition. */
import type { PredictorScore } from "../../expressions";
import { escapeHtml } from "./html";

export interface PlotRow {
  readonly title: string;
  readonly scores: readonly PredictorScore[];
}

const width = 760;
const left = 190;
const right = 16;
const rowHeight = 34;
const axisHeight = 28;
/** Smaller errors than this are drawn here: zero has no place on the axis. */
const least = 1e-4;

/** Where predictors have their colour and shape in the style sheet. */
const classOf = (predictor: string): string => `p-${predictor.replaceAll(" ", "-")}`;

/** Mean as a mark, least to most over the seeds as a line. */
export function drawScores(rows: readonly PlotRow[]): string {
  const all = rows.flatMap(({ scores }) => scores);
  const most = Math.max(...all.map(({ rmse }) => rmse.most), 10 * least);
  const decades = Math.ceil(Math.log10(most / least));
  const at = (value: number): number =>
    left + ((width - left - right) * Math.log10(Math.max(value, least) / least)) / decades;
  const bottom = rows.length * rowHeight;
  const ticks = Array.from({ length: decades + 1 }, (_, i) => least * 10 ** i);
  const predictors = [...new Set(all.map(({ predictor }) => predictor))];
  return `<figure class="scores">
<div class="wide"><svg class="plot" viewBox="0 0 ${width} ${bottom + axisHeight}" role="img" aria-label="RMSE of every predictor, logarithmic">
${ticks
  .map(
    (tick) =>
      `<line class="grid" x1="${round(at(tick))}" x2="${round(at(tick))}" y1="0" y2="${bottom}"/>` +
      `<text class="tick" x="${round(at(tick))}" y="${bottom + 18}">${Number(tick.toPrecision(1))}</text>`,
  )
  .join("\n")}
${rows.map((row, i) => drawRow(row, (i + 0.5) * rowHeight, at)).join("\n")}
</svg></div>
<figcaption>${predictors
    .map((predictor) => `<span class="key">${drawKey(predictor)} ${escapeHtml(predictor)}</span>`)
    .join(" ")}</figcaption>
<p>RMSE, mean and range over the seeds. What is below ${least} stands at the left end.</p>
</figure>`;
}

function drawRow({ title, scores }: PlotRow, y: number, at: (value: number) => number): string {
  const marks = scores.map(
    ({ predictor, rmse }) =>
      `<g class="${classOf(predictor)}"><line x1="${round(at(rmse.least))}" x2="${round(at(rmse.most))}" y1="${y}" y2="${y}"/>` +
      `${mark(predictor, round(at(rmse.mean)), y)}<title>${escapeHtml(`${predictor}: ${rmse.mean.toPrecision(3)}`)}</title></g>`,
  );
  // The networks, which come first, are drawn over the others.
  return `<text class="row" x="0" y="${y + 5}">${escapeHtml(title)}</text>${marks.toReversed().join("")}`;
}

const drawKey = (predictor: string): string =>
  `<svg class="mark" viewBox="0 0 16 16" aria-hidden="true"><g class="${classOf(predictor)}">${mark(predictor, 8, 8)}</g></svg>`;

const isNetwork = (predictor: string): boolean => predictor === "cnn" || predictor === "bilstm";

/** Networks are discs, the others open squares. */
const mark = (predictor: string, x: number, y: number): string =>
  isNetwork(predictor)
    ? `<circle cx="${x}" cy="${y}" r="6"/>`
    : `<rect x="${round(x - 4.5)}" y="${y - 4.5}" width="9" height="9"/>`;

const round = (value: number): number => Number(value.toFixed(1));
