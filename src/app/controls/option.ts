import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/input/input.js";
import "@awesome.me/webawesome/dist/components/option/option.js";
import "@awesome.me/webawesome/dist/components/select/select.js";
import { css, html, LitElement, nothing } from "lit";
import { classMap } from "lit/directives/class-map.js";
import { live } from "lit/directives/live.js";
import { OptionError, type OptionName, optionRows, readOption, writeOption } from "../../calculus";
import { expectation, type FieldRule } from "../../engine/fields";
import { shared } from "../styles";
import { describeRange } from "./fields";

type Value = string | number;

/** What was entered: a value, the preset's (`undefined`), or text that is none. */
export type Entry =
  | { readonly kind: "value"; readonly value: Value | undefined }
  | { readonly kind: "refused"; readonly text: string };

/** A new entry, for whoever keeps the settings. */
export class EntryEvent extends Event {
  readonly option: OptionName;
  readonly entry: Entry;

  constructor(option: OptionName, entry: Entry) {
    super("entry");
    this.option = option;
    this.entry = entry;
  }
}

/** Rules are made anew whenever another option changes. */
const differs = (rule: unknown, before: unknown): boolean => JSON.stringify(rule) !== JSON.stringify(before);

/** One option: its field, what it may be, how it differs from the preset and from the run under way. */
export class OptionField extends LitElement {
  static override properties = {
    option: { attribute: false },
    value: { attribute: false },
    preset: { attribute: false },
    rule: { attribute: false, hasChanged: differs },
    refused: { attribute: false },
    conflict: { attribute: false },
    waiting: { type: Boolean },
  };
  declare option: OptionName;
  declare value: Value;
  /** What the preset gives it. */
  declare preset: Value;
  /** What it may be beside the other options. */
  declare rule: FieldRule;
  /** What was typed instead of a value. */
  declare refused: Extract<Entry, { kind: "refused" }> | undefined;
  /** Why the value does not go with the others. */
  declare conflict: string | undefined;
  /** Whether the run under way was started with another value. */
  declare waiting: boolean;

  override render() {
    const { option, value, rule } = this;
    const error = this.refused ? `expected ${expectation(rule)}` : this.conflict;
    const content = html`
      <span slot="label">${optionRows[option].form.label}</span>
      <div slot="hint">${error === undefined ? this.#hint() : html`<span class="error"><wa-icon name="warning"></wa-icon> ${error}</span>`}</div>
    `;
    return html`
      <div class=${classMap({ field: true, differs: this.#differs, invalid: error !== undefined })}>
        ${
          rule.kind === "choice"
            ? html`
                <wa-select size="s" .value=${live(value)} @change=${this.#enter}>
                  ${rule.choices.map((choice) => html`<wa-option value=${choice}>${choice}</wa-option>`)}
                  ${content}
                </wa-select>
              `
            : html`
                <wa-input
                  size="s"
                  inputmode="decimal"
                  autocomplete="off"
                  .value=${live(this.refused?.text ?? writeOption(value))}
                  @input=${this.#correct}
                  @change=${this.#enter}
                >
                  ${content}
                </wa-input>
              `
        }
        ${this.#reset()}
      </div>
    `;
  }

  /** The field's own input carries the mark of an invalid entry: a screen reader stands there. */
  protected override async updated(): Promise<void> {
    const field = this.renderRoot.querySelector("wa-input");
    await field?.updateComplete;
    const invalid = this.refused !== undefined || this.conflict !== undefined;
    field?.input.setAttribute("aria-invalid", String(invalid));
  }

  get #differs(): boolean {
    return this.refused !== undefined || this.value !== this.preset;
  }

  #hint() {
    const range = describeRange(this.option, this.rule);
    return html`
      ${range === "" ? nothing : html`${range} · `}<span class="preset">preset ${writeOption(this.preset)}</span>${
        this.waiting ? html` · <span class="waiting">not running</span>` : nothing
      }
    `;
  }

  #reset() {
    if (!this.#differs) return nothing;
    const label = `Reset ${optionRows[this.option].form.label} to ${writeOption(this.preset)}`;
    return html`
      <wa-button
        size="xs"
        appearance="plain"
        title=${label}
        @click=${() => this.#tell({ kind: "value", value: undefined })}
      >
        <wa-icon name="reset" label=${label}></wa-icon>
      </wa-button>
    `;
  }

  #enter(event: Event): void {
    const text = String((event.currentTarget as HTMLInputElement).value ?? "");
    try {
      this.#tell({ kind: "value", value: readOption(this.option, text.trim()) });
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      this.#tell({ kind: "refused", text });
    }
  }

  /** A refused entry is judged anew with every key. */
  #correct(event: Event): void {
    if (this.refused) this.#enter(event);
  }

  #tell(entry: Entry): void {
    this.dispatchEvent(new EntryEvent(this.option, entry));
  }

  static override styles = [
    shared,
    css`
      /* The mark stands in the margin: labels align with what is around the field. */
      .field {
        position: relative;
        margin-inline-start: calc(-3px - var(--wa-space-2xs));
        padding-inline-start: var(--wa-space-2xs);
        border-inline-start: 3px solid transparent;
      }
      .differs {
        border-color: var(--wa-color-brand-border-loud);
      }
      .invalid {
        border-color: var(--wa-color-danger-border-loud);
      }
      wa-input,
      wa-select::part(form-control) {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 9.75rem;
        align-items: center;
        column-gap: var(--wa-space-xs);
      }
      wa-input::part(form-control-label),
      wa-select::part(form-control-label) {
        margin: 0;
        font-size: var(--wa-font-size-s);
        font-weight: var(--wa-font-weight-normal);
      }
      wa-input::part(hint),
      wa-select::part(hint) {
        grid-column: 1 / -1;
        margin: var(--wa-space-3xs) 0 0;
        font-size: var(--wa-font-size-xs);
        overflow-wrap: anywhere;
      }
      wa-input::part(input) {
        font-variant-numeric: tabular-nums;
      }
      .invalid wa-input::part(input-wrapper) {
        border-color: var(--wa-color-danger-border-loud);
      }
      wa-input,
      wa-select {
        --wa-form-control-padding-inline: 0.65em;
      }
      /* In the hint's corner, so that nothing moves when it comes and goes. */
      wa-button {
        --wa-form-control-height: 24px;
        position: absolute;
        inset: auto 0 -4px auto;
      }
      .differs ::part(hint) {
        padding-inline-end: 2rem;
      }
      .differs .preset {
        color: var(--wa-color-text-normal);
        font-weight: var(--wa-font-weight-semibold);
      }
      .waiting {
        color: var(--wa-color-warning-on-quiet);
        font-weight: var(--wa-font-weight-semibold);
      }
      .error {
        color: var(--wa-color-danger-on-quiet);
      }
    `,
  ];
}

customElements.define("fx-option", OptionField);

declare global {
  interface HTMLElementTagNameMap {
    "fx-option": OptionField;
  }
  interface HTMLElementEventMap {
    entry: EntryEvent;
  }
}
