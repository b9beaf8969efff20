import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/icon/icon.js";
import "@awesome.me/webawesome/dist/components/option/option.js";
import "@awesome.me/webawesome/dist/components/select/select.js";
import { css, html, LitElement, nothing } from "lit";
import { defaultCurveOptions, type NetworkName, networkNames, randomGrid } from "../../../calculus";
import { styleOf } from "../../../charts/experiment";
import "../../charts/chart";
import { formatNumber } from "../../../charts/numbers";
import type { ChartSpec } from "../../../charts/spec";
import { SessionController } from "../../session/controller";
import { describeRun, nameRun, networkTitles } from "../../session/describe";
import type { Run } from "../../session/run";
import type { Session } from "../../session/session";
import { shared } from "../../styles";
import {
  type Answer,
  answersData,
  answersSpec,
  opponentAnswers,
  readAnswers,
  scored,
  zeroScore,
} from "./answers";
import { Inquiry } from "./inquiry";
import { repetition, type Sampled, sampleCurve } from "./samples";
import "./source";
import type { ChosenCurve } from "./source";

const noises = [0, 1e-4, 1e-3, 1e-2, 1e-1] as const;

/** What was asked last: everything shown is about it. */
interface Asked {
  readonly chosen: ChosenCurve;
  readonly noise: number;
  readonly grid: number;
  readonly runs: readonly Run[];
  /** One for each number of samples that is asked about, the largest first. */
  readonly sampled: readonly Sampled[];
}

type ChangeEvent = Event & { readonly currentTarget: HTMLElement & { readonly value: unknown } };

/** Asks trained networks for the derivative of the visitor's own function, beside the truth and least squares. */
export class YourFunction extends LitElement {
  static override properties = {
    session: { attribute: false },
    chosen: { state: true },
    noise: { state: true },
    grid: { state: true },
    preferred: { state: true },
  };
  declare session: Session;
  declare chosen: ChosenCurve | undefined;
  declare noise: number;
  declare grid: number;
  /** Runs that were chosen instead of the latest. */
  declare preferred: ReadonlyMap<NetworkName, string>;

  readonly #inquiry = new Inquiry(
    () => this.session,
    () => {
      this.#collect();
      this.requestUpdate();
    },
  );
  #asked: Asked | undefined;
  #answers: readonly Answer[] = [];
  #spec: ChartSpec = answersSpec([]);
  #stale = false;
  #points: { readonly key: string; readonly xs: readonly number[] } = { key: "", xs: [] };

  constructor() {
    super();
    this.noise = defaultCurveOptions.noise;
    this.grid = 1;
    this.preferred = new Map();
    new SessionController(this);
  }

  override willUpdate(): void {
    const runs = this.#runs();
    const sizes = sizesOf(runs);
    const key = [this.grid, ...sizes].join();
    if (key !== this.#points.key)
      this.#points = { key, xs: sizes.flatMap((samples) => [...randomGrid(samples, this.grid, repetition)]) };
    const { chosen, noise, grid } = this;
    const asked = this.#asked;
    // A new grid is taken once the source has found the function sound on it.
    if (
      chosen &&
      (asked?.chosen !== chosen ||
        asked.noise !== noise ||
        asked.runs.some((run, i) => run.id !== runs[i]?.id) ||
        asked.runs.length !== runs.length)
    )
      this.#ask({
        chosen,
        noise,
        grid,
        runs,
        sampled: sizes.map((samples) => sampleCurve(chosen.curve, { samples, noise, grid })),
      });
  }

  override updated(): void {
    if (!this.#stale || !this.#asked) return;
    this.#stale = false;
    this.renderRoot.querySelector("fx-chart")?.setData(answersData(this.#asked.chosen.curve, this.#answers));
  }

  override render() {
    return html`
      <div class="layout">
        <div class="asking">
          <fx-function-source
            .points=${this.#points.xs}
            @fx-curve=${(event: CustomEvent<ChosenCurve>) => {
              this.chosen = event.detail;
            }}
          ></fx-function-source>
          ${this.#renderSampling()} ${networkNames.map((network) => this.#renderChoice(network))}
        </div>
        ${this.#asked ? this.#renderAnswers(this.#asked) : nothing}
      </div>
    `;
  }

  #renderSampling() {
    return html`
      <div class="sampling">
        <wa-select
          label="Noise on the samples"
          size="s"
          value=${String(this.noise)}
          @change=${(event: ChangeEvent) => {
            this.noise = Number(event.currentTarget.value);
          }}
        >
          ${noises.map(
            (noise) => html`
              <wa-option value=${String(noise)}>
                ${formatNumber(noise)}${noise === defaultCurveOptions.noise ? " (training)" : nothing}
              </wa-option>`,
          )}
        </wa-select>
        <wa-button
          size="s"
          appearance="outlined"
          @click=${() => {
            this.grid++;
          }}
        >
          <wa-icon slot="start" name="next"></wa-icon>New grid
        </wa-button>
      </div>
    `;
  }

  #renderChoice(network: NetworkName) {
    const candidates = this.#candidates(network);
    const title = networkTitles[network];
    if (candidates.length === 0)
      return html`<p class="quiet">No ${title} has been trained in this browser yet: train one, and it answers here.</p>`;
    if (candidates.length === 1) return nothing;
    return html`
      <wa-select
        label="${title} that is asked"
        size="s"
        .value=${this.#runOf(network)?.id ?? ""}
        @change=${(event: ChangeEvent) => {
          this.preferred = new Map(this.preferred).set(network, String(event.currentTarget.value));
        }}
      >
        ${candidates.map((run) => html`<wa-option value=${run.id}>${describeRun(run)}</wa-option>`)}
      </wa-select>
    `;
  }

  #renderAnswers(asked: Asked) {
    const { chosen, noise, grid } = asked;
    return html`
      <div class="answers">
        <div class="function">${chosen.lines.map((line) => html`<p>${line}</p>`)}</div>
        <fx-chart .spec=${this.#spec}></fx-chart>
        <p class="reading">${readAnswers(this.#answers)}</p>
        ${this.#renderTable(asked)}
        <p class="quiet">
          Every method sees samples of f at random places (grid ${grid}), with Gaussian noise of standard deviation
          ${formatNumber(noise)}, and answers with f′ there. Least squares fits a cubic to 13 neighbouring samples. The
          matcher answers with the derivative of the nearest of ±x, ±x², ±x³, ±x⁴, ±sin πx and ±cos πx: a network that
          knows patterns alone would do the same. The noise floor is the exact answer with the noise of the samples.
        </p>
      </div>
    `;
  }

  #renderTable({ runs, sampled, noise }: Asked) {
    return html`
      <div class="scroll">
        <table>
          <caption>
            RMSE per point against the true derivative
          </caption>
          <thead>
            <tr>
              <th scope="col">Answer</th>
              <th scope="col" class="figure">Samples</th>
              <th scope="col" class="figure">RMSE</th>
            </tr>
          </thead>
          <tbody>
            ${this.#answers.map(({ name, sampled: { samples }, rmse }) => row(name, samples, score(rmse)))}
            ${runs.map((run) => this.#renderWaiting(run))}
            ${sampled.map((each) => row("predict zero", each.samples, score(zeroScore(each))))}
            ${sampled.map(({ samples }) => row("noise floor", samples, score(noise)))}
          </tbody>
        </table>
      </div>
    `;
  }

  #renderWaiting(run: Run) {
    const reply = this.#inquiry.replies.get(run.id);
    switch (reply?.state) {
      case "asking":
        return row(nameAnswer(run), run.experiment.data.samples, "asking …");
      case "failed":
        return html`
          <tr>
            <th scope="row">${nameAnswer(run)}</th>
            <td colspan="2" class="failed">
              <span><wa-icon name="warning"></wa-icon> ${reply.message}</span>
              <wa-button size="s" appearance="outlined" @click=${() => this.#askAgain()}>Ask again</wa-button>
            </td>
          </tr>
        `;
      case "answered":
      case undefined:
        return nothing;
      default:
        throw new RangeError(`unknown reply ${JSON.stringify(reply satisfies never)}`);
    }
  }

  #ask(asked: Asked): void {
    this.#asked = asked;
    this.#inquiry.ask(
      asked.runs.flatMap((run) => {
        const sampled = sampledFor(run, asked);
        return sampled ? [{ run, sampled }] : [];
      }),
    );
    this.#collect();
  }

  #askAgain(): void {
    if (this.#asked) this.#ask(this.#asked);
    this.requestUpdate();
  }

  /** What has been answered so far. */
  #collect(): void {
    if (!this.#asked) return;
    const asked = this.#asked;
    const learnt = asked.runs.flatMap((run) => {
      const reply = this.#inquiry.replies.get(run.id);
      const own = sampledFor(run, asked);
      if (reply?.state !== "answered" || !own) return [];
      return [
        scored({
          name: nameAnswer(run),
          ...styleOf(run.experiment.network),
          sampled: own,
          values: reply.values,
        }),
      ];
    });
    this.#answers = [...opponentAnswers(asked.sampled), ...learnt];
    this.#spec = answersSpec(this.#answers);
    this.#stale = true;
  }

  /** Finished runs of this browser whose network is there, the latest first. */
  #candidates(network: NetworkName): readonly Run[] {
    return this.session.runs
      .filter(({ experiment, outcome }) => experiment.network === network && outcome?.trained?.model)
      .toReversed();
  }

  #runOf(network: NetworkName): Run | undefined {
    const candidates = this.#candidates(network);
    return candidates.find(({ id }) => id === this.preferred.get(network)) ?? candidates[0];
  }

  #runs(): readonly Run[] {
    return networkNames.flatMap((network) => this.#runOf(network) ?? []);
  }

  /** What is asked on the left, the answers beside it; below each other where there is no room. */
  static override styles = [
    shared,
    css`
      :host {
        container-type: inline-size;
      }
      .layout {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--wa-space-l);
        align-items: start;
      }
      .asking,
      .answers {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--wa-space-s);
      }
      .sampling {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: var(--wa-space-xs);
      }
      .sampling wa-select {
        flex: 1 1 10rem;
      }
      .function {
        font-family: var(--fx-mono);
        font-size: var(--wa-font-size-s);
        overflow-wrap: anywhere;
      }
      .reading {
        font-weight: var(--wa-font-weight-semibold);
      }
      table {
        max-width: 44rem;
      }
      .failed span {
        margin-inline-end: var(--wa-space-xs);
        color: var(--wa-color-danger-on-quiet);
        overflow-wrap: anywhere;
      }
      @container (min-width: 50rem) {
        .layout {
          grid-template-columns: 20rem minmax(0, 1fr);
        }
      }
    `,
  ];
}

/** Each number of samples that the runs' networks take, the largest first; without runs, what training begins with. */
function sizesOf(runs: readonly Run[]): readonly number[] {
  const sizes = new Set(runs.map(({ experiment }) => experiment.data.samples));
  return sizes.size === 0 ? [defaultCurveOptions.samples] : [...sizes].sort((a, b) => b - a);
}

const sampledFor = ({ experiment }: Run, { sampled }: Asked): Sampled | undefined =>
  sampled.find(({ samples }) => samples === experiment.data.samples);

const nameAnswer = (run: Run): string => `${networkTitles[run.experiment.network]}, ${nameRun(run)}`;

const score = (rmse: number): string => (Number.isFinite(rmse) ? formatNumber(rmse, 3) : "not finite");

const row = (name: string, samples: number, value: string) => html`
  <tr>
    <th scope="row">${name}</th>
    <td class="figure">${samples}</td>
    <td class="figure">${value}</td>
  </tr>
`;

customElements.define("fx-your-function", YourFunction);

declare global {
  interface HTMLElementTagNameMap {
    "fx-your-function": YourFunction;
  }
}
