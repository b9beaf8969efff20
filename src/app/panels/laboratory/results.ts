/** Places and rules under the conditions of a study, or of the visitor's own networks. */
import { css, html, nothing } from "lit";
import type { ShownCondition } from "../../recorded/study/compact";
import { namesOfSets, placeSets } from "./placement";
import "./placement-figure";
import { renderRuleTables, ruleStyles, tabulateRules } from "./rule-table";

/** @param whose "your networks", for the names of what stands there */
export const renderResults = (conditions: readonly ShownCondition[], whose: string) => html`
  ${renderPlaces(conditions, whose)}
  ${
    conditions.some(({ rules }) => rules.length > 0)
      ? html`<p class="quiet explained">
          How far a rule is from being kept: the difference of its two sides over the larger of them. 0 keeps it, 1 is as
          far off as the sides are large; 0/0 stands where an answer of 0 keeps the rule whatever the curve.
        </p>`
      : nothing
  }
  ${conditions.map(({ condition, rules }) => {
    const tables = tabulateRules(rules);
    if (tables.length === 0) return nothing;
    const title = `Rules of calculus, ${whose}${conditions.length > 1 ? `: ${condition}` : ""}`;
    return html`<div class="part"><h4>${title}</h4>${renderRuleTables(tables, title)}</div>`;
  })}
`;

function renderPlaces(conditions: readonly ShownCondition[], whose: string) {
  const { shown, others } = namesOfSets(conditions);
  if (shown.length === 0) return nothing;
  return html`
    <fx-placement
      label="Error per point against the true answer, ${whose}"
      .groups=${placeSets(conditions, shown)}
    ></fx-placement>
    ${
      others.length > 0
        ? html`<details>
            <summary>Each family of functions</summary>
            <fx-placement
              label="Error per point on each family, ${whose}"
              .groups=${placeSets(conditions, others)}
            ></fx-placement>
          </details>`
        : nothing
    }
  `;
}

/** Of results, wherever they stand. */
export const resultStyles = [
  ruleStyles,
  css`
    h4 {
      margin: 0;
      font-size: var(--wa-font-size-s);
      font-weight: var(--wa-font-weight-semibold);
    }
    .part {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: var(--wa-space-2xs);
    }
    .explained,
    .reading {
      max-width: 60rem;
    }
    .reading {
      font-size: var(--wa-font-size-s);
      font-weight: var(--wa-font-weight-semibold);
    }
    summary {
      min-block-size: 24px;
      font-size: var(--wa-font-size-s);
      cursor: pointer;
    }
    fx-placement {
      max-inline-size: 60rem;
    }
  `,
];
