import "@awesome.me/webawesome/dist/components/switch/switch.js";
import "@awesome.me/webawesome/dist/components/tag/tag.js";
import { css, html, LitElement, nothing } from "lit";
import "../charts/chart";
import type { ChartSpec } from "../../charts/spec";
import type { Chart } from "../charts/chart";
import { SessionController } from "../session/controller";
import type { Run } from "../session/run";
import type { Session } from "../session/session";
import { headed, shared, stacked } from "../styles";
import { iterationsEnd, progressData, progressSpec, type Traced } from "./progress-spec";
import { type Quantity, quantities, Trace } from "./progress-trace";

/** RMSE and loss over the iterations of the selected run, with those that are compared. */
export class ProgressPanel extends LitElement {
  static override properties = {
    session: { attribute: false },
    log: { state: true },
    smoothing: { state: true },
  };
  declare session: Session;
  declare log: boolean;
  declare smoothing: number;

  /** By the run's id. */
  readonly #traces = new Map<string, { readonly history: Run["history"]; readonly trace: Trace }>();
  #specs: { readonly key: string; readonly specs: Readonly<Record<Quantity, ChartSpec>> } | undefined;
  #selected = "";

  constructor() {
    super();
    this.log = false;
    this.smoothing = 0.9;
    new SessionController(this, "progress");
  }

  override render() {
    const { selected } = this.session;
    return html`
      <div class="head">
        <h2>Progress</h2>
        ${selected?.recorded === undefined ? nothing : html`<wa-tag size="s">recorded</wa-tag>`}
        ${selected ? this.#renderControls() : nothing}
      </div>
      ${
        selected
          ? quantities.map(
              (quantity) =>
                html`<fx-chart id=${quantity} .spec=${this.#specOf(selected, quantity)}></fx-chart>`,
            )
          : html`<p class="quiet">RMSE and loss of every iteration will be drawn here as soon as a network trains.</p>`
      }
    `;
  }

  #renderControls() {
    return html`<div class="controls">
      <label for="smoothing">Smoothing</label>
      <input
        id="smoothing"
        type="range"
        min="0"
        max="0.99"
        step="0.01"
        .value=${String(this.smoothing)}
        @input=${this.#smooth}
      />
      <span class="figure">${this.smoothing.toFixed(2)}</span>
      <wa-switch size="s" ?checked=${this.log} @change=${this.#switchLog}>Log y</wa-switch>
    </div>`;
  }

  override updated(): void {
    const id = this.session.selected?.id ?? "";
    if (id !== this.#selected) this.#charts()[0]?.resetZoom();
    this.#selected = id;
    this.#push();
  }

  #smooth(event: Event & { readonly target: HTMLInputElement }): void {
    this.smoothing = event.target.valueAsNumber;
  }

  #switchLog(event: Event & { readonly target: HTMLElement & { readonly checked: boolean } }): void {
    this.log = event.target.checked;
  }

  #charts(): readonly Chart[] {
    return [...this.renderRoot.querySelectorAll("fx-chart")];
  }

  /** Hands the charts what there is now. */
  #push(): void {
    const { selected } = this.session;
    if (!selected) return;
    const compared = this.#compared();
    const traced = this.#trace(selected);
    for (const chart of this.#charts())
      for (const quantity of quantities)
        if (chart.id === quantity) chart.setData(progressData(quantity, traced, compared));
    const drawn = new Set([traced, ...compared].map(({ run }) => run.id));
    for (const id of this.#traces.keys()) if (!drawn.has(id)) this.#traces.delete(id);
  }

  #compared(): readonly Traced[] {
    const { all, compared, selected } = this.session;
    return all.filter(({ id }) => compared.has(id) && id !== selected?.id).map((run) => this.#trace(run));
  }

  #trace(run: Run): Traced {
    const known = this.#traces.get(run.id);
    // A run that lost its device goes back to where it was saved, with another history.
    const going = known && known.history === run.history && known.trace.smoothing === this.smoothing;
    const trace = going ? known.trace : new Trace(this.smoothing);
    trace.follow(run.history);
    if (!going) this.#traces.set(run.id, { history: run.history, trace });
    return { run, trace };
  }

  /** The same object while nothing in it changes: another one makes the chart anew. */
  #specOf(selected: Run, quantity: Quantity): ChartSpec {
    const compared = this.#compared();
    const traced = this.#trace(selected);
    const end = iterationsEnd(traced, compared);
    const key = JSON.stringify([
      this.log,
      end,
      selected.id,
      selected.outcome !== undefined,
      compared.map(({ run }) => run.id),
    ]);
    if (this.#specs?.key !== key) {
      const spec = (each: Quantity) => progressSpec(each, this.log, end, traced, compared);
      this.#specs = { key, specs: { rmse: spec("rmse"), loss: spec("loss") } };
    }
    return this.#specs.specs[quantity];
  }

  static override styles = [
    shared,
    stacked,
    headed,
    css`
      input {
        inline-size: 7rem;
        block-size: 24px;
        margin: 0;
        accent-color: var(--wa-color-brand-fill-loud);
      }
    `,
  ];
}

customElements.define("fx-progress", ProgressPanel);

declare global {
  interface HTMLElementTagNameMap {
    "fx-progress": ProgressPanel;
  }
}
