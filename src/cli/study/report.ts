/** study.html: one file that opens offline, without scripts. */
import type { ConditionSummary, SetSummary, StudyResult, StudySummary } from "../../expressions";
import { plusMinus } from "../../index";
import pageStyle from "../report/style.css?raw";
import { escapeHtml } from "./html";
import { drawScores } from "./plot";
import studyStyle from "./style.css?raw";

export function writeStudyReport(summary: StudySummary): string {
  const { version, preset, seeds, adapters, results } = summary;
  const last = seeds - 1;
  const basis = [
    `preset ${preset}`,
    last === 0 ? "seed 0" : `seeds 0 to ${last}`,
    ...(adapters.length > 0 ? [adapters.join(" and ")] : []),
    `fluxion ${version}`,
  ].join(", ");
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
  <p>${escapeHtml(basis)}. All figures are RMSE per point against the clean derivative${last === 0 ? "" : ", mean ± standard deviation over the seeds"}.</p>
</header>
<main>
${results.map(studySection).join("\n")}
</main>
</body>
</html>
`;
}

const studySection = ({
  name,
  question,
  hypothesis,
  control,
  cells,
  answer,
  conditions,
}: StudyResult): string => `<section>
<h2>${escapeHtml(question)}</h2>
<p class="verdict">${escapeHtml(answer)}</p>
<p>Study ${name}, ${cells.done} of ${cells.planned} cells. Hypothesis: ${escapeHtml(hypothesis)} Control: ${escapeHtml(control)}.</p>
${(["taught", "unseen"] as const).map((kind) => figuresOf(kind, conditions)).join("\n")}
</section>`;

const kinds = { taught: "On functions taught", unseen: "On functions not taught" } as const;

/** Functions taught and unseen never stand in one plot or table. */
function figuresOf(kind: SetSummary["kind"], conditions: readonly ConditionSummary[]): string {
  const shown = conditions.flatMap(({ condition, sets }) =>
    sets
      .filter((set) => set.kind === kind)
      .map((set) => ({
        title: [...(conditions.length > 1 ? [condition] : []), ...(sets.length > 1 ? [set.set] : [])].join(
          ": ",
        ),
        set,
      })),
  );
  if (shown.length === 0) return "";
  return `<h3>${kinds[kind]}</h3>
${drawScores(shown.map(({ title, set }) => ({ title, scores: set.predictors })))}
${overviewTable(shown)}
${shown.map(memberTable).join("\n")}`;
}

interface Shown {
  readonly title: string;
  readonly set: SetSummary;
}

/** A row for each set or condition, a column for each predictor. */
function overviewTable(shown: readonly Shown[]): string {
  const predictors = [
    ...new Set(shown.flatMap(({ set }) => set.predictors.map(({ predictor }) => predictor))),
  ];
  const rows = shown.map(({ title, set }) => [
    title,
    ...predictors.map((predictor) => {
      const score = set.predictors.find((one) => one.predictor === predictor);
      return score ? plusMinus(score.rmse) : "";
    }),
  ]);
  return table("RMSE of every predictor", ["", ...predictors], rows);
}

/** A row for each function of a set, a column for each predictor. */
function memberTable({ title, set }: Shown): string {
  const members = [...new Set(set.predictors.flatMap((score) => Object.keys(score.members)))];
  const rows = members.map((member) => [
    member,
    ...set.predictors.map(({ members: scores }) => (member in scores ? plusMinus(scores[member]) : "")),
  ]);
  return `<details><summary>${escapeHtml(title)}, function by function</summary>
${table(`RMSE on ${title}`, ["", ...set.predictors.map(({ predictor }) => predictor)], rows)}</details>`;
}

/** Wider than some screens: it scrolls, also by keyboard. */
function table(label: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, values: readonly string[]): string =>
    values.map((value) => `<${tag} class="figure">${escapeHtml(value)}</${tag}>`).join("");
  return `<div class="wide" role="region" aria-label="${escapeHtml(label)}" tabindex="0"><table class="numbers">
<thead><tr>${cells("th", head)}</tr></thead>
<tbody>
${rows.map(([first, ...values]) => `<tr><th>${escapeHtml(first)}</th>${cells("td", values)}</tr>`).join("\n")}
</tbody></table></div>`;
}
