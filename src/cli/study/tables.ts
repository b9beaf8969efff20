/** Figures as tables: a column for each predictor, which becomes a list where the page is narrow. */
import {
  type FigureRow,
  noiseFloorName,
  plusMinus,
  predictorTitle,
  type Spread,
  zeroName,
} from "../../calculus";
import { html, type Markup } from "../../calculus/markup";

/** A set or rule, with a row for each condition under which it was asked. */
export interface RowGroup {
  readonly name: string;
  readonly title: string;
  /** What it means. */
  readonly note?: string;
  readonly rows: readonly { readonly label: string; readonly row: FigureRow }[];
}

/** One row of a table as it is written. */
interface Line {
  readonly heading: string;
  readonly note?: string;
  readonly figures: ReadonlyMap<string, Spread | null>;
}

export function figureTable(label: string, groups: readonly RowGroup[]): Markup {
  const predictors = namesOf(groups.flatMap(({ rows }) => rows.map(({ row }) => row)));
  return table(
    label,
    predictors,
    groups.map(({ title, note, rows }) => ({
      // A group of one row needs no heading of its own.
      title: rows.length === 1 && rows[0].label === "" ? "" : title,
      note,
      lines: rows.map(({ label, row }) => ({
        heading: label === "" ? title : label,
        note: label === "" ? note : undefined,
        figures: new Map(row.predictors.map(({ predictor, spread }) => [predictor, spread])),
      })),
    })),
  );
}

/** A row for each function of a set. */
export function memberTable(title: string, row: FigureRow): Markup {
  const members = [...new Set(row.predictors.flatMap((one) => Object.keys(one.members)))];
  const lines = members.map((member) => ({
    heading: member,
    figures: new Map(
      row.predictors.flatMap(({ predictor, members: spreads }) =>
        member in spreads ? [[predictor, spreads[member]] as const] : [],
      ),
    ),
  }));
  return html`<h4>${title}</h4>
${table(`RMSE on ${title}, function by function`, namesOf([row]), [{ title: "", lines }])}`;
}

/** The ends of every scale stand in every table, also where they are not measured yet or have no such figure. */
const namesOf = (rows: readonly FigureRow[]): string[] => [
  ...new Set([
    ...rows.flatMap(({ predictors }) => predictors.map(({ predictor }) => predictor)),
    noiseFloorName,
    zeroName,
  ]),
];

function table(
  label: string,
  predictors: readonly string[],
  groups: readonly { readonly title: string; readonly note?: string; readonly lines: readonly Line[] }[],
): Markup {
  const bodies = groups.map(({ title, note, lines }) => {
    const heading =
      title === ""
        ? undefined
        : html`<tr><th class="group" scope="rowgroup" colspan="${predictors.length + 1}">${headingOf(title, note)}</th></tr>`;
    return html`<tbody>
${heading}${lines.map((line) => lineOf(line, predictors))}
</tbody>`;
  });
  return html`<table class="figures" aria-label="${label}">
<thead><tr><td></td>${predictors.map((predictor) => html`<th scope="col">${predictorTitle(predictor)}</th>`)}</tr></thead>
${bodies}
</table>`;
}

const headingOf = (text: string, note: string | undefined): Markup =>
  html`${text}${note === undefined ? undefined : html` <small>${note}</small>`}`;

const lineOf = ({ heading, note, figures }: Line, predictors: readonly string[]): Markup =>
  html`<tr><th scope="row">${headingOf(heading, note)}</th>${predictors.map(
    (predictor) =>
      html`<td data-predictor="${predictorTitle(predictor)}">${figureOf(figures.get(predictor))}</td>`,
  )}</tr>`;

/** The spread stands below the mean, so that columns are narrow. */
function figureOf(spread: Spread | null | undefined): Markup | string {
  if (!spread) return "–";
  const [mean, deviation] = plusMinus(spread).split(" ± ");
  return deviation === undefined ? mean : html`${mean} <small>± ${deviation}</small>`;
}
