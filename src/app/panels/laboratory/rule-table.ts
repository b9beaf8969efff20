/** Rules of calculus and who keeps them, as tables. */
import { css, html } from "lit";
import {
  calculusRules,
  kindTitles,
  networkNames,
  plusMinus,
  predictorTitle,
  type RuleName,
  ruleNames,
  setKinds,
} from "../../../calculus";
import type { ShownCondition } from "../../recorded/study/compact";

/** Columns of the tables. */
const ruleKeepers: readonly string[] = [
  ...networkNames,
  "local least squares",
  "matcher",
  "zero",
  "noise floor",
];

/** What the defect of each is, in one sentence; the formula follows. */
const sentences: Readonly<Record<RuleName, string>> = {
  "fundamental theorem": "The answers, summed up along the curve, give the curve back",
  sign: "The curve turned over is answered by the answer turned over",
  reflection: "The curve read from right to left has the answer in its mirror",
  "constant shift": "The curve lifted by a constant has the same answer",
  scaling: "Half the curve has half the answer",
  linearity: "The mean of two curves has the mean of their answers",
  "product rule": "A product is answered by both factors and their answers",
  "chain rule": "A composition is answered by the outer answer at the inner curve, times the inner answer",
};

const statements = new Map(calculusRules.map(({ name, statement }) => [name, statement]));

interface RuleRow {
  /** "product rule" */
  readonly title: string;
  readonly sentence: string;
  readonly statement: string;
  /** Defect over its scale, in the order of `ruleKeepers`; "–" for who was not asked. */
  readonly ratios: readonly string[];
}

/** Curves of one kind. */
interface RuleTable {
  readonly title: string;
  readonly rows: readonly RuleRow[];
}

/** In the order of the rules, those that were asked about. */
export const tabulateRules = (rules: ShownCondition["rules"]): RuleTable[] =>
  setKinds.flatMap((kind) => {
    const rows = ruleNames.flatMap((rule) =>
      rules
        .filter((row) => row.kind === kind && (row.name === rule || row.name.startsWith(`${rule}, `)))
        .map(({ name, predictors }) => ({
          title: name,
          sentence: sentences[rule],
          statement: statements.get(rule) ?? "",
          ratios: ruleKeepers.map((keeper) => {
            const found = predictors.find(({ predictor }) => predictor === keeper);
            if (!found) return "–";
            // Both sides are 0 throughout, as they are for one who answers 0.
            return found.spread ? plusMinus(found.spread) : "0/0";
          }),
        })),
    );
    return rows.length > 0 ? [{ title: kindTitles[kind], rows }] : [];
  });

/** Rules × predictors, for curves of each kind in a table of its own. */
export const renderRuleTables = (tables: readonly RuleTable[], label: string) => html`
  <div class="scroll" tabindex="0" role="region" aria-label=${label}>
    ${tables.map(
      ({ title, rows }) => html`
        <table class="rules">
          <caption>${title}</caption>
          <thead>
            <tr>
              <th scope="col">Rule for an answer N(f)</th>
              ${ruleKeepers.map((keeper) => html`<th scope="col" class="figure">${predictorTitle(keeper)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              ({ title, sentence, statement, ratios }) => html`
                <tr>
                  <th scope="row" class="rule">
                    <strong>${title}</strong>
                    <span class="quiet">${sentence}: <span class="statement">${statement}</span></span>
                  </th>
                  ${ratios.map((ratio) => html`<td class="figure">${ratio}</td>`)}
                </tr>
              `,
            )}
          </tbody>
        </table>
      `,
    )}
  </div>
`;

export const ruleStyles = css`
  .rules .rule {
    min-inline-size: 13rem;
    max-inline-size: 24rem;
  }
  .rules .rule strong {
    display: block;
    font-weight: var(--wa-font-weight-semibold);
  }
  .statement {
    white-space: nowrap;
    color: var(--wa-color-text-normal);
  }
`;
