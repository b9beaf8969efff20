/** The picture of places, drawn: everything lies at shares of its width, so that it fits any. */
import { nothing, type SVGTemplateResult, svg } from "lit";
import { networkNames } from "../../../calculus";
import { isFilled, markerPath } from "../../charts/marks";
import { formatNumber } from "../../charts/numbers";
import type { LogAxis, Mark, PlacementGroup, PlacementRow } from "./placement";

/** CSS pixels. */
const lane = 21;
const heading = 24;
const foot = 38;
/** From a mark to its name. */
const gap = 10;
const markerUnit = 1.3;

/** Where a row begins, and how high it is with its heading. */
interface PlacedRow {
  readonly row: PlacementRow;
  readonly kind: string;
  /** Where the kind stands above the rows that have it; undefined but for the first, and where it stands beside the name. */
  readonly kindTop: number | undefined;
  readonly top: number;
  readonly height: number;
}

/** @param roomy gives every mark a line of its own, and its name beside it */
export function drawPlacement(
  groups: readonly PlacementGroup[],
  axis: LogAxis,
  roomy: boolean,
  current: Mark | undefined,
): SVGTemplateResult {
  const rows = stack(groups, roomy);
  const last = rows.at(-1);
  const bottom = last ? last.top + last.height : 0;
  return svg`
    <svg class="picture" width="100%" height=${bottom + foot} aria-hidden="true">
      ${axis.ticks.map((tick) => {
        const x = share(axis.placeOf(tick));
        return svg`
          <line class="grid" x1=${x} x2=${x} y1="0" y2=${bottom}></line>
          <text class="tick" x=${x} y=${bottom + 15} text-anchor="middle">${formatNumber(tick)}</text>`;
      })}
      <line class="axis" x1="0" x2="100%" y1=${bottom} y2=${bottom}></line>
      <text class="tick" x="50%" y=${bottom + 32} text-anchor="middle">RMSE, logarithmic: better to the left</text>
      ${rows.map((placed) => drawRow(placed, axis, roomy, current))}
    </svg>`;
}

function stack(groups: readonly PlacementGroup[], roomy: boolean): PlacedRow[] {
  let top = 0;
  return groups.flatMap(({ title, rows }) =>
    rows.map((row, i) => {
      const first = !roomy && i === 0;
      const kindTop = first ? top : undefined;
      if (first) top += heading;
      const height = heading + lane * (roomy ? row.marks.length : 1) + 6;
      const placed = { row, kind: title, kindTop, top, height };
      top += height;
      return placed;
    }),
  );
}

function drawRow(
  { row, kind, kindTop, top, height }: PlacedRow,
  axis: LogAxis,
  roomy: boolean,
  current: Mark | undefined,
): SVGTemplateResult {
  return svg`
    ${drawBetween(row, axis, top + heading, height - heading - 6)}
    ${kindTop === undefined ? nothing : svg`<text class="group" y=${kindTop + 17}>${kind}</text>`}
    <text y=${top + 16}>
      <tspan class="name">${row.label}</tspan>${roomy ? svg`<tspan class="kind" dx="8">${kind}</tspan>` : nothing}
    </text>
    ${row.marks
      .map((mark, i) => ({ mark, y: top + heading + lane * ((roomy ? i : 0) + 0.5) }))
      .sort((a, b) => Number(isNetwork(a.mark)) - Number(isNetwork(b.mark)))
      .map(({ mark, y }) => drawMark(mark, axis, y, roomy, mark === current))}`;
}

/** RMSE of who knows no function and of who knows some, where these are others. */
export function betweenOf({ marks }: PlacementRow): readonly [fit: number, matcher: number] | undefined {
  const find = (name: string) => marks.find(({ predictor }) => predictor === name)?.spread.mean;
  const [fit, matcher] = [find("local least squares"), find("matcher")];
  return fit === undefined || matcher === undefined || matcher <= fit ? undefined : [fit, matcher];
}

/** What lies between them. */
function drawBetween(row: PlacementRow, { placeOf }: LogAxis, y: number, height: number) {
  const between = betweenOf(row);
  if (between === undefined) return nothing;
  const [from, to] = between.map(placeOf);
  return svg`<rect class="between" x=${share(from)} width=${share(to - from)} y=${y} height=${height}></rect>`;
}

function drawMark(
  { marker, color, title, spread }: Mark,
  { placeOf, holds }: LogAxis,
  y: number,
  named: boolean,
  current: boolean,
): SVGTemplateResult {
  const paint = `var(${color})`;
  const place = placeOf(spread.mean);
  const [from, to] = [placeOf(spread.least), placeOf(spread.most)];
  const leftwards = place > 0.5;
  const within = holds(spread.mean);
  // Beyond the axis an arrow points on.
  const path = within ? markerPath(marker, 0, 0, markerUnit) : arrow;
  return svg`
    ${spread.runs > 1 ? svg`<line class="spread" x1=${share(from)} x2=${share(to)} y1=${y} y2=${y} stroke=${paint}></line>` : nothing}
    <svg x=${share(place)} y=${y} width="1" height="1" overflow="visible">
      ${current ? svg`<circle class="current" r="11"></circle>` : nothing}
      <path
        d=${path}
        stroke=${paint}
        stroke-width="2"
        fill=${within && isFilled(marker) ? paint : "none"}
      ></path>
    </svg>
    ${
      named
        ? svg`<text
            x=${share(leftwards ? from : to)}
            y=${y + 4}
            dx=${leftwards ? -gap : within ? gap : 2 * gap}
            text-anchor=${leftwards ? "end" : "start"}
          >${title} <tspan class="value">${formatNumber(spread.mean, 3)}</tspan></text>`
        : nothing
    }`;
}

const arrow = "M14 0L2 0M7 -5L2 0L7 5";

/** Nothing lies on the networks' marks. */
const isNetwork = ({ predictor }: Mark): boolean => networkNames.some((name) => name === predictor);

const share = (part: number): string => `${(100 * part).toFixed(2)}%`;
