/** The answer of a study in one paragraph: verdict, figures and what follows from them, nothing else. */
import { networkNames } from "../options";
import { plusMinus } from "../scores";
import { type SetKind, setKinds } from "./kind";
import type { StudyResult } from "./result";
import type { FigureRow } from "./rows";
import type { Figures, Study } from "./study";
import { kindTitles, networkTitles, predictorTitle } from "./titles";
import type { ClaimResult } from "./verdict";

export const answerStudy = (
  study: Study,
  result: Omit<StudyResult, "answer">,
  figures: Figures,
  seeds: number,
): string => {
  const { cells, diverged } = result;
  const untrained = networkNames.filter((network) => !figures.networks.includes(network));
  return [
    ...(cells.done < cells.planned
      ? [`Not finished: ${cells.done} of ${cells.planned} cells are done.`]
      : []),
    ...(diverged.length > 0 ? [`Diverged, and not in the figures: ${diverged.join(", ")}.`] : []),
    describeVerdict(result, seeds),
    ...(untrained.length > 0
      ? [`Not trained: ${untrained.map((network) => networkTitles[network]).join(", ")}.`]
      : []),
    ...describeFigures(study, result),
    ...(study.remarks?.(figures) ?? []),
  ].join(" ");
};

function describeVerdict(
  { verdict, preconditions, claims }: Pick<StudyResult, "verdict" | "preconditions" | "claims">,
  seeds: number,
): string {
  const always = claims.filter(({ held }) => held === seeds);
  switch (verdict) {
    case "supported":
      return `Supported: ${describeAll(always.length)} with every seed.`;
    case "refuted":
      return `Refuted: with no seed: ${list(
        claims.filter(({ held, of }) => held === 0 && of === seeds),
      )}. ${always.length} of ${claims.length} claims hold with every seed.`;
    case "undecided": {
      if (seeds < 2) return "Undecided: one seed.";
      if (claims.length === 0) return "Undecided: the networks that it compares were not both trained.";
      // What is missing stands before it.
      if ([...preconditions, ...claims].some(({ of }) => of < seeds)) return "Undecided.";
      const unmet = preconditions.filter(({ held }) => held < seeds);
      if (unmet.length > 0) return `Undecided, for want of a precondition: ${list(unmet, countOf)}.`;
      return `Undecided: ${always.length} of ${claims.length} claims hold with every seed; not so: ${list(
        claims.filter(({ held }) => held < seeds),
        countOf,
      )}.`;
    }
    default:
      throw new RangeError(`unknown verdict ${verdict satisfies never}`);
  }
}

const describeAll = (claims: number): string =>
  claims === 1 ? "its claim holds" : claims === 2 ? "both claims hold" : `all ${claims} claims hold`;

const countOf = ({ held, of }: ClaimResult): string => ` (with ${held} of ${of})`;

/** Claims that are written out: the others stand in the list of all. */
const mostClaims = 3;

const list = (claims: readonly ClaimResult[], addition: (claim: ClaimResult) => string = () => ""): string =>
  [
    ...claims.slice(0, mostClaims).map((claim) => claim.text + addition(claim)),
    ...(claims.length > mostClaims ? [`and ${claims.length - mostClaims} more`] : []),
  ].join("; ");

/** What a network is compared with in an answer: the classical answer to the question of the study. */
const yardsticks = ["local least squares", "trapezoid rule"];

interface Labelled {
  readonly label: string;
  readonly row: FigureRow;
}

function describeFigures({ headline }: Study, { conditions }: Pick<StudyResult, "conditions">): string[] {
  const rows = conditions.flatMap(({ condition, sets, rules, stencils }) => [
    ...sets.map((row) => ({ condition, row, what: "RMSE on" })),
    ...rules.map((row) => ({ condition, row, what: "Defect, over its scale, of the" })),
    ...stencils.map((row) => ({ condition, row, what: "Stencils'" })),
  ]);
  const describe = (what: string, kind: SetKind, group: readonly Labelled[]): string =>
    `${what} (${kindTitles[kind]}): ${compare(group)}.`;
  return setKinds.flatMap((kind) => {
    const own = rows.filter(({ row }) => row.kind === kind && headline.includes(row.name));
    const names = headline.filter((name) => own.some(({ row }) => row.name === name));
    // Of several sets under one condition a list, else for each set a list of conditions.
    if (conditions.length === 1 && names.length > 1)
      return [
        describe(
          `RMSE on ${names.length} sets`,
          kind,
          own.map(({ row }) => ({ label: row.name, row })),
        ),
      ];
    return names.map((name) => {
      const group = own.filter(({ row }) => row.name === name);
      const [{ what, condition }] = group;
      const only = group.length === 1 && conditions.length > 1 ? `, ${condition}` : "";
      return describe(
        `${what} ${name}${only}`,
        kind,
        group.map(({ condition, row }) => ({ label: group.length > 1 ? condition : "", row })),
      );
    });
  });
}

/** "CNN 0.31 ± 0.02 (with x), 0.40 ± 0.03 (without x); BiLSTM …" */
const compare = (group: readonly Labelled[]): string =>
  [...networkNames, ...yardsticks]
    .flatMap((predictor) => {
      const figures = group.flatMap(({ label, row }) => {
        const spread = row.predictors.find((one) => one.predictor === predictor)?.spread;
        return spread ? [{ label, text: plusMinus(spread) }] : [];
      });
      if (figures.length === 0) return [];
      const [{ text }] = figures;
      // Opponents are asked the same under most conditions.
      const told =
        figures.length > 1 && figures.every((one) => one.text === text)
          ? [`${text} throughout`]
          : figures.map(({ label, text }) => text + (label === "" ? "" : ` (${label})`));
      return [`${predictorTitle(predictor)} ${told.join(", ")}`];
    })
    .join("; ");
