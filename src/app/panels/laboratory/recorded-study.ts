import { css, html, LitElement, nothing } from "lit";
import type { RecordedStudy as Recorded, ShownResult } from "../../recorded/study/compact";
import { loadStudy } from "../../recorded/study/read";
import { networkTitles } from "../../session/describe";
import { shared, stacked } from "../../styles";
import { renderWarning } from "../../warning";
import { renderResults, resultStyles } from "./results";

/** The studies that come with the page. They need no GPU, and are loaded when this is first shown. */
export class RecordedStudy extends LitElement {
  static override properties = {
    study: { state: true },
    problem: { state: true },
    opened: { state: true },
  };
  declare study: Recorded | undefined;
  /** Why it is not there. */
  declare problem: string;
  /** Names of studies: their pictures are drawn when they are opened. */
  declare opened: ReadonlySet<string>;

  constructor() {
    super();
    this.problem = "";
    this.opened = new Set();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.study) void this.#load();
  }

  override render() {
    const { study, problem } = this;
    return html`
      <h3>Recorded studies</h3>
      ${
        problem === ""
          ? nothing
          : renderWarning(
              "The recorded studies could not be loaded.",
              `${problem}. Reload the page to try again.`,
            )
      }
      ${study ? html`<p class="quiet">${describeStudy(study)}</p>${study.results.map((result) => this.#renderStudy(result))}` : nothing}
    `;
  }

  #renderStudy(result: ShownResult) {
    const { name, question, hypothesis, criterion, verdict, answer, conditions } = result;
    return html`
      <details @toggle=${(event: Event) => this.#toggle(event, name)}>
        <summary>
          <span class="question">${question}</span>
          <span class="verdict ${verdict}">${name}: ${verdict}</span>
        </summary>
        ${
          this.opened.has(name)
            ? html`<div class="study">
                <p class="quiet">Hypothesis: ${hypothesis} Criterion: ${criterion}.</p>
                <p class="answer">${answer}</p>
                ${renderResults(conditions, `recorded study “${name}”`)}
              </div>`
            : nothing
        }
      </details>
    `;
  }

  #toggle(event: Event, name: string): void {
    // Once drawn it stays.
    if (event.target === event.currentTarget) this.opened = new Set([...this.opened, name]);
  }

  async #load(): Promise<void> {
    try {
      this.study = await loadStudy();
      const [first] = this.study.results;
      this.problem = "";
      await this.updateComplete;
      if (first) this.renderRoot.querySelector("details")?.toggleAttribute("open", true);
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  static override styles = [
    shared,
    stacked,
    resultStyles,
    css`
      details {
        border-block-start: 1px solid var(--wa-color-surface-border);
        padding-block-start: var(--wa-space-2xs);
      }
      .study {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--wa-space-s);
        padding-block: var(--wa-space-xs) var(--wa-space-m);
      }
      .question {
        font-weight: var(--wa-font-weight-semibold);
        overflow-wrap: anywhere;
      }
      .verdict {
        margin-inline-start: var(--wa-space-xs);
        padding-inline: var(--wa-space-2xs);
        border: 1px solid var(--wa-color-surface-border);
        border-radius: var(--wa-border-radius-s);
        color: var(--wa-color-text-quiet);
        font-size: var(--wa-font-size-xs);
        white-space: nowrap;
      }
      .answer {
        font-size: var(--wa-font-size-s);
        max-width: 60rem;
        overflow-wrap: anywhere;
      }
    `,
  ];
}

/** By whom, how and how often it was made. */
function describeStudy({ version, preset, epochs, seeds, networks, adapters }: Recorded): string {
  const trained = networks.map((network) => networkTitles[network]).join(" and ");
  const times = seeds === 1 ? "with one seed" : `with ${seeds} seeds each`;
  const length = epochs === null ? "" : `, ${epochs} ${epochs === 1 ? "epoch" : "epochs"}`;
  const where = adapters.length > 0 ? ` on ${adapters.join(" and ")}` : "";
  return `Not computed here: recorded by Fluxion ${version}${where}. ${trained}, preset ${preset}${length}, trained ${times}; figures are means, bars reach from the least to the most of the seeds.`;
}

customElements.define("fx-recorded-study", RecordedStudy);

declare global {
  interface HTMLElementTagNameMap {
    "fx-recorded-study": RecordedStudy;
  }
}
