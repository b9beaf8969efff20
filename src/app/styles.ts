/** What the panels' styles have in common. */
import { css } from "lit";

/** Figures in columns, captions and the like: every panel takes it before its own. */
export const shared = css`
  :host {
    display: block;
    min-width: 0;
  }
  h2,
  h3 {
    margin: 0;
    font-size: var(--wa-font-size-m);
    font-weight: var(--wa-font-weight-bold);
  }
  h3 {
    font-size: var(--wa-font-size-s);
  }
  p {
    margin: 0;
  }
  .quiet {
    color: var(--wa-color-text-quiet);
    font-size: var(--wa-font-size-s);
  }
  .figure {
    font-family: var(--fx-mono);
    font-variant-numeric: tabular-nums;
    text-align: end;
    white-space: nowrap;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--wa-space-xs);
  }
  .scroll {
    overflow-x: auto;
    /* Hidden words in it scroll along instead of widening the page. */
    position: relative;
  }
  table {
    border-collapse: collapse;
    width: 100%;
    font-size: var(--wa-font-size-s);
  }
  caption {
    text-align: start;
    padding-block: var(--wa-space-2xs);
    color: var(--wa-color-text-quiet);
  }
  th,
  td {
    padding: var(--wa-space-2xs) var(--wa-space-xs);
    border-block-end: 1px solid var(--wa-color-surface-border);
    text-align: start;
    font-weight: var(--wa-font-weight-normal);
    vertical-align: baseline;
  }
  thead th {
    color: var(--wa-color-text-quiet);
    white-space: nowrap;
  }
  thead .figure {
    font-family: inherit;
  }
  :is(a, button, summary, input, div[tabindex]):focus-visible {
    outline: var(--wa-focus-ring);
    outline-offset: var(--wa-focus-ring-offset);
  }
  /* What a finger can hit: WCAG asks for 24 pixels. */
  wa-switch::part(switch),
  wa-checkbox::part(checkbox) {
    min-block-size: 24px;
    min-inline-size: 24px;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

/** Of panels whose parts stand below each other. */
export const stacked = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    align-content: start;
    gap: var(--wa-space-s);
  }
`;

/** Of panels with a heading and what changes their view beside it. */
export const headed = css`
  .head,
  .controls {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--wa-space-2xs) var(--wa-space-s);
    min-block-size: 2rem;
  }
  .controls {
    margin-inline-start: auto;
    font-size: var(--wa-font-size-s);
  }
`;

/** Of figures: a caption line, in which the title stands, above the picture. */
export const captioned = css`
  figure {
    margin: 0;
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--wa-space-2xs);
  }
  figcaption {
    display: flex;
    align-items: center;
    gap: var(--wa-space-xs);
    min-block-size: 1.75rem;
  }
  .title {
    font-size: var(--wa-font-size-s);
    font-weight: var(--wa-font-weight-semibold);
  }
`;
