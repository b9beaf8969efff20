import { css } from "lit";

/** What is asked on the left, the answers beside it; below each other where there is no room. */
export const panelStyles = css`
  :host {
    container-type: inline-size;
  }
  .layout {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--wa-space-l);
    align-items: start;
  }
  .asking,
  .answers {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--wa-space-s);
  }
  .sampling {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: var(--wa-space-xs);
  }
  .sampling wa-select {
    flex: 1 1 10rem;
  }
  .function {
    font-family: var(--fx-mono);
    font-size: var(--wa-font-size-s);
    overflow-wrap: anywhere;
  }
  .reading {
    font-weight: var(--wa-font-weight-semibold);
  }
  table {
    max-width: 44rem;
  }
  .failed span {
    margin-inline-end: var(--wa-space-xs);
    color: var(--wa-color-danger-on-quiet);
    overflow-wrap: anywhere;
  }
  @container (min-width: 50rem) {
    .layout {
      grid-template-columns: 20rem minmax(0, 1fr);
    }
  }
`;
