/** Figures of predictors in rows on one logarithmic axis, as SVG: everything lies at shares of its width, so that it fits any. */
import { html, type Markup } from "../calculus/markup";
import { isNetwork, type Mark } from "./experiment";
import { isFilled, markerPath } from "./marks";
import { formatNumber } from "./numbers";
import { ticksOf } from "./view";

/** One set of functions, or one rule, under one condition. */
export interface Row {
  readonly label: string;
  /** The lowest first. */
  readonly marks: readonly Mark[];
}

/** Rows of one kind: those of another are never read along with them. */
export interface RowGroup {
  /** Empty where it stands above the picture. */
  readonly title: string;
  readonly rows: readonly Row[];
}

interface LogAxis {
  /** Share of the axis' length, from 0 to 1. What is too small for the axis, and 0, stands where it begins. */
  readonly placeOf: (value: number) => number;
  readonly holds: (value: number) => boolean;
  readonly ticks: readonly number[];
}

/** Decades at most. */
const mostDecades = 6;

/**
 * Holds all marks with their spreads, and a little room on both sides. The matcher may lie before its beginning, because
 * it has next to no error where it knows the function, and so may whatever is smaller by more than six decades.
 */
export function axisOf(groups: readonly RowGroup[]): LogAxis {
  const marks = groups.flatMap(({ rows }) => rows.flatMap((row) => row.marks));
  const logarithms = (values: readonly number[]) => values.filter((value) => value > 0).map(Math.log10);
  const high = Math.max(...logarithms(marks.flatMap(({ spread }) => [spread.least, spread.most])));
  const others = marks.filter(({ predictor }) => predictor !== "matcher");
  const least = Math.min(...logarithms(others.map(({ spread }) => spread.least)), high);
  // Where nothing is above 0 there is no logarithm.
  const top = Number.isFinite(high) ? high : 0;
  const low = Number.isFinite(least) ? Math.max(least, top - mostDecades) : top;
  const room = 0.06 * Math.max(top - low, 0.5);
  const [from, to] = [low - room, top + room];
  return {
    placeOf: (value) => Math.max(0, (Math.log10(value) - from) / (to - from)),
    holds: (value) => Math.log10(value) >= from && Math.log10(value) <= to,
    ticks: ticksOf({ label: "", log: true }, [10 ** from, 10 ** to], 3.5),
  };
}

/** RMSE of who knows no function and of who knows some, where these are others. */
function betweenOf({ marks }: Row): readonly [fit: number, matcher: number] | undefined {
  const find = (name: string) => marks.find(({ predictor }) => predictor === name)?.spread.mean;
  const [fit, matcher] = [find("local least squares"), find("matcher")];
  return fit === undefined || matcher === undefined || matcher <= fit ? undefined : [fit, matcher];
}

/** What a picture of these rows needs to have said of it. */
export const shading = (groups: readonly RowGroup[]): string | undefined =>
  groups.some(({ rows }) => rows.some(betweenOf))
    ? "Shaded: from local least squares to the matcher, on functions that the matcher does not know."
    : undefined;

/** Whether every mark has a line of its own, with its name beside it: where there are so few rows that no legend is needed. */
export const isNamed = (groups: readonly RowGroup[]): boolean =>
  groups.flatMap(({ rows }) => rows).length <= 2;

/** CSS pixels. */
const lane = 21;
const heading = 24;
const foot = 38;
/** From a mark to its name. */
const gap = 10;
const markerUnit = 1.3;

interface RowsSpec {
  readonly groups: readonly RowGroup[];
  /** Of the axis. */
  readonly label: string;
  /** For screen readers; absent where the picture's surroundings tell it. */
  readonly description?: string;
  /** Is ringed. */
  readonly current?: Mark;
}

export function drawRows({ groups, label, description, current }: RowsSpec): Markup {
  const axis = axisOf(groups);
  const named = isNamed(groups);
  let bottom = 0;
  const rows = groups.flatMap(({ title, rows }) => {
    const titled = !named && title !== "";
    const top = bottom + 17;
    if (titled) bottom += heading;
    return [
      titled ? html`<text y="${top}" font-weight="700" fill="var(--fx-axis)">${title}</text>` : html``,
      ...rows.map((row) => {
        const top = bottom;
        bottom += heading + lane * (named ? row.marks.length : 1) + 6;
        return drawRow(row, named ? title : "", axis, top, bottom, named, current);
      }),
    ];
  });
  const name =
    description === undefined ? html`aria-hidden="true"` : html`role="img" aria-label="${description}"`;
  const quiet = html`text-anchor="middle" fill="var(--fx-axis)"`;
  return html`<svg width="100%" height="${bottom + foot}" font-size="12" fill="currentColor" overflow="visible" ${name}>
${axis.ticks.map((tick) => {
  const x = share(axis.placeOf(tick));
  return html`<line x1="${x}" x2="${x}" y1="0" y2="${bottom}" stroke="var(--fx-grid)"/><text x="${x}" y="${bottom + 15}" ${quiet}>${formatNumber(tick)}</text>`;
})}
<line x1="0" x2="100%" y1="${bottom}" y2="${bottom}" stroke="var(--fx-axis)"/>
<text x="50%" y="${bottom + 32}" ${quiet}>${label}</text>
${rows}
</svg>`;
}

function drawRow(
  row: Row,
  kind: string,
  axis: LogAxis,
  top: number,
  bottom: number,
  named: boolean,
  current: Mark | undefined,
): Markup {
  const between = betweenOf(row)?.map(axis.placeOf);
  return html`${
    between &&
    html`<rect x="${share(between[0])}" width="${share(between[1] - between[0])}" y="${top + heading}" height="${bottom - top - heading - 6}" fill="var(--fx-band)" stroke="var(--fx-grid)"/>`
  }<text y="${top + 16}"><tspan font-size="13" font-weight="600">${row.label}</tspan>${kind === "" ? undefined : html`<tspan dx="8" fill="var(--fx-axis)">${kind}</tspan>`}</text>
${row.marks
  .map((mark, i) => ({ mark, y: top + heading + lane * ((named ? i : 0) + 0.5) }))
  // Nothing lies on the networks' marks.
  .sort((a, b) => Number(isNetwork(a.mark.predictor)) - Number(isNetwork(b.mark.predictor)))
  .map(({ mark, y }) => drawMark(mark, axis, y, named, mark === current))}`;
}

function drawMark(
  { marker, color, title, spread }: Mark,
  { placeOf, holds }: LogAxis,
  y: number,
  named: boolean,
  current: boolean,
): Markup {
  const place = placeOf(spread.mean);
  const [from, to] = [placeOf(spread.least), placeOf(spread.most)];
  const leftwards = place > 0.5;
  const within = holds(spread.mean);
  // Beyond the axis an arrow points on.
  const path = within ? markerPath(marker, 0, 0, markerUnit) : "M14 0L2 0M7 -5L2 0L7 5";
  const value = formatNumber(spread.mean, 3);
  const paint = `var(${color})`;
  return html`<g stroke="${paint}" stroke-width="2">${
    spread.runs > 1
      ? html`<line x1="${share(from)}" x2="${share(to)}" y1="${y}" y2="${y}" opacity="0.6"/>`
      : undefined
  }<svg x="${share(place)}" y="${y}" width="1" height="1" overflow="visible">${
    current ? html`<circle r="11" fill="none" stroke="currentColor" stroke-width="1.5"/>` : undefined
  }<path d="${path}" fill="${within && isFilled(marker) ? paint : "none"}"><title>${title}: ${value}</title></path></svg></g>${
    named
      ? html`<text x="${share(leftwards ? from : to)}" y="${y + 4}" dx="${leftwards ? -gap : within ? gap : 2 * gap}" text-anchor="${leftwards ? "end" : "start"}">${title} <tspan font-weight="600">${value}</tspan></text>`
      : undefined
  }`;
}

const share = (part: number): string => `${(100 * part).toFixed(2)}%`;
