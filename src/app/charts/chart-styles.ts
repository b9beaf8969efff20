import { css, unsafeCSS } from "lit";
import plot from "uplot/dist/uPlot.min.css?inline";
import { captioned } from "../styles";

export const chartStyles = [
  unsafeCSS(plot),
  captioned,
  css`
    figcaption {
      flex-wrap: wrap;
      row-gap: 0;
      overflow-wrap: anywhere;
    }
    .compact figcaption {
      justify-content: center;
      min-block-size: 0;
    }
    .tools {
      display: flex;
      margin-inline-start: auto;
    }
    .surface {
      position: relative;
      block-size: var(--fx-chart-height);
      min-inline-size: 0;
      overflow: hidden;
    }
    .surface[hidden] {
      display: none;
    }
    .surface:focus-visible {
      outline: var(--wa-focus-ring);
      outline-offset: 1px;
    }
    .u-hz .u-cursor-x {
      border-color: var(--fx-axis);
    }
    .u-select {
      background: var(--fx-axis);
      opacity: 0.2;
    }
    .table {
      max-block-size: var(--fx-chart-height);
      overflow: auto;
    }
    .table thead th {
      position: sticky;
      inset-block-start: 0;
      background: var(--wa-color-surface-default);
    }
    /* Columns, so that values come and go without moving anything. */
    .legend {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(max(10rem, 20%), 1fr));
      gap: 0 var(--wa-space-xs);
      margin: 0;
      padding: 0;
      list-style: none;
      font-size: var(--wa-font-size-xs);
    }
    .legend li {
      display: flex;
      align-items: center;
      gap: var(--wa-space-2xs);
      min-width: 0;
      overflow-wrap: anywhere;
    }
    .swatch {
      flex: none;
      overflow: visible;
    }
    .value,
    .fixed {
      font-family: var(--fx-mono);
      font-variant-numeric: tabular-nums;
      white-space: nowrap;
    }
    .cursor:has(.value:empty) {
      visibility: hidden;
    }
  `,
];
