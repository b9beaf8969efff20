import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/icon/icon.js";
import "@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js";
import { css, html, LitElement, nothing } from "lit";
import { formatNumber } from "../../../charts/numbers";
import { SessionController } from "../../session/controller";
import { nameRun, networkTitles } from "../../session/describe";
import type { Run } from "../../session/run";
import type { Session } from "../../session/session";
import { shared, stacked } from "../../styles";
import { renderWarning } from "../../warning";
import type { MeasuredRows } from "../../worker/protocol";
import { namesOfSets } from "./placement";
import { type Candidates, candidatesOf, readPlaces } from "./reading";
import "./recorded-study";
import { renderResults, resultStyles } from "./results";

/** A measurement that goes on. */
interface Measuring {
  readonly runs: readonly Run[];
  readonly percent: number;
}

/** What has been measured, and of whom. */
interface Measured {
  readonly runs: readonly Run[];
  readonly rows: MeasuredRows;
}

/** Where trained networks stand between matching and fitting, and which rules of calculus they keep. */
export class Laboratory extends LitElement {
  static override properties = {
    session: { attribute: false },
    measured: { state: true },
    measuring: { state: true },
    problem: { state: true },
  };
  declare session: Session;
  declare measured: Measured | undefined;
  declare measuring: Measuring | undefined;
  declare problem: string;

  #end: (() => void) | undefined;

  constructor() {
    super();
    this.problem = "";
    new SessionController(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#end = this.session.on("measuring", ({ done, planned }) => {
      if (this.measuring) this.measuring = { ...this.measuring, percent: (100 * done) / planned };
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end?.();
  }

  override render() {
    const candidates = candidatesOf(this.session.runs);
    const { gpu } = this.session;
    const busy = this.measuring !== undefined;
    return html`
      <div class="head">
        <h2>Laboratory</h2>
        <p class="quiet">
          Has a network learnt to differentiate, or to recognise six functions? Two classical opponents mark the ends:
          local least squares knows no function, the matcher Moler’s twelve curves, ±x to ±cos πx, and nothing else.
          Everyone is asked the same curves, and about rules of calculus that hold for whatever function.
        </p>
      </div>
      <div class="row">
        <wa-button
          size="s"
          variant="brand"
          ?disabled=${gpu.state !== "ready" || candidates.runs.length === 0 || busy}
          @click=${() => this.#measure(candidates.runs)}
        >
          <wa-icon slot="start" name="play"></wa-icon>Measure my networks
        </wa-button>
        <p class="quiet" role="status">${this.#status(candidates)}</p>
      </div>
      ${
        this.measuring === undefined
          ? nothing
          : html`<wa-progress-bar label="Measuring" value=${this.measuring.percent.toFixed(0)}></wa-progress-bar>`
      }
      ${
        this.problem === ""
          ? nothing
          : renderWarning("The networks could not be measured.", `${this.problem}.`)
      }
      ${this.measured ? this.#renderMeasured(this.measured) : nothing}
      <fx-recorded-study></fx-recorded-study>
    `;
  }

  /** Who would be measured, or why nobody can be. */
  #status({ runs, missing }: Candidates): string {
    if (this.session.gpu.state === "unavailable")
      return "There is no GPU here that networks could answer on. What was recorded elsewhere stands below.";
    if (this.measuring) return `Measuring ${nameRuns(this.measuring.runs)} …`;
    if (runs.length === 0)
      return "No network has been trained in this browser yet: train one, then measure it here.";
    const without = missing.map((network) => `No ${networkTitles[network]} was trained on the same curves.`);
    return [`${capital(nameRuns(runs))}.`, ...without].join(" ");
  }

  #renderMeasured({ runs, rows }: Measured) {
    const [{ experiment }] = runs;
    const { samples, noise } = experiment.data;
    const conditions = [{ condition: "as trained", ...rows }];
    return html`
      <h3>Your networks</h3>
      <p class="quiet">
        ${capital(nameRuns(runs))}: curves of ${samples} samples in noise of ${formatNumber(noise)}, as in their training;
        Moler’s six are the run’s own test curves. The noise floor is what the exact derivative itself would score in
        that noise.
      </p>
      ${readPlaces(rows.sets, namesOfSets(conditions).shown).map((sentence) => html`<p class="reading">${sentence}</p>`)}
      ${renderResults(conditions, "your networks")}
    `;
  }

  async #measure(runs: readonly Run[]): Promise<void> {
    const [{ experiment, test }] = runs;
    this.measuring = { runs, percent: 0 };
    this.problem = "";
    try {
      const networks = runs.flatMap(({ id, experiment: { network }, outcome }) => {
        const model = outcome?.trained?.model;
        return model ? [{ name: network, run: id, model }] : [];
      });
      const rows = await this.session.ask({ kind: "measure", networks, data: experiment.data, test });
      this.measured = { runs, rows };
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      this.measuring = undefined;
    }
  }

  static override styles = [
    shared,
    stacked,
    resultStyles,
    css`
      .head {
        display: grid;
        gap: var(--wa-space-2xs);
        max-width: 46rem;
      }
      wa-progress-bar {
        --track-height: 4px;
      }
      .row .quiet {
        overflow-wrap: anywhere;
      }
      fx-recorded-study {
        margin-block-start: var(--wa-space-m);
      }
    `,
  ];
}

/** "CNN of run 1 and BiLSTM of run 2" */
const nameRuns = (runs: readonly Run[]): string =>
  runs.map((run) => `${networkTitles[run.experiment.network]} of ${nameRun(run)}`).join(" and ");

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

customElements.define("fx-laboratory", Laboratory);

declare global {
  interface HTMLElementTagNameMap {
    "fx-laboratory": Laboratory;
  }
}
