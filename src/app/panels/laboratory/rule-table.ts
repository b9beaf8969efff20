import { css, html, nothing } from "lit";
import { looks, ruleKeepers } from "./looks";
import type { RuleBlock } from "./rule-rows";

const columns = ruleKeepers.map((keeper) => looks.get(keeper)?.title ?? keeper);

/** Rules × predictors. */
export const renderRuleTable = (blocks: readonly RuleBlock[], label: string) => html`
  <div class="scroll" tabindex="0" role="region" aria-label=${label}>
    <table class="rules">
      <thead>
        <tr>
          <th scope="col">Rule for an answer N(f)</th>
          <th scope="col">Functions</th>
          ${columns.map((title) => html`<th scope="col" class="figure">${title}</th>`)}
        </tr>
      </thead>
      ${blocks.map(
        ({ rule, sentence, statement, rows }) => html`<tbody>
          ${rows.map(
            ({ asked, ratios }, i) => html`
              <tr>
                ${
                  i === 0
                    ? html`<th scope="rowgroup" rowspan=${rows.length} class="rule">
                        <strong>${rule}</strong>
                        <span class="quiet">${sentence}: <span class="statement">${statement}</span></span>
                      </th>`
                    : nothing
                }
                <td>${asked}</td>
                ${ratios.map((ratio) => html`<td class="figure">${ratio}</td>`)}
              </tr>
            `,
          )}
        </tbody>`,
      )}
    </table>
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
  .rules td:not(.figure) {
    min-inline-size: 5.5rem;
  }
  .statement {
    white-space: nowrap;
    color: var(--wa-color-text-normal);
  }
`;
