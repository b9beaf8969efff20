import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/callout/callout.js";
import "@awesome.me/webawesome/dist/components/icon/icon.js";
import "@awesome.me/webawesome/dist/components/radio/radio.js";
import "@awesome.me/webawesome/dist/components/radio-group/radio-group.js";
import { css, html, LitElement, nothing } from "lit";
import type { Experiment, StepProfile } from "../../index";
import { formatNumber } from "../charts/numbers";
import { SessionController } from "../session/controller";
import { describeAdapter, networkTitles } from "../session/describe";
import type { Session } from "../session/session";
import { shared, stacked } from "../styles";
import { inOrder, type Order, type ProfiledKernel, type Rates, ratesOf, totalOf } from "./kernel-rates";

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
          ?loading=${this.measuring}
          @click=${this.#measure}
        >
          <wa-icon slot="start" name="play"></wa-icon>Measure
        </wa-button>
        <p class="quiet" role="status">${this.#status()}</p>
      </div>
      ${
        this.problem === ""
          ? nothing
          : html`<wa-callout variant="warning" size="s">
              <wa-icon slot="icon" name="warning"></wa-icon>
              <strong>The kernels could not be measured.</strong> ${this.problem}.
            </wa-callout>`
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
    const total = totalOf(kernels);
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
      <p class="quiet notes">
        ${clockNotes[clock]} MB are bytes of every buffer that a kernel reads and of every buffer it writes; GFLOP are
        counted for matrix products alone. “Of peak” is the nearer of the two peaks; more than 100 % of memory is what
        caches give.
      </p>
      <div class="scroll" tabindex="0" role="region" aria-label="Kernels of a training step">
        <table>
          <thead>
            <tr>
              <th scope="col">Kernel</th>
              <th scope="col" class="figure">Dispatches</th>
              <th scope="col" class="figure">ms</th>
              <th scope="col" class="share">Share</th>
              <th scope="col" class="figure">GFLOP</th>
              <th scope="col" class="figure">MB</th>
              <th scope="col" class="figure">GFLOP/s</th>
              <th scope="col" class="figure">GB/s</th>
              <th scope="col" class="peak">Of peak</th>
            </tr>
          </thead>
          <tbody>
            ${inOrder(kernels, this.order).map((kernel) =>
              row(kernel.label, kernel, ratesOf(kernel, peak), bar(kernel.share, longest)),
            )}
          </tbody>
          <tfoot>
            ${row("All kernels", total, ratesOf(total, peak), percent(total.share))}
            ${row("A step, as in training", { ...total, ms: msPerStep }, ratesOf({ ...total, ms: msPerStep }, peak), nothing)}
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
      tbody th,
      tfoot th {
        white-space: nowrap;
      }
      tfoot :is(th, td) {
        font-weight: var(--wa-font-weight-semibold);
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
      .peak {
        white-space: nowrap;
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

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** A property, not an attribute: the page's policy allows no inline styles. */
const bar = (share: number, longest: number) => html`
  <div class="bar">
    <span class="length" .style=${`--share: ${longest > 0 ? (100 * share) / longest : 0}%`}></span>
    <span class="figure">${percent(share)}</span>
  </div>
`;

function row(
  label: string,
  { dispatches, ms, flops, bytes }: Omit<ProfiledKernel, "label" | "share">,
  { gflops, gbps, peak }: Rates,
  share: unknown,
) {
  const number = (value: number | undefined) => (value === undefined ? "–" : formatNumber(value, 3));
  return html`
    <tr>
      <th scope="row">${label}</th>
      <td class="figure">${dispatches}</td>
      <td class="figure">${ms > 0 ? number(ms) : "< 0.1"}</td>
      <td class="figure">${share}</td>
      <td class="figure">${flops > 0 ? number(flops / 1e9) : "–"}</td>
      <td class="figure">${number(bytes / 1e6)}</td>
      <td class="figure">${number(gflops)}</td>
      <td class="figure">${number(gbps)}</td>
      <td class="peak">${peak ? `${percent(peak.share)} ${peak.of}` : "–"}</td>
    </tr>
  `;
}

customElements.define("fx-kernels", Kernels);

declare global {
  interface HTMLElementTagNameMap {
    "fx-kernels": Kernels;
  }
}
