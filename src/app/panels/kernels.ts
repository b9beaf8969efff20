import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/icon/icon.js";
import "@awesome.me/webawesome/dist/components/radio/radio.js";
import "@awesome.me/webawesome/dist/components/radio-group/radio-group.js";
import { css, html, LitElement, nothing } from "lit";
import type { Experiment } from "../../calculus";
import { formatNumber } from "../../charts/numbers";
import { type StepProfile, sumKernels } from "../../check";
import { SessionController } from "../session/controller";
import { describeAdapter, networkTitles } from "../session/describe";
import type { Session } from "../session/session";
import { shared, stacked } from "../styles";
import { renderWarning } from "../warning";
import {
  boundColumn,
  type Column,
  columns,
  inOrder,
  type Order,
  type Row,
  shareColumn,
} from "./kernel-columns";

/** Where the time of a training step goes, kernel by kernel. */
export class Kernels extends LitElement {
  static override properties = {
    session: { attribute: false },
    measured: { state: true },
    measuring: { state: true },
    problem: { state: true },
    order: { state: true },
  };
  declare session: Session;
  declare measured: { readonly experiment: Experiment; readonly profile: StepProfile } | undefined;
  declare measuring: boolean;
  declare problem: string;
  declare order: Order;

  constructor() {
    super();
    this.measuring = false;
    this.problem = "";
    this.order = "step";
    new SessionController(this);
  }

  override render() {
    const { gpu, experiment } = this.session;
    return html`
      <div class="head">
        <h2>Kernels</h2>
        <p class="quiet">
          Where the time of one training step goes. Times every kernel on its own, and then whole steps as a training
          makes them. A training under way waits meanwhile.
        </p>
      </div>
      <div class="row">
        <wa-button
          size="s"
          variant="brand"
          ?disabled=${gpu.state !== "ready" || !experiment || this.measuring}
          @click=${this.#measure}
        >
          <wa-icon slot="start" name="play"></wa-icon>Measure
        </wa-button>
        <p class="quiet" role="status">${this.#status()}</p>
      </div>
      ${
        this.problem === ""
          ? nothing
          : renderWarning("The kernels could not be measured.", `${this.problem}.`)
      }
      ${this.measured ? this.#results(this.measured) : nothing}
    `;
  }

  #status(): string {
    const { gpu, experiment } = this.session;
    if (gpu.state === "unavailable") return "There is no GPU device to measure.";
    if (!experiment) return "The chosen options cannot be trained.";
    if (this.measuring) return `Measuring ${describeStep(experiment)} …`;
    if (!this.measured) return `Chosen: ${describeStep(experiment)}.`;
    const same = JSON.stringify(this.measured.experiment) === JSON.stringify(experiment);
    return `Measured: ${describeStep(this.measured.experiment)}.${same ? "" : " The options have changed since."}`;
  }

  #results({ profile }: NonNullable<Kernels["measured"]>) {
    const { kernels, msPerStep, clock, peak } = profile;
    const { gpu } = this.session;
    const total = sumKernels(kernels);
    const longest = Math.max(...kernels.map(({ share }) => share));
    return html`
      <dl>
        ${figure("A step", `${formatNumber(msPerStep, 3)} ms`)}
        ${figure("Its kernels alone", `${formatNumber(total.ms, 3)} ms`)}
        ${figure("Peak arithmetic", `${formatNumber(peak.gflops, 3)} GFLOP/s`)}
        ${figure("Peak memory", `${formatNumber(peak.gbps, 3)} GB/s`)}
        ${figure("Adapter", gpu.state === "ready" ? describeAdapter(gpu.adapter) : "–")}
      </dl>
      <wa-radio-group
        label="Order of the kernels"
        orientation="horizontal"
        size="s"
        .value=${this.order}
        @change=${this.#reorder}
      >
        <wa-radio appearance="button" value="step">As in the step</wa-radio>
        <wa-radio appearance="button" value="time">Slowest first</wa-radio>
      </wa-radio-group>
      <p class="quiet notes">${clockNotes[clock]}</p>
      <details>
        <summary>What the columns say</summary>
        <dl class="meanings">
          ${columns.map(({ name, meaning }) => html`<dt>${name}</dt><dd>${meaning}</dd>`)}
        </dl>
      </details>
      <div class="scroll" tabindex="0" role="region" aria-label="Kernels of a training step">
        <table>
          <thead>
            <tr>
              <th scope="col">Kernel</th>
              ${columns.map(
                (column) =>
                  html`<th scope="col" class=${styleOf(column)} title=${column.meaning}>${column.name}</th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${inOrder(kernels, this.order).map((kernel) =>
              tableRow(kernel.label, kernel, bar(kernel, longest)),
            )}
          </tbody>
          <tfoot>
            ${tableRow("All kernels", { ...total, share: 1 })}
            ${tableRow("A step, as in training", sumKernels(kernels, msPerStep))}
          </tfoot>
        </table>
      </div>
    `;
  }

  async #measure(): Promise<void> {
    const { experiment } = this.session;
    if (!experiment) return;
    this.measuring = true;
    this.problem = "";
    try {
      this.measured = { experiment, profile: await this.session.ask({ kind: "profile", experiment }) };
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      this.measuring = false;
    }
  }

  #reorder(event: Event & { readonly target: HTMLElement & { readonly value: string } }): void {
    this.order = event.target.value === "time" ? "time" : "step";
  }

  static override styles = [
    shared,
    stacked,
    css`
      .notes {
        max-width: 60rem;
      }
      .head {
        display: grid;
        gap: var(--wa-space-2xs);
        max-width: 46rem;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: var(--wa-space-2xs) var(--wa-space-l);
        margin: 0;
      }
      dt {
        color: var(--wa-color-text-quiet);
        font-size: var(--wa-font-size-s);
      }
      dd {
        margin: 0;
        font-variant-numeric: tabular-nums;
        overflow-wrap: anywhere;
      }
      /* Long names wrap before figures are out of sight. */
      th[scope="row"] {
        min-inline-size: 9rem;
      }
      tfoot :is(th, td) {
        font-weight: var(--wa-font-weight-semibold);
      }
      details {
        max-width: 60rem;
        font-size: var(--wa-font-size-s);
      }
      summary {
        inline-size: fit-content;
        min-block-size: 24px;
        cursor: pointer;
      }
      .meanings {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        margin-block-start: var(--wa-space-2xs);
      }
      .share {
        min-width: 9rem;
      }
      .bar {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 3.5rem;
        align-items: center;
        gap: var(--wa-space-xs);
      }
      .bar .length {
        height: 0.625rem;
        width: var(--share);
        min-width: 1px;
        background: var(--fx-train);
      }
    `,
  ];
}

const clockNotes: Readonly<Record<StepProfile["clock"], string>> = {
  timestamps: "Times by the GPU’s own clock, of many runs; browsers round each reading to about 0.1 ms.",
  wall: "Times by the wall clock around each dispatch, for this adapter offers no timestamps: each is too long by the way to the GPU and back, best of several runs.",
};

/** "CNN, quick: batch 50, 50 samples". */
const describeStep = ({ network, preset, training, data }: Experiment): string =>
  `${networkTitles[network]} (${preset}), batch ${training.batch}, ${data.samples} samples a curve`;

const figure = (term: string, value: string) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`;

/** Figures end, and words begin, below each other. */
const styleOf = (column: Column): string =>
  column === boundColumn ? "" : column === shareColumn ? "figure share" : "figure";

/** A property, not an attribute: the page's policy allows no inline styles. */
const bar = (row: Row & { readonly share: number }, longest: number) => html`
  <div class="bar">
    <span class="length" .style=${`--share: ${longest > 0 ? (100 * row.share) / longest : 0}%`}></span>
    <span class="figure">${shareColumn.cell(row)}</span>
  </div>
`;

const tableRow = (label: string, row: Row, share: unknown = shareColumn.cell(row)) => html`
  <tr>
    <th scope="row">${label}</th>
    ${columns.map(
      (column) =>
        html`<td class=${styleOf(column)}>${column === shareColumn ? share : column.cell(row)}</td>`,
    )}
  </tr>
`;

customElements.define("fx-kernels", Kernels);

declare global {
  interface HTMLElementTagNameMap {
    "fx-kernels": Kernels;
  }
}
