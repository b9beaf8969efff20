/** The form's own styles. */
import { css } from "lit";

export const formStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--wa-space-m);
    padding: var(--wa-space-s);
    border: 1px solid var(--wa-color-surface-border);
    border-radius: var(--wa-border-radius-m);
    background: var(--wa-color-surface-raised);
  }
  section {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--wa-space-s);
  }
  section + section {
    gap: 0;
  }
  .choice::part(form-control) {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 13rem;
    align-items: center;
  }
  .choice::part(form-control-label) {
    margin: 0;
    font-size: var(--wa-font-size-s);
  }
  .buttons {
    display: grid;
    grid-template-columns: repeat(3, minmax(0, 1fr));
    gap: var(--wa-space-2xs);
  }
  #main {
    grid-column: 1 / -1;
  }
  .plan {
    min-height: 4.35em;
    color: var(--wa-color-text-quiet);
    font-size: var(--wa-font-size-s);
  }
  .plan strong {
    color: var(--wa-color-text-normal);
    font-weight: var(--wa-font-weight-semibold);
  }
  .head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    padding-block-end: var(--wa-space-2xs);
  }
  details {
    border-block-start: 1px solid var(--wa-color-surface-border);
  }
  summary {
    padding-block: var(--wa-space-2xs);
    font-size: var(--wa-font-size-s);
    font-weight: var(--wa-font-weight-semibold);
    cursor: pointer;
  }
  summary .quiet {
    font-weight: var(--wa-font-weight-normal);
  }
  .options {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr));
    gap: var(--wa-space-s) var(--wa-space-l);
    padding-block: var(--wa-space-2xs) var(--wa-space-s);
  }
`;
