/** Stencils as a plot: inline SVG, the weights of everyone over the distance from the point of the answer. */
import type { PredictorWeights } from "../../calculus";
import { html, type Markup } from "../../calculus/markup";
import { classOf, drawLegend } from "./plot";

const width = 380;
const height = 180;
const axisHeight = 22;
/** Distances beyond these many neighbours are not drawn: most weights stand within. */
const neighbours = 12;
/** Differences take neighbours alone, with weights that would hide those of all others. */
const drawn = ["cnn", "bilstm", "local least squares"];

/** @param title what was trained */
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
<svg class="stencil" viewBox="0 0 ${width} ${height + axisHeight}" role="img" aria-label="Weights over distance: ${title}">
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
