import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/callout/callout.js";
import "@awesome.me/webawesome/dist/components/icon/icon.js";
import { css, html, LitElement, nothing } from "lit";
import { classMap } from "lit/directives/class-map.js";
import { formatNumber } from "../../charts/numbers";
import type { KernelCheck } from "../../check";
import { SessionController } from "../session/controller";
import { describeAdapter } from "../session/describe";
import type { Session } from "../session/session";
import { shared, stacked } from "../styles";
import { renderWarning } from "../warning";

type Stage = "fresh" | "running" | "done" | "broken";

/** Every kernel against the float64 reference, on the visitor's own GPU. */
export class SelfTest extends LitElement {
  static override properties = {
    session: { attribute: false },
    stage: { state: true },
    checks: { state: true },
    problem: { state: true },
    copied: { state: true },
  };
  declare session: Session;
  declare stage: Stage;
  declare checks: readonly KernelCheck[];
  /** Why it ended before its end. */
  declare problem: string;
  declare copied: "no" | "yes" | "refused";

  #end: (() => void) | undefined;

  constructor() {
    super();
    this.stage = "fresh";
    this.checks = [];
    this.problem = "";
    this.copied = "no";
    new SessionController(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#end = this.session.on("checked", (check) => {
      if (this.stage === "running") this.checks = [...this.checks, check];
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end?.();
  }

  override render() {
    const running = this.stage === "running";
    return html`
      <div class="head">
        <h2>Self-test</h2>
        <p class="quiet">
          Runs every kernel of a training on this GPU, in float32, and compares each number with a reference computed in
          float64. What is allowed is what rounding can explain.
        </p>
      </div>
      <div class="row">
        <wa-button
          size="s"
          variant="brand"
          ?disabled=${this.session.gpu.state !== "ready" || running}
          @click=${this.#run}
        >
          <wa-icon slot="start" name="play"></wa-icon>Run self-test
        </wa-button>
        ${
          this.checks.length > 0 && !running
            ? html`<wa-button size="s" appearance="outlined" @click=${this.#copy}>
                <wa-icon slot="start" name=${this.copied === "yes" ? "check" : "export"}></wa-icon>${copyLabels[this.copied]}
              </wa-button>`
            : nothing
        }
        <p class="summary" role="status">${this.#summary()}</p>
      </div>
      ${this.#advice()} ${this.checks.length > 0 ? this.#table() : nothing}
    `;
  }

  /** What the numbers come to, in one line. */
  #summary(): string {
    const { gpu } = this.session;
    const passed = this.checks.filter((check) => check.passed).length;
    switch (this.stage) {
      case "fresh":
        return gpu.state === "unavailable" ? "There is no GPU device to test." : "";
      case "running":
        return "Checking…";
      case "done":
      case "broken":
        return `${passed} of ${this.checks.length} kernels agree with the float64 reference on ${this.#adapter()}.`;
      default:
        throw new RangeError(`unknown stage ${this.stage satisfies never}`);
    }
  }

  #adapter(): string {
    const { gpu } = this.session;
    return gpu.state === "ready" ? describeAdapter(gpu.adapter) : "this adapter";
  }

  #advice() {
    if (this.stage === "broken")
      return renderWarning(
        "The self-test did not come to its end.",
        `${this.problem}. Reload the page and run it again.`,
      );
    if (this.stage !== "done" || this.checks.every(({ passed }) => passed)) return nothing;
    return html`<wa-callout variant="danger" size="s">
      <wa-icon slot="icon" name="warning"></wa-icon>
      <strong>Do not trust what this GPU computes here.</strong> A number differs by more than rounding can explain.
      Update the browser and the graphics driver and run the test again. If it still fails, please report it with the
      text of this table.
    </wa-callout>`;
  }

  #table() {
    return html`
      <p class="quiet">Of each check this shows the number that is nearest to its bound, or furthest beyond it.</p>
      <div class="scroll" tabindex="0" role="region" aria-label="Results of the self-test">
        <table>
          <thead>
            <tr>
              <th scope="col">Result</th>
              <th scope="col">Kernel</th>
              <th scope="col">Computed</th>
              <th scope="col">Tensor</th>
              <th scope="col" class="figure">Worst error</th>
              <th scope="col" class="figure">Allowed</th>
              <th scope="col" class="figure">Of allowed</th>
            </tr>
          </thead>
          <tbody>
            ${this.checks.map(renderCheck)}
          </tbody>
        </table>
      </div>
    `;
  }

  async #run(): Promise<void> {
    this.stage = "running";
    this.checks = [];
    this.copied = "no";
    try {
      this.checks = await this.session.ask({ kind: "self-test" });
      this.stage = "done";
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      this.stage = "broken";
    }
  }

  async #copy(): Promise<void> {
    const text = [this.#summary(), columns.join("\t"), ...this.checks.map(writeCheck)].join("\n");
    this.copied = await navigator.clipboard.writeText(text).then(
      () => "yes",
      () => "refused",
    );
  }

  static override styles = [
    shared,
    stacked,
    css`
      .head {
        display: grid;
        gap: var(--wa-space-2xs);
        max-width: 46rem;
      }
      .summary {
        font-size: var(--wa-font-size-s);
        font-weight: var(--wa-font-weight-semibold);
        overflow-wrap: anywhere;
      }
      .result {
        white-space: nowrap;
      }
      .result wa-icon {
        vertical-align: -0.125em;
      }
      .passed wa-icon {
        color: var(--wa-color-success-on-quiet);
      }
      .failed .result {
        color: var(--wa-color-danger-on-quiet);
        font-weight: var(--wa-font-weight-bold);
      }
      .failed td,
      .failed th {
        background: var(--wa-color-danger-fill-quiet);
        color: var(--wa-color-danger-on-quiet);
      }
      .shape {
        white-space: nowrap;
      }
      .reason {
        min-width: 20rem;
        max-width: 40rem;
        overflow-wrap: anywhere;
      }
    `,
  ];
}

const copyLabels = { no: "Copy as text", yes: "Copied", refused: "The browser refused to copy" } as const;

const columns = ["result", "kernel", "computed", "tensor", "worst error", "allowed"] as const;

const writeCheck = ({ passed, kernel, shape, tensor, error, allowed, reason }: KernelCheck): string =>
  [passed ? "pass" : "FAIL", kernel, shape, reason ?? tensor, error, allowed].join("\t");

function renderCheck({ passed, kernel, shape, tensor, error, allowed, reason }: KernelCheck) {
  return html`
    <tr class=${classMap({ passed, failed: !passed })}>
      <td class="result"><wa-icon name=${passed ? "check" : "xmark"}></wa-icon> ${passed ? "pass" : "FAIL"}</td>
      <th scope="row">${kernel}</th>
      <td class="shape">${shape}</td>
      ${
        reason === undefined
          ? html`
              <td>${tensor}</td>
              <td class="figure">${formatNumber(error, 3)}</td>
              <td class="figure">${formatNumber(allowed, 3)}</td>
              <td class="figure">${allowed > 0 ? `${formatNumber((100 * error) / allowed, 2)} %` : "–"}</td>
            `
          : html`<td class="reason" colspan="4">could not be computed: ${reason}</td>`
      }
    </tr>
  `;
}

customElements.define("fx-self-test", SelfTest);

declare global {
  interface HTMLElementTagNameMap {
    "fx-self-test": SelfTest;
  }
}
