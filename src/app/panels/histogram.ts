import { css, html, LitElement, type PropertyValues } from "lit";
import "../charts/chart";
import { formatNumber } from "../../charts/numbers";
import type { ChartSpec, ColorToken } from "../../charts/spec";
import { shared } from "../styles";
import { type Distribution, distributionOf } from "./distribution";

const bins = 40;

/** How the values of a tensor are distributed: bars, and the numbers that say it. */
export class Histogram extends LitElement {
  static override properties = {
    label: {},
    color: {},
    values: { attribute: false },
  };
  /** Stands above, and names the chart: "conv1.weight". */
  declare label: string;
  declare color: ColorToken;
  declare values: Float32Array;

  #distribution: Distribution | undefined;
  #spec: ChartSpec | undefined;

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("values")) this.#distribution = distributionOf(this.values, bins);
    const { min = 0, max = 0 } = this.#distribution ?? {};
    this.#spec = {
      title: this.label,
      x: {
        label: "value",
        ...(max > min && { range: [min, max] }),
        tickLabel: (value) => formatNumber(value, 2),
      },
      y: { label: "count" },
      series: [{ label: "count", color: this.color, bars: true }],
      height: 130,
      compact: true,
    };
  }

  override render() {
    const found = this.#distribution;
    if (!found) return html``;
    return html`
      ${
        found.counts.length > 0
          ? html`<fx-chart .spec=${this.#spec}></fx-chart>`
          : html`<p class="quiet">${this.label}: no finite value.</p>`
      }
      <dl>
        ${facts(found).map(([term, value, alarming]) => html`<div class=${alarming ? "alarming" : ""}><dt>${term}</dt><dd>${value}</dd></div>`)}
      </dl>
    `;
  }

  override updated(): void {
    const found = this.#distribution;
    if (found) this.renderRoot.querySelector("fx-chart")?.setData([found.middles, found.counts]);
  }

  static override styles = [
    shared,
    css`
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--wa-space-m);
        margin: var(--wa-space-2xs) 0 0;
        font-size: var(--wa-font-size-s);
      }
      dl > div {
        display: flex;
        align-items: baseline;
        gap: var(--wa-space-2xs);
      }
      dt {
        color: var(--wa-color-text-quiet);
      }
      dd {
        margin: 0;
        font-family: var(--fx-mono);
      }
      .alarming :is(dt, dd) {
        color: var(--wa-color-danger-on-quiet);
        font-weight: var(--wa-font-weight-bold);
      }
    `,
  ];
}

const facts = ({
  count,
  min,
  max,
  mean,
  deviation,
  zeros,
  nonFinite,
}: Distribution): readonly (readonly [term: string, value: string, alarming: boolean])[] => [
  ["count", String(count), false],
  ["min", formatNumber(min, 3), false],
  ["max", formatNumber(max, 3), false],
  ["mean", formatNumber(mean, 3), false],
  ["std", formatNumber(deviation, 3), false],
  ["zeros", String(zeros), false],
  ["not finite", String(nonFinite), nonFinite > 0],
];

customElements.define("fx-histogram", Histogram);

declare global {
  interface HTMLElementTagNameMap {
    "fx-histogram": Histogram;
  }
}
