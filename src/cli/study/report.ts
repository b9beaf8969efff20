/** study.html: one file that opens offline, without scripts. */
import {
  type ClaimResult,
  type ConditionSummary,
  type FigureRow,
  integralOpponents,
  kindTitles,
  noiseFloorName,
  type SetKind,
  type StudyResult,
  type StudySummary,
  setKinds,
  sevenUnseen,
  studies,
  unseenFamilies,
  verdictRule,
} from "../../expressions";
import { calculusRules, classicalOpponents, type Opponent } from "../../index";
import pageStyle from "../report/style.css?raw";
import { escapeHtml } from "./html";
import { drawFigures } from "./plot";
import { drawStencils } from "./stencil-plot";
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
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fluxion: studies</title>
<style>${pageStyle}</style>
<style>${studyStyle}</style>
</head>
<body>
<header>
  <h1>Pattern or principle?</h1>
  <p>${escapeHtml(basis)}. Figures are RMSE per point against the exact answer without noise, but where a table says otherwise${spread}; – stands where there is none. ${verdictRule}</p>
  <ul>
${results.map(({ name, question, verdict }) => `<li><a href="#${name}">${escapeHtml(question)}</a> ${verdict}</li>`).join("\n")}
  </ul>
</header>
<main>
${results.map(studySection).join("\n")}
${opponentSection(results.some(({ name }) => name === "inverse"))}
</main>
</body>
</html>
`;
}

const studySection = (result: StudyResult): string => {
  const { name, question, hypothesis, criterion, control, cells, answer, preconditions, claims } = result;
  return `<section id="${name}">
<h2>${escapeHtml(question)}</h2>
<p class="verdict">${escapeHtml(answer)}</p>
<p>Study ${name}, ${cells.done} of ${cells.planned} cells. Hypothesis: ${escapeHtml(hypothesis)} Criterion: ${escapeHtml(criterion)}. Control: ${escapeHtml(control)}.</p>
${claimList(preconditions, claims)}
${result.conditions.map(({ condition, weights }) => drawStencils(condition, weights)).join("\n")}
${setKinds.map((kind) => figuresOf(kind, result)).join("\n")}
</section>`;
};

function claimList(preconditions: readonly ClaimResult[], claims: readonly ClaimResult[]): string {
  const write =
    (what: string) =>
    ({ text, held, of }: ClaimResult): string =>
      `<li>${what}${escapeHtml(text)}: ${of === 0 ? "not measured" : `${held} of ${of}`}</li>`;
  return `<details><summary>Claims, and with how many seeds they hold</summary><ul>
${[...preconditions.map(write("Precondition: ")), ...claims.map(write(""))].join("\n")}
</ul></details>`;
}

function opponentSection(withIntegrals: boolean): string {
  const write = (opponents: readonly Pick<Opponent, "name" | "description">[]): string =>
    `<ul>
${opponents.map(({ name, description }) => `<li>${escapeHtml(`${name}: ${description}`)}</li>`).join("\n")}
</ul>`;
  const floor = { name: noiseFloorName, description: "the exact answer in the noise of training" };
  return `<section id="opponents">
<h2>With whom the networks are compared</h2>
${write([floor, ...classicalOpponents()])}
${withIntegrals ? `<p>Where the integral is sought:</p>\n${write([floor, ...integralOpponents])}\n` : ""}</section>`;
}

/** Functions taught and others never stand in one plot or table. */
function figuresOf(kind: SetKind, { name, conditions }: StudyResult): string {
  const study = studies.find((one) => one.name === name);
  const headline = study?.headline ?? [];
  // What families ask is of derivatives.
  const asking = study?.conditions.some(({ inverse }) => inverse) ? [] : [sevenUnseen, ...unseenFamilies];
  const draw = (
    what: string,
    rowsOf: (condition: ConditionSummary) => readonly FigureRow[],
    noteOf: (row: string) => string | undefined,
    remark?: string,
  ): string => {
    const groups = groupRows(
      conditions.map((condition) => ({
        condition: condition.condition,
        rows: rowsOf(condition).filter((row) => row.kind === kind),
      })),
      noteOf,
    );
    if (groups.length === 0) return "";
    // A row for every set and condition would be too many for a picture.
    const drawn = conditions.length === 1 ? groups : groups.filter(({ name }) => headline.includes(name));
    const rows = (drawn.length > 0 ? drawn : groups).flatMap(({ title, rows }) =>
      rows.map(({ label, row }) => ({
        title: [title, label].filter(Boolean).join(": "),
        figures: row.predictors,
      })),
    );
    return `<h3>${what} on ${kindTitles[kind]}</h3>
${drawFigures(what, rows)}
${remark === undefined ? "" : `<p>${escapeHtml(remark)}</p>`}
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
  ].join("\n");
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

function memberTables(groups: readonly RowGroup[]): string {
  const tables = groups.flatMap(({ title, rows }) =>
    rows.flatMap(({ label, row }) =>
      row.predictors.some(({ members }) => Object.keys(members).length > 0)
        ? [memberTable([title, label].filter(Boolean).join(": "), row)]
        : [],
    ),
  );
  return tables.length === 0
    ? ""
    : `<details><summary>Function by function</summary>
${tables.join("\n")}</details>`;
}
