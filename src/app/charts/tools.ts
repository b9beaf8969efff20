import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/tooltip/tooltip.js";
import { html, type TemplateResult } from "lit";

/** Kinds of files that a chart is saved as. */
export type PictureType = "svg" | "png";

/** What can be done with a chart or several at once. Ids are "table", "svg" and "png". */
export const renderTools = (
  /** "the chart" */
  what: string,
  table: boolean,
  toggleTable: () => void,
  save: (type: PictureType) => void,
): TemplateResult => html`
  <wa-button
    id="table"
    size="xs"
    appearance=${table ? "filled" : "plain"}
    aria-pressed=${table}
    @click=${toggleTable}
  >Table</wa-button>
  <wa-tooltip for="table">Show the data of ${what} as a table</wa-tooltip>
  ${(["svg", "png"] as const).map(
    (type) => html`
      <wa-button id=${type} size="xs" appearance="plain" @click=${() => save(type)}>${type.toUpperCase()}</wa-button>
      <wa-tooltip for=${type}>Save ${what} as ${type.toUpperCase()}</wa-tooltip>
    `,
  )}
`;
