import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/checkbox/checkbox.js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { classMap } from "lit/directives/class-map.js";
import { repeat } from "lit/directives/repeat.js";
import { figure } from "../../calculus";
import { SessionController } from "../session/controller";
import {
  describeEnding,
  describeOptions,
  describeSeconds,
  nameRun,
  networkTitles,
  presetTitles,
} from "../session/describe";
import type { Run } from "../session/run";
import type { Session } from "../session/session";
import { mostRuns } from "../session/store";
import { shared } from "../styles";
import { answer, type Pair, pairOf } from "./question";

/** Every run there is, and what the networks' scores say to "image or sound?". */
export class Runs extends LitElement {
  static override properties = { session: { attribute: false }, leaving: { state: true } };
  declare session: Session;
  /** The run that would be deleted, while the visitor is asked. */
  declare leaving: string | undefined;

  #asked:
    | { readonly runs: readonly Run[]; readonly recorded: readonly Run[]; readonly answer: TemplateResult }
    | undefined;

  constructor() {
    super();
    new SessionController(this, "progress");
  }

  override render() {
    const runs = this.session.all.toReversed();
    if (runs.length === 0)
      return html`<p class="quiet">No run yet. Train a network: it stands here when it has finished.</p>`;
    const lowest = Math.min(...runs.map(({ outcome }) => outcome?.trained?.evaluation.rmse ?? Infinity));
    return html`
      <p class="quiet">
        RMSE per point against the clean derivative on the run’s own test curves; ▼ marks the lowest. This browser keeps
        the latest ${mostRuns} runs.
      </p>
      <div class="scroll" tabindex="0" role="region" aria-label="Table of runs">
        <table>
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Network</th>
              <th scope="col">Other options</th>
              <th scope="col" class="figure">Seed</th>
              <th scope="col" class="figure">RMSE</th>
              <th scope="col" class="figure">Predict zero</th>
              <th scope="col" class="figure">Iterations</th>
              <th scope="col" class="figure">Time</th>
              <th scope="col">Ended</th>
              <th scope="col">Compare</th>
              <th scope="col">Actions</th>
            </tr>
          </thead>
          <tbody>
            ${repeat(
              runs,
              ({ id }) => id,
              (run) => this.#row(run, lowest),
            )}
          </tbody>
        </table>
      </div>
      <section aria-labelledby="question">
        <h2 id="question">Image or sound?</h2>
        ${this.#question()}
      </section>
    `;
  }

  /** Answered anew when there are other runs, not with every iteration of one under way. */
  #question(): TemplateResult {
    const { runs, recorded } = this.session;
    if (this.#asked?.runs === runs && this.#asked.recorded === recorded) return this.#asked.answer;
    const pair = pairOf([...recorded, ...runs]);
    const answer = pair
      ? describePair(pair)
      : html`<p class="quiet">
          Train a CNN and a BiLSTM on the same curves (the same preset and seed): this asks, as Moler did, whether a
          derivative is more like an image or a sound.
        </p>`;
    this.#asked = { runs, recorded, answer };
    return answer;
  }

  #row(run: Run, lowest: number) {
    const { session } = this;
    const { settings, experiment, outcome, facts } = run;
    const { seed: _, ...options } = settings.options;
    const shown = session.selected?.id === run.id;
    const last = run.history.at(-1);
    const rmse = outcome?.trained?.evaluation.rmse;
    return html`
      <tr class=${classMap({ shown })} aria-current=${shown ? "true" : nothing}>
        <th scope="row">${nameRun(run)}</th>
        <td class=${settings.network}>${networkTitles[settings.network]}, ${presetTitles[settings.preset]}</td>
        <td class="options">${describeOptions(options) || "–"}</td>
        <td class="figure">${experiment.data.seed}</td>
        <td class="figure">
          ${
            rmse === undefined
              ? "–"
              : rmse === lowest
                ? html`<strong>▼ ${figure(rmse)}<span class="visually-hidden"> lowest</span></strong>`
                : figure(rmse)
          }
        </td>
        <td class="figure">${figure(facts.zero.rmse)}</td>
        <td class="figure">${outcome?.result.iterations ?? last?.iteration ?? 0}</td>
        <td class="figure">${describeSeconds(outcome?.result.seconds ?? last?.seconds ?? 0)}</td>
        <td class="ended">
          ${outcome ? describeEnding(run, outcome) : "under way"}${run.recorded === undefined ? nothing : html`<br /><span class="quiet">${run.recorded}</span>`}
        </td>
        <td>
          <wa-checkbox
            size="s"
            .checked=${session.compared.has(run.id)}
            ?disabled=${shown}
            @change=${(event: Event) => session.compare(run.id, (event.currentTarget as HTMLInputElement).checked)}
          >
            <span class="visually-hidden">Draw ${calledAloud(run)} beside the shown run</span>
          </wa-checkbox>
        </td>
        <td>${this.#actions(run, shown)}</td>
      </tr>
    `;
  }

  #actions(run: Run, shown: boolean) {
    const { session } = this;
    const name = calledAloud(run);
    if (this.leaving === run.id)
      return html`
        <div class="actions">
          <wa-button id="leave" size="xs" variant="danger" @click=${() => this.#delete(run)}>
            Delete ${name}
          </wa-button>
          <wa-button size="xs" appearance="outlined" @click=${() => this.#ask(undefined)}>Keep</wa-button>
        </div>
      `;
    return html`
      <div class="actions">
        <wa-button class="show" size="xs" appearance="outlined" ?disabled=${shown} @click=${() => session.select(run.id)}>
          ${shown ? "Shown" : "Show"}<span class="visually-hidden"> ${name}</span>
        </wa-button>
        <wa-button size="xs" appearance="outlined" @click=${() => session.adopt(run.settings)}>
          Use settings<span class="visually-hidden"> of ${name}</span>
        </wa-button>
        ${
          run.outcome && run.recorded === undefined
            ? html`
                <wa-button size="xs" appearance="plain" title=${`Delete ${name}`} @click=${() => this.#ask(run.id)}>
                  <wa-icon name="trash" label=${`Delete ${name}`}></wa-icon>
                </wa-button>
              `
            : nothing
        }
      </div>
    `;
  }

  async #ask(id: string | undefined): Promise<void> {
    this.leaving = id;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("#leave")?.focus();
  }

  #delete({ id }: Run): void {
    this.leaving = undefined;
    void this.session.deleteRun(id);
    this.renderRoot.querySelector<HTMLElement>(".scroll")?.focus();
  }

  static override styles = [
    shared,
    css`
      td,
      th {
        vertical-align: middle;
      }
      tr.shown {
        background: var(--wa-color-brand-fill-quiet);
      }
      tr.shown th {
        font-weight: var(--wa-font-weight-semibold);
        box-shadow: inset 3px 0 var(--wa-color-brand-border-loud);
      }
      tbody th {
        white-space: nowrap;
      }
      .options {
        min-width: 6rem;
        max-width: 24rem;
        overflow-wrap: anywhere;
      }
      .ended {
        min-width: 9rem;
        max-width: 18rem;
        overflow-wrap: anywhere;
      }
      .ended .quiet {
        font-size: var(--wa-font-size-xs);
      }
      .actions {
        display: flex;
        gap: var(--wa-space-2xs);
        white-space: nowrap;
      }
      /* "Shown" is as wide as "Show". */
      .show {
        min-width: 4.5rem;
      }
      .cnn,
      .bilstm {
        white-space: nowrap;
      }
      .cnn::before,
      .bilstm::before {
        content: "";
        display: inline-block;
        width: 0.6em;
        height: 0.6em;
        margin-inline-end: var(--wa-space-2xs);
        background: var(--fx-cnn);
      }
      .bilstm::before {
        border-radius: 50%;
        background: var(--fx-bilstm);
      }
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--wa-space-xs);
        margin-block-start: var(--wa-space-l);
        max-width: 50rem;
      }
    `,
  ];
}

function describePair(pair: Pair) {
  const { cnn, bilstm } = pair;
  const [a, b] = [cnn.outcome.trained.evaluation, bilstm.outcome.trained.evaluation];
  const rows = [
    ...Object.keys(a.rmsePerFunction).map((name) => ({
      name,
      cnn: a.rmsePerFunction[name],
      bilstm: b.rmsePerFunction[name],
      zero: cnn.facts.zero.rmsePerFunction[name],
    })),
    { name: "all", cnn: a.rmse, bilstm: b.rmse, zero: cnn.facts.zero.rmse },
  ];
  return html`
    <p>${answer(pair)}</p>
    <p class="quiet">RMSE per point for each function; ▼ marks the lower of the two networks.</p>
    <div class="scroll" tabindex="0" role="region" aria-label="RMSE for each function">
      <table>
        <thead>
          <tr>
            <th scope="col">Function</th>
            <th scope="col" class="figure">CNN, ${nameRun(cnn)}</th>
            <th scope="col" class="figure">BiLSTM, ${nameRun(bilstm)}</th>
            <th scope="col" class="figure">Predict zero</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) => html`
              <tr>
                <th scope="row">${row.name}</th>
                <td class="figure">${lower(row.cnn, row.bilstm)}</td>
                <td class="figure">${lower(row.bilstm, row.cnn)}</td>
                <td class="figure">${figure(row.zero)}</td>
              </tr>
            `,
          )}
        </tbody>
      </table>
    </div>
  `;
}

const lower = (value: number, other: number) =>
  value < other
    ? html`<strong>▼ ${figure(value)}<span class="visually-hidden"> lower</span></strong>`
    : figure(value);

/** Two runs came with the page: a name by itself must tell them apart. */
const calledAloud = (run: Run): string =>
  run.recorded === undefined ? nameRun(run) : `${nameRun(run)} ${networkTitles[run.settings.network]}`;

customElements.define("fx-runs", Runs);

declare global {
  interface HTMLElementTagNameMap {
    "fx-runs": Runs;
  }
}
