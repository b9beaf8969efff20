/** Figures as a plot: inline SVG on a logarithmic axis, a row for each set or condition, as wide as the page is. */
import {
  classicalOpponents,
  figure,
  integralOpponents,
  networkNames,
  noiseFloorName,
  type PredictorFigure,
  type PredictorWeights,
  predictorTitle,
} from "../../calculus";
import { html, type Markup } from "../../calculus/markup";

export interface PlotRow {
  readonly title: string;
  readonly figures: readonly PredictorFigure[];
}

const rowHeight = 44;
const axisHeight = 26;
/** Of a row, below its title. */
const lineAt = 28;
/** Percent of the width on either side. */
const margin = 5;
/** Smaller figures than this are drawn here: zero has no place on the axis. */
const least = 1e-4;

const predictors: readonly string[] = [
  ...networkNames,
  noiseFloorName,
  ...[...classicalOpponents(), ...integralOpponents].map(({ name }) => name),
];

/** Where predictors have their colour and shape in the style sheet: one of a closed set, whatever a file names. */
export const classOf = (predictor: string): string =>
  predictors.includes(predictor) ? `p-${predictor.replaceAll(" ", "-")}` : "p-other";

/**
 * Mean as a mark, least to most over the seeds as a line.
 * @param what the figures are
 */
export function drawFigures(what: string, rows: readonly PlotRow[]): Markup {
  const all = rows.flatMap(({ figures }) => figures);
  const most = Math.max(...all.map(({ spread }) => spread?.most ?? 0), 10 * least);
  const decades = Math.ceil(Math.log10(most / least));
  const at: Place = (value) =>
    `${(margin + ((100 - 2 * margin) * Math.log10(Math.max(value, least) / least)) / decades).toFixed(2)}%`;
  const bottom = rows.length * rowHeight;
  const ticks = Array.from({ length: decades + 1 }, (_, i) => least * 10 ** i);
  const named = [...new Set(all.map(({ predictor }) => predictor))];
  return html`<figure class="scores">
<svg width="100%" height="${bottom + axisHeight}" role="img" aria-label="${what} of every predictor, logarithmic">
${ticks.map(
  (tick) =>
    html`<line class="grid" x1="${at(tick)}" x2="${at(tick)}" y1="0" y2="${bottom}"/><text class="tick" x="${at(tick)}" y="${bottom + 18}">${Number(tick.toPrecision(1))}</text>`,
)}
${rows.map((row, i) => drawRow(row, i * rowHeight, at))}
</svg>
<figcaption>${named.map(drawLegend)}</figcaption>
<p>Mean and range over the seeds. What is below ${least} stands at the left end.</p>
</figure>`;
}

/** Along the axis. */
type Place = (value: number) => string;

function drawRow({ title, figures }: PlotRow, top: number, at: Place): Markup {
  const y = top + lineAt;
  const marks = figures.flatMap(({ predictor, spread }) =>
    spread === null
      ? []
      : [
          html`<g class="${classOf(predictor)}"><line x1="${at(spread.least)}" x2="${at(spread.most)}" y1="${y}" y2="${y}"/><svg x="${at(spread.mean)}" y="${y}">${mark(predictor)}<title>${predictorTitle(predictor)}: ${figure(spread.mean)}</title></svg></g>`,
        ],
  );
  // The networks, which come first, are drawn over the others.
  return html`<text x="0" y="${top + 14}">${title}</text>${marks.toReversed()}`;
}

/** The mark of a predictor beside its name. */
export const drawLegend = (predictor: string): Markup =>
  html`<span class="key"><svg class="mark" viewBox="-8 -8 16 16" aria-hidden="true"><g class="${classOf(predictor)}">${mark(predictor)}</g></svg> ${predictorTitle(predictor)}</span>`;

/** Networks are discs, the others open squares; around the origin. */
const mark = (predictor: string): Markup =>
  networkNames.some((network) => network === predictor)
    ? html`<circle r="6"/>`
    : html`<rect x="-4.5" y="-4.5" width="9" height="9"/>`;

/** Of a plot of stencils. */
const width = 380;
const height = 180;
const stencilAxisHeight = 22;
/** Distances beyond these many neighbours are not drawn: most weights stand within. */
const neighbours = 12;
/** Differences take neighbours alone, with weights that would hide those of all others. */
const drawn = ["cnn", "bilstm", "local least squares"];

/**
 * Stencils as a plot: the weights of everyone over the distance from the point of the answer.
 * @param title what was trained
 */
export function drawStencils(title: string, all: readonly PredictorWeights[]): Markup | undefined {
  const shown = all.filter(({ predictor }) => drawn.includes(predictor)).map(nearest);
  if (shown.length === 0) return undefined;
  const size = Math.max(...shown.flatMap(({ points }) => points.map(({ weight }) => Math.abs(weight))), 1e-9);
  const reach = Math.max(
    ...shown.flatMap(({ points }) => points.map(({ offset }) => Math.abs(offset))),
    1e-9,
  );
  const at = (offset: number): number => round(width * (0.5 + (0.45 * offset) / reach));
  const level = (weight: number): number => round(height * (0.5 - (0.45 * weight) / size));
  const lines = shown.map(({ predictor, points }) => {
    const path = points.map(({ offset, weight }) => `${at(offset)},${level(weight)}`).join(" ");
    const dots = points.map(
      ({ offset, weight }) => html`<circle cx="${at(offset)}" cy="${level(weight)}" r="2"/>`,
    );
    return html`<g class="${classOf(predictor)}"><polyline points="${path}"/>${dots}</g>`;
  });
  return html`<figure class="scores">
<svg class="stencil" viewBox="0 0 ${width} ${height + stencilAxisHeight}" role="img" aria-label="Weights over distance: ${title}">
<line class="grid" x1="0" x2="${width}" y1="${level(0)}" y2="${level(0)}"/>
<line class="grid" x1="${at(0)}" x2="${at(0)}" y1="0" y2="${height}"/>
${[-reach, 0, reach].map((tick) => html`<text class="tick" x="${at(tick)}" y="${height + 16}">${Number(tick.toPrecision(2))}</text>`)}
<text x="0" y="14">${Number(size.toPrecision(2))}</text>
<text x="0" y="${height - 4}">${Number((-size).toPrecision(2))}</text>
${lines.toReversed()}
</svg>
<figcaption>${title}: ${shown.map(({ predictor }) => drawLegend(predictor))}</figcaption>
<p>Weights of the ${2 * neighbours + 1} samples about the point of the answer, over their distance from it; mean over the curves and seeds.</p>
</figure>`;
}

interface Shown {
  readonly predictor: string;
  readonly points: readonly { readonly offset: number; readonly weight: number }[];
}

const nearest = ({ predictor, offsets, weights }: PredictorWeights): Shown => {
  const place = offsets.indexOf(0);
  const points = offsets.map((offset, t) => ({ offset, weight: weights[t] }));
  return { predictor, points: points.slice(Math.max(0, place - neighbours), place + neighbours + 1) };
};

const round = (value: number): number => Number(value.toFixed(1));
