import "@awesome.me/webawesome/dist/components/button/button.js";
import { css, html, LitElement, nothing } from "lit";
import { plusMinus } from "../../../calculus";
import { keyAction } from "../../charts/keys";
import { renderSwatch } from "../../charts/legend";
import { captioned, shared } from "../../styles";
import { looks } from "./looks";
import { axisOf, type Mark, type PlacementGroup } from "./placement";
import { betweenOf, drawPlacement } from "./placement-picture";

/** So many rows have room for every name. */
const mostRoomy = 2;

/** Errors of networks and opponents on one logarithmic axis: as a picture, to be walked through by keys, or as a table. */
export class PlacementFigure extends LitElement {
  static override properties = {
    groups: { attribute: false },
    label: { type: String },
    table: { type: Boolean },
    at: { state: true },
    near: { state: true },
  };
  declare groups: readonly PlacementGroup[];
  /** Stands above the picture, and names it to screen readers. */
  declare label: string;
  declare table: boolean;
  /** The mark that the keys have reached. */
  declare at: number | null;
  /** Whether it has come into sight: many of them wait in folded parts of the page. */
  declare near: boolean;

  readonly #sight = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    this.near = true;
    this.#sight.disconnect();
  });

  constructor() {
    super();
    this.groups = [];
    this.label = "";
    this.table = false;
    this.at = null;
    this.near = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.near) this.#sight.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sight.disconnect();
  }

  override render() {
    if (!this.near) return nothing;
    const roomy = this.groups.flatMap(({ rows }) => rows).length <= mostRoomy;
    return html`
      <figure aria-label=${this.label}>
        <figcaption>
          <span class="title">${this.label}</span>
          <wa-button
            size="xs"
            appearance=${this.table ? "filled" : "plain"}
            aria-pressed=${this.table}
            @click=${() => {
              this.table = !this.table;
            }}
          >Table</wa-button>
        </figcaption>
        ${this.table ? this.#renderTable() : this.#renderPicture(roomy)}
        <div class="visually-hidden" aria-live="polite">${this.#said()}</div>
      </figure>
    `;
  }

  #renderPicture(roomy: boolean) {
    return html`
      <div
        class="surface"
        tabindex="0"
        role="application"
        aria-roledescription="chart"
        aria-label="${this.label}: arrow keys go from mark to mark"
        @keydown=${this.#pressed}
        @blur=${() => {
          this.at = null;
        }}
      >
        ${drawPlacement(this.groups, axisOf(this.groups), roomy, this.#marks()[this.at ?? -1]?.mark)}
      </div>
      ${roomy ? nothing : this.#renderLegend()}
      ${
        this.groups.some(({ rows }) => rows.some(betweenOf))
          ? html`<p class="quiet">
              Shaded: from local least squares to the matcher, on functions that the matcher does not know.
            </p>`
          : nothing
      }
    `;
  }

  #renderLegend() {
    return html`<ul class="legend">
      ${this.#predictors().map(
        ([, { title, color, marker }]) =>
          html`<li>${renderSwatch({ color, marker, width: 0 })}<span>${title}</span></li>`,
      )}
    </ul>`;
  }

  #renderTable() {
    const predictors = this.#predictors();
    return html`
      <div class="scroll" tabindex="0" role="region" aria-label="${this.label}, table">
        ${this.groups.map(
          ({ title, rows }) => html`
            <table>
              <caption>${title}</caption>
              <thead>
                <tr>
                  <th scope="col">Functions</th>
                  ${predictors.map(([, { title }]) => html`<th scope="col" class="figure">${title}</th>`)}
                </tr>
              </thead>
              <tbody>
                ${rows.map(
                  ({ label, marks }) => html`
                    <tr>
                      <th scope="row">${label}</th>
                      ${predictors.map(([predictor]) => {
                        const mark = marks.find((one) => one.predictor === predictor);
                        return html`<td class="figure">${mark ? plusMinus(mark.spread) : "–"}</td>`;
                      })}
                    </tr>
                  `,
                )}
              </tbody>
            </table>
          `,
        )}
      </div>
    `;
  }

  /** From top to bottom, and in each row from left to right. */
  #marks(): readonly { readonly row: string; readonly mark: Mark }[] {
    return this.groups.flatMap(({ title, rows }) =>
      rows.flatMap(({ label, marks }) => marks.map((mark) => ({ row: `${label}, ${title}`, mark }))),
    );
  }

  #predictors() {
    const present = new Set(this.#marks().map(({ mark }) => mark.predictor));
    return [...looks].filter(([predictor]) => present.has(predictor));
  }

  #pressed(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const last = this.#marks().length - 1;
    const action = keyAction(event.key, this.at, last + 1, [0, last]);
    if (action?.kind !== "move" && action?.kind !== "leave") return;
    event.preventDefault();
    event.stopPropagation();
    this.at = action.kind === "move" ? action.to : null;
  }

  #said(): string {
    const reached = this.#marks()[this.at ?? -1];
    return reached ? `${reached.row}: ${reached.mark.title} ${plusMinus(reached.mark.spread)}` : "";
  }

  static override styles = [
    shared,
    captioned,
    css`
      :host {
        min-block-size: 1px;
      }
      figcaption {
        justify-content: space-between;
      }
      .picture {
        display: block;
        font-size: 12px;
      }
      text {
        fill: var(--wa-color-text-normal);
      }
      .name {
        font-weight: var(--wa-font-weight-semibold);
        font-size: 13px;
      }
      .group {
        font-weight: var(--wa-font-weight-bold);
        font-size: 12px;
      }
      .group,
      .kind,
      .tick {
        fill: var(--wa-color-text-quiet);
      }
      .value {
        font-family: var(--fx-mono);
      }
      .grid {
        stroke: var(--fx-grid);
      }
      .axis {
        stroke: var(--fx-axis);
      }
      .between {
        fill: var(--fx-band);
        stroke: var(--fx-grid);
      }
      .spread {
        stroke-width: 2;
        opacity: 0.6;
      }
      .current {
        fill: none;
        stroke: var(--wa-color-text-normal);
        stroke-width: 1.5;
      }
      .legend {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--wa-space-m);
        margin: 0;
        padding: 0;
        list-style: none;
        font-size: var(--wa-font-size-xs);
      }
      .legend li {
        display: flex;
        align-items: center;
      }
    `,
  ];
}

customElements.define("fx-placement", PlacementFigure);

declare global {
  interface HTMLElementTagNameMap {
    "fx-placement": PlacementFigure;
  }
}
