import { css, html } from "lit";
import { looks, ruleKeepers } from "./looks";
import type { RuleTable } from "./rule-rows";

const columns = ruleKeepers.map((keeper) => looks.get(keeper)?.title ?? keeper);

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
              ${columns.map((column) => html`<th scope="col" class="figure">${column}</th>`)}
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
