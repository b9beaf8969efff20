/** study.html: one file that opens offline, without scripts. */
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
import { html, type Markup, trusted } from "../../calculus/markup";
import pageStyle from "../report/style.css?raw";
import { drawFigures, drawStencils } from "./plot";
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
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fluxion: studies</title>
<style>${trusted(pageStyle)}</style>
<style>${trusted(studyStyle)}</style>
</head>
<body>
<header>
  <h1>Pattern or principle?</h1>
  <p>${basis}. Figures are RMSE per point against the exact answer without noise, but where a table says otherwise${spread}; – stands where there is none. ${verdictRule}</p>
  <ul>
${results.map(({ name, question, verdict }) => html`<li><a href="#${name}">${question}</a> ${verdict}</li>`)}
  </ul>
</header>
<main>
${results.map(studySection)}
${opponentSection(results.some(({ name }) => name === "inverse"))}
</main>
</body>
</html>
`.text;
}

const studySection = (result: StudyResult): Markup => {
  const { name, question, hypothesis, criterion, control, cells, answer, preconditions, claims } = result;
  return html`<section id="${name}">
<h2>${question}</h2>
<p class="verdict">${answer}</p>
<p>Study ${name}, ${cells.done} of ${cells.planned} cells. Hypothesis: ${hypothesis} Criterion: ${criterion}. Control: ${control}.</p>
${claimList(preconditions, claims)}
${result.conditions.map(({ condition, weights }) => drawStencils(condition, weights))}
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
        title: [title, label].filter(Boolean).join(": "),
        figures: row.predictors,
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
