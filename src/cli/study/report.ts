/** study.html: what was asked, what came out, and its figures. */
import {
  type ClaimResult,
  type ConditionSummary,
  calculusRules,
  classicalOpponents,
  type FigureRow,
  integralOpponents,
  kindTitles,
  noiseFloorName,
  type Opponent,
  type SetKind,
  type StudyResult,
  type StudySummary,
  setKinds,
  sevenUnseen,
  studies,
  unseenFamilies,
  verdictRule,
} from "../../calculus";
import { html, type Markup } from "../../calculus/markup";
import { marksOf, predictorsOf, seriesOf } from "../../charts/experiment";
import { swatch } from "../../charts/marks";
import { drawRows, isNamed, type Row, shading } from "../../charts/rows";
import type { ChartData } from "../../charts/spec";
import { chartElement } from "../../charts/svg";
import { reportPage } from "../report/page";
import studyStyle from "./style.css?raw";
import { figureTable, memberTable, type RowGroup } from "./tables";

export function writeStudyReport(summary: StudySummary): string {
  const { version, preset, epochs, seeds, adapters, results } = summary;
  const last = seeds - 1;
  const basis = [
    `preset ${preset}`,
    ...(epochs === null ? [] : [`${epochs} epochs`]),
    last === 0 ? "seed 0" : `seeds 0 to ${last}`,
    ...(adapters.length > 0 ? [adapters.join(" and ")] : []),
    `fluxion ${version}`,
  ].join(", ");
  const spread = last === 0 ? "" : ", mean ± standard deviation over the seeds";
  return reportPage(
    "Fluxion: studies",
    studyStyle,
    html`<header>
  <h1>Pattern or principle?</h1>
  <p>${basis}. Figures are RMSE per point against the exact answer without noise, but where a table says otherwise${spread}; – stands where there is none. ${verdictRule}</p>
  <ul>
${results.map(({ name, question, verdict }) => html`<li><a href="#${name}">${question}</a> ${verdict}</li>`)}
  </ul>
</header>
<main>
${results.map(studySection)}
${opponentSection(results.some(({ name }) => name === "inverse"))}
</main>`,
  );
}

const studySection = (result: StudyResult): Markup => {
  const { name, question, hypothesis, criterion, control, cells, answer, preconditions, claims } = result;
  return html`<section id="${name}">
<h2>${question}</h2>
<p class="verdict">${answer}</p>
<p>Study ${name}, ${cells.done} of ${cells.planned} cells. Hypothesis: ${hypothesis} Criterion: ${criterion}. Control: ${control}.</p>
${claimList(preconditions, claims)}
${result.conditions.map(drawStencils)}
${setKinds.map((kind) => figuresOf(kind, result))}
</section>`;
};

function claimList(preconditions: readonly ClaimResult[], claims: readonly ClaimResult[]): Markup {
  const write =
    (what: string) =>
    ({ text, held, of }: ClaimResult): Markup =>
      html`<li>${what}${text}: ${of === 0 ? "not measured" : `${held} of ${of}`}</li>`;
  return html`<details><summary>Claims, and with how many seeds they hold</summary><ul>
${[...preconditions.map(write("Precondition: ")), ...claims.map(write(""))]}
</ul></details>`;
}

function opponentSection(withIntegrals: boolean): Markup {
  const write = (opponents: readonly Pick<Opponent, "name" | "description">[]): Markup =>
    html`<ul>
${opponents.map(({ name, description }) => html`<li>${name}: ${description}</li>`)}
</ul>`;
  const floor = { name: noiseFloorName, description: "the exact answer in the noise of training" };
  return html`<section id="opponents">
<h2>With whom the networks are compared</h2>
${write([floor, ...classicalOpponents()])}
${withIntegrals ? html`<p>Where the integral is sought:</p>\n${write([floor, ...integralOpponents])}\n` : undefined}</section>`;
}

/** Functions taught and others never stand in one plot or table. */
function figuresOf(kind: SetKind, { name, conditions }: StudyResult): readonly (Markup | undefined)[] {
  const study = studies.find((one) => one.name === name);
  const headline = study?.headline ?? [];
  // What families ask is of derivatives.
  const asking = study?.conditions.some(({ inverse }) => inverse) ? [] : [sevenUnseen, ...unseenFamilies];
  const draw = (
    what: string,
    rowsOf: (condition: ConditionSummary) => readonly FigureRow[],
    noteOf: (row: string) => string | undefined,
    remark?: string,
  ): Markup | undefined => {
    const groups = groupRows(
      conditions.map((condition) => ({
        condition: condition.condition,
        rows: rowsOf(condition).filter((row) => row.kind === kind),
      })),
      noteOf,
    );
    if (groups.length === 0) return undefined;
    // A row for every set and condition would be too many for a picture.
    const drawn = conditions.length === 1 ? groups : groups.filter(({ name }) => headline.includes(name));
    const rows = (drawn.length > 0 ? drawn : groups).flatMap(({ title, rows }) =>
      rows.map(({ label, row }) => ({
        label: [title, label].filter(Boolean).join(": "),
        marks: marksOf(row.predictors),
      })),
    );
    return html`<h3>${what} on ${kindTitles[kind]}</h3>
${drawFigures(what, rows)}
${remark === undefined ? undefined : html`<p>${remark}</p>`}
${figureTable(`${what} on ${kindTitles[kind]}`, groups)}
${memberTables(groups)}`;
  };
  return [
    draw(
      "RMSE",
      ({ sets }) => sets,
      (set) => asking.find((family) => family.name === set)?.question,
    ),
    draw(
      "Defect of each rule, over its scale,",
      ({ rules }) => rules,
      (rule) => calculusRules.find(({ name }) => rule.startsWith(name))?.statement,
    ),
    draw(
      "Properties of stencils",
      ({ stencils }) => stencils,
      () => undefined,
      "The noise floor has no weights: it is no function of the samples.",
    ),
  ];
}

/** @param what the figures are */
function drawFigures(what: string, rows: readonly Row[]): Markup {
  const groups = [{ title: "", rows }];
  const description = `${what} of every predictor, logarithmic`;
  const legend = predictorsOf(rows.flatMap(({ marks }) => marks)).map(
    ({ title, color, marker }) =>
      html`<span class="key">${swatch({ color, marker, width: 0 })} ${title}</span>`,
  );
  return html`<figure>
${drawRows({ groups, label: `${what}, logarithmic`, description })}
${isNamed(groups) ? undefined : html`<figcaption>${legend}</figcaption>`}
<p>Mean and range over the seeds; an arrow stands for what is too small for the axis. ${shading(groups)}</p>
</figure>`;
}

/** Distances beyond these many neighbours are not drawn: most weights stand within. */
const neighbours = 12;
/** Differences take neighbours alone, with weights that would hide those of all others. */
const drawn = ["cnn", "bilstm", "local least squares"];

/** Stencils: the weights of everyone over the distance from the point of the answer. */
function drawStencils({ condition, weights }: ConditionSummary): Markup | undefined {
  const stencils = weights
    .filter(({ predictor }) => drawn.includes(predictor))
    .map(({ predictor, offsets, weights }) => {
      const points = offsets.map((offset, t) => [offset, weights[t]] as const);
      const place = offsets.indexOf(0);
      return {
        predictor,
        at: new Map(points.slice(Math.max(0, place - neighbours), place + neighbours + 1)),
      };
    });
  if (stencils.length === 0) return undefined;
  // The networks, which come first, are drawn over the others.
  stencils.reverse();
  const offsets = [...new Set(stencils.flatMap(({ at }) => [...at.keys()]))].sort((a, b) => a - b);
  const data: ChartData = [
    offsets,
    ...stencils.map(({ at }) => offsets.map((offset) => at.get(offset) ?? null)),
  ];
  return html`<figure>
${chartElement(
  {
    title: condition,
    description: `Weights over distance: ${condition}`,
    x: { label: "distance from the point of the answer" },
    y: { label: "weight" },
    series: stencils.map(({ predictor }) => ({ ...seriesOf(predictor), marker: "dot", sparse: true })),
  },
  data,
  { width: 380, height: 260 },
)}
<p>Weights of the ${2 * neighbours + 1} samples about the point of the answer, over their distance from it; mean over the curves and seeds.</p>
</figure>`;
}

/** By set or rule, a row for each condition; of one condition a single group, a row for each set or rule. */
function groupRows(
  conditions: readonly { readonly condition: string; readonly rows: readonly FigureRow[] }[],
  noteOf: (row: string) => string | undefined,
): RowGroup[] {
  const names = [...new Set(conditions.flatMap(({ rows }) => rows.map(({ name }) => name)))];
  if (names.length === 0) return [];
  const several = conditions.length > 1;
  return names.map((name) => ({
    name,
    title: name,
    note: noteOf(name),
    rows: conditions.flatMap(({ condition, rows }) =>
      rows.filter((row) => row.name === name).map((row) => ({ label: several ? condition : "", row })),
    ),
  }));
}

function memberTables(groups: readonly RowGroup[]): Markup | undefined {
  const tables = groups.flatMap(({ title, rows }) =>
    rows.flatMap(({ label, row }) =>
      row.predictors.some(({ members }) => Object.keys(members).length > 0)
        ? [memberTable([title, label].filter(Boolean).join(": "), row)]
        : [],
    ),
  );
  return tables.length === 0
    ? undefined
    : html`<details><summary>Function by function</summary>
${tables}</details>`;
}
