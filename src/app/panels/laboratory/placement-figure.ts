import "@awesome.me/webawesome/dist/components/button/button.js";
import { css, html, LitElement, nothing } from "lit";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import { plusMinus } from "../../../calculus";
import { type Mark, predictorsOf } from "../../../charts/experiment";
import { drawRows, isNamed, type RowGroup, shading } from "../../../charts/rows";
import { keyAction } from "../../charts/keys";
import { renderSwatch } from "../../charts/legend";
import { captioned, shared } from "../../styles";

/** Errors of networks and opponents on one logarithmic axis: as a picture, to be walked through by keys, or as a table. */
export class PlacementFigure extends LitElement {
  static override properties = {
    groups: { attribute: false },
    label: { type: String },
    table: { type: Boolean },
    at: { state: true },
    near: { state: true },
  };
  declare groups: readonly RowGroup[];
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
        ${this.table ? this.#renderTable() : this.#renderPicture()}
        <div class="visually-hidden" aria-live="polite">${this.#said()}</div>
      </figure>
    `;
  }

  #renderPicture() {
    const { groups } = this;
    const label = "RMSE, logarithmic: better to the left";
    const current = this.#marks()[this.at ?? -1]?.mark;
    const shaded = shading(groups);
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
        ${unsafeHTML(drawRows({ groups, label, ...(current && { current }) }).text)}
      </div>
      ${isNamed(groups) ? nothing : this.#renderLegend()}
      ${shaded === undefined ? nothing : html`<p class="quiet">${shaded}</p>`}
    `;
  }

  #renderLegend() {
    return html`<ul class="legend">
      ${this.#predictors().map(
        ({ title, color, marker }) =>
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
                  ${predictors.map(({ title }) => html`<th scope="col" class="figure">${title}</th>`)}
                </tr>
              </thead>
              <tbody>
                ${rows.map(
                  ({ label, marks }) => html`
                    <tr>
                      <th scope="row">${label}</th>
                      ${predictors.map(({ predictor }) => {
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

  #predictors(): readonly Mark[] {
    return predictorsOf(this.#marks().map(({ mark }) => mark));
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
      .surface svg {
        display: block;
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
