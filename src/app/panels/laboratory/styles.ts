import { css } from "lit";
import { ruleStyles } from "./rule-table";

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
