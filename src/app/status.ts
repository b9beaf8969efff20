import "@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js";
import { css, html, LitElement } from "lit";
import type { Progress } from "../engine";
import { SessionController } from "./session/controller";
import { describeEnding, describeSeconds, nameRun } from "./session/describe";
import type { Run } from "./session/run";
import type { Session } from "./session/session";
import type { Phase } from "./session/state";
import { shared } from "./styles";

const phases = {
  idle: "ready",
  building: "compiling kernels …",
  running: "training",
  pausing: "pausing …",
  paused: "paused",
  stopping: "ending …",
  recovering: "opening another device …",
} as const satisfies Record<Phase, string>;

/** Where the run under way stands, or how the chosen one ended. */
export class Status extends LitElement {
  static override properties = { session: { attribute: false } };
  declare session: Session;

  /** The last validation found, and how far the history was searched for it. */
  #validated: {
    readonly history: readonly Progress[];
    readonly length: number;
    readonly rmse: number | undefined;
  } = { history: [], length: 0, rmse: undefined };

  constructor() {
    super();
    new SessionController(this, "progress");
  }

  /** Iterations come faster than a screen shows them. */
  protected override async scheduleUpdate(): Promise<void> {
    await new Promise(requestAnimationFrame);
    super.scheduleUpdate();
  }

  override render() {
    const { session } = this;
    // While the next run is built there is none: the one before has nothing to do with it.
    const run = session.busy ? session.active : session.selected;
    const done = run?.outcome?.result.iterations ?? run?.history.at(-1)?.iteration ?? 0;
    const planned = run?.facts.iterations ?? 0;
    const percent = planned > 0 ? (100 * done) / planned : 0;
    return html`
      <div class="bar">
        <p class="state">${this.#state(run)}</p>
        <wa-progress-bar
          label=${run ? `Iteration ${done} of ${planned}` : "No iteration yet"}
          value=${percent.toFixed(1)}
        ></wa-progress-bar>
      </div>
      <dl>
        ${this.#figures(run, done, planned).map(
          ([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
        )}
      </dl>
    `;
  }

  #state(run: Run | undefined): string {
    const { phase } = this.session;
    if (!run) return phases[phase];
    if (!run.outcome) return `${nameRun(run)}: ${phases[phase]}`;
    const { detail } = run.outcome.result;
    return `${nameRun(run)}: ${describeEnding(run, run.outcome)}${detail === undefined ? "" : ` (${detail})`}`;
  }

  #figures(run: Run | undefined, done: number, planned: number): readonly (readonly [string, string])[] {
    const { speed, active, phase } = this.session;
    const own = run !== undefined && run === active ? speed : undefined;
    const result = run?.outcome?.result;
    const last = run?.history.at(-1);
    const seconds = own?.seconds ?? result?.seconds ?? last?.seconds;
    const rate =
      own?.iterationsPerSecond ??
      (result && result.seconds > 0 ? result.iterations / result.seconds : undefined);
    const epochs = run?.experiment.training.epochs;
    const remaining = own && phase !== "paused" && rate ? (planned - done) / rate : undefined;
    return [
      ["Iteration", run ? `${done} of ${planned}` : "–"],
      ["Epoch", last && epochs !== undefined ? `${last.epoch} of ${epochs}` : "–"],
      ["Elapsed", seconds === undefined ? "–" : describeSeconds(seconds)],
      ["Remaining", remaining === undefined ? "–" : describeSeconds(remaining)],
      ["Iterations/s", pace(rate)],
      ["GPU ms/step", pace((own ?? run?.outcome)?.gpuMillisecondsPerStep)],
      ["Learn rate", figure(last?.learnRate)],
      ["Gradient norm", figure(last?.gradientNorm)],
      ["Validation RMSE", figure(run && this.#validation(run))],
    ];
  }

  #validation({ history, outcome }: Run): number | undefined {
    if (outcome) return outcome.result.validation.rmse;
    const before = this.#validated;
    const known = before.history === history && before.length <= history.length;
    let rmse = known ? before.rmse : undefined;
    for (let i = history.length - 1; i >= (known ? before.length : 0); i--) {
      const { validation } = history[i];
      if (!validation) continue;
      rmse = validation.rmse;
      break;
    }
    this.#validated = { history, length: history.length, rmse };
    return rmse;
  }

  static override styles = [
    shared,
    css`
      :host {
        padding: var(--wa-space-xs) var(--wa-space-s);
        border: 1px solid var(--wa-color-surface-border);
        border-radius: var(--wa-border-radius-m);
        background: var(--wa-color-surface-raised);
      }
      .bar {
        display: grid;
        grid-template-columns: minmax(11rem, max-content) minmax(0, 1fr);
        align-items: center;
        gap: var(--wa-space-s);
      }
      .state {
        font-size: var(--wa-font-size-s);
        font-weight: var(--wa-font-weight-semibold);
      }
      wa-progress-bar {
        --track-height: 0.6rem;
        --indicator-color: var(--wa-color-brand-fill-loud);
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(6.4rem, 1fr));
        align-items: end;
        gap: var(--wa-space-2xs) var(--wa-space-xs);
        margin: var(--wa-space-xs) 0 0;
      }
      dl > div {
        min-width: 0;
      }
      dt {
        color: var(--wa-color-text-quiet);
        font-size: var(--wa-font-size-xs);
      }
      dd {
        margin: 0;
        font-family: var(--fx-mono);
        font-size: var(--wa-font-size-s);
        font-variant-numeric: tabular-nums;
        overflow-wrap: anywhere;
      }
      @media (max-width: 30rem) {
        .bar {
          grid-template-columns: minmax(0, 1fr);
          gap: var(--wa-space-2xs);
        }
      }
    `,
  ];
}

/** Three digits, or all before the point: "0.903", "93.4", "1970". */
const pace = (value: number | undefined): string =>
  value === undefined ? "–" : value < 100 ? value.toPrecision(3) : value.toFixed(0);

/** Three digits, always as wide: "1.00e-3", "0.0123". */
const figure = (value: number | undefined): string =>
  value === undefined
    ? "–"
    : (value !== 0 && Math.abs(value) < 1e-3) || Math.abs(value) >= 1e4
      ? value.toExponential(2)
      : value.toPrecision(4);

customElements.define("fx-status", Status);

declare global {
  interface HTMLElementTagNameMap {
    "fx-status": Status;
  }
}
