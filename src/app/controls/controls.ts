import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/option/option.js";
import "@awesome.me/webawesome/dist/components/select/select.js";
import { html, LitElement, nothing } from "lit";
import { live } from "lit/directives/live.js";
import {
  type NetworkName,
  networkNames,
  type OptionName,
  optionRows,
  type PresetName,
  ruleWithin,
} from "../../calculus";
import { SessionController } from "../session/controller";
import { networkTitles, presetTitles } from "../session/describe";
import type { Settings } from "../session/run";
import type { Session } from "../session/session";
import type { Phase } from "../session/state";
import { chosenValues, presetValues, readOptions, withOption } from "../session/values";
import { onShortcut, type Shortcut } from "../shortcuts";
import { shared } from "../styles";
import { groups } from "./fields";
import "./option";
import type { Entry, EntryEvent } from "./option";
import { describePlan } from "./plan";
import { formStyles } from "./styles";

type Refused = Extract<Entry, { kind: "refused" }>;

/**
 * The first button: what it says, what it does, and whether its answer is still awaited. Then it is pale, but keeps the
 * focus, and nothing on it moves: a sign that turns has the browser draw the page sixty times a second.
 */
const mainButtons = {
  idle: { label: "Train", icon: "play", does: "train" },
  building: { label: "Train", icon: "play", does: "wait" },
  running: { label: "Pause", icon: "pause", does: "pause" },
  pausing: { label: "Resume", icon: "play", does: "resume" },
  paused: { label: "Resume", icon: "play", does: "resume" },
  stopping: { label: "Train", icon: "play", does: "wait" },
  recovering: { label: "Pause", icon: "pause", does: "wait" },
} as const satisfies Record<
  Phase,
  {
    readonly label: string;
    readonly icon: string;
    readonly does: "train" | "pause" | "resume" | "wait";
  }
>;

/** What is trained, and the buttons that train it. */
export class Controls extends LitElement {
  static override properties = {
    session: { attribute: false },
    refused: { state: true },
    opened: { state: true },
  };
  declare session: Session;
  /** Entries that are no values, as they were typed. */
  declare refused: ReadonlyMap<OptionName, Refused>;
  /** Groups that stand open, by title. */
  declare opened: ReadonlySet<string>;

  /** The settings as this form last saw or made them: others come from elsewhere and replace what was typed. */
  #known: Settings | undefined;
  #focused: Element | null = null;
  #end: (() => void) | undefined;

  constructor() {
    super();
    this.refused = new Map();
    this.opened = new Set(matchMedia("(min-width: 64rem)").matches ? ["Solver"] : []);
    new SessionController(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#end = onShortcut((shortcut) => this.#answer(shortcut));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end?.();
  }

  protected override willUpdate(): void {
    const { settings } = this.session;
    if (settings !== this.#known && this.refused.size > 0) this.refused = new Map();
    this.#known = settings;
    this.#focused = (this.renderRoot as ShadowRoot).activeElement;
  }

  /** A button that has just been disabled has lost the focus: the first one takes it. */
  protected override updated(): void {
    if (this.#focused?.matches("wa-button[disabled]"))
      this.renderRoot.querySelector<HTMLElement>("#main")?.focus();
  }

  get #ready(): boolean {
    const { gpu, experiment } = this.session;
    return gpu.state === "ready" && experiment !== undefined && this.refused.size === 0;
  }

  override render() {
    const { settings } = this.session;
    const form = {
      read: readOptions(settings),
      chosen: chosenValues(settings),
      preset: presetValues(settings),
      running: this.session.active && chosenValues(this.session.active.settings),
    };
    return html`
      <section aria-label="Training">
        ${this.#choice()} ${this.#buttons()}
        <p class="plan">${this.#plan()}</p>
        ${this.#option("seed", form)}
      </section>
      <section aria-label="Options">
        <div class="head">
          <h2>Options</h2>
          <wa-button
            size="xs"
            appearance="outlined"
            ?disabled=${Object.keys(settings.options).length === 0 && this.refused.size === 0}
            @click=${this.#resetAll}
          >
            <wa-icon slot="start" name="reset"></wa-icon>Reset all
          </wa-button>
        </div>
        ${groups.map((group) => this.#group(group, form))}
      </section>
    `;
  }

  #choice() {
    const { preset, network } = this.session.settings;
    return html`
      <wa-select
        class="choice"
        label="Preset"
        size="s"
        .value=${live(`${preset} ${network}`)}
        @change=${this.#choose}
      >
        ${choices.map(
          (choice) => html`
            <wa-option value=${`${choice.preset} ${choice.network}`}>
              ${`${presetTitles[choice.preset]} ${networkTitles[choice.network]}`}
            </wa-option>
          `,
        )}
      </wa-select>
    `;
  }

  #buttons() {
    const { session } = this;
    const { phase } = session;
    const { label, icon, does } = mainButtons[phase];
    const under = phase === "running" || phase === "paused" || phase === "pausing";
    return html`
      <div class="buttons">
        <wa-button
          id="main"
          size="s"
          variant="brand"
          appearance=${does === "wait" ? "filled" : "accent"}
          ?disabled=${does === "train" && !this.#ready}
          @click=${this.#main}
        >
          <wa-icon slot="start" name=${icon}></wa-icon>${label}
        </wa-button>
        <wa-button size="s" appearance="outlined" ?disabled=${!under} @click=${() => session.step()}>
          <wa-icon slot="start" name="step"></wa-icon>Step
        </wa-button>
        <wa-button size="s" appearance="outlined" ?disabled=${!session.busy || phase === "stopping"} @click=${() => session.stop()}>
          <wa-icon slot="start" name="stop"></wa-icon>Stop
        </wa-button>
        <wa-button size="s" appearance="outlined" ?disabled=${!this.#ready} @click=${() => session.restart()}>
          <wa-icon slot="start" name="restart"></wa-icon>Restart
        </wa-button>
      </div>
    `;
  }

  #plan() {
    const { experiment, refusal, changed } = this.session;
    const [wrong] = this.refused.keys();
    if (wrong !== undefined) return html`Correct <strong>${optionRows[wrong].form.label}</strong> to train.`;
    if (refusal) return html`<strong>${optionRows[refusal.option].form.label}</strong> ${refusal.message}.`;
    if (!experiment) return nothing;
    return html`${describePlan(experiment)}${
      changed ? html` <strong>Other options are running: Restart takes these.</strong>` : nothing
    }`;
  }

  #group({ title, options }: (typeof groups)[number], form: Form) {
    const shown = options.filter((option) => form.read.includes(option));
    const { settings, refusal } = this.session;
    const changed = shown.filter((option) => option in settings.options).length;
    const wrong = shown.some((option) => this.refused.has(option) || refusal?.option === option);
    return html`
      <details ?open=${wrong || this.opened.has(title)}>
        <summary @click=${(event: Event) => this.#toggle(event, title)}>${title}${changed > 0 ? html` <span class="quiet">${changed} changed</span>` : nothing}</summary>
        <div class="options">${shown.map((option) => this.#option(option, form))}</div>
      </details>
    `;
  }

  #option(option: OptionName, { chosen, preset, running }: Form) {
    const { refusal } = this.session;
    return html`
      <fx-option
        .option=${option}
        .value=${chosen[option]}
        .preset=${preset[option]}
        .rule=${ruleWithin(option, chosen)}
        .refused=${this.refused.get(option)}
        .conflict=${refusal?.option === option ? refusal.message : undefined}
        .waiting=${running !== undefined && running[option] !== chosen[option]}
        @entry=${this.#enter}
      ></fx-option>
    `;
  }

  #enter({ option, entry }: EntryEvent): void {
    const refused = new Map(this.refused);
    refused.delete(option);
    if (entry.kind === "refused") refused.set(option, entry);
    this.refused = refused;
    if (entry.kind === "refused") return;
    this.#known = withOption(this.session.settings, option, entry.value);
    this.session.adopt(this.#known);
  }

  #choose(event: Event): void {
    const { value } = event.currentTarget as HTMLInputElement;
    const chosen = choices.find(({ preset, network }) => value === `${preset} ${network}`);
    if (chosen) this.session.choose(chosen.preset, chosen.network);
  }

  #resetAll(): void {
    this.refused = new Map();
    this.session.reset();
  }

  #toggle(event: Event, title: string): void {
    event.preventDefault();
    const opened = new Set(this.opened);
    if (!opened.delete(title)) opened.add(title);
    this.opened = opened;
  }

  #main(): void {
    const { does } = mainButtons[this.session.phase];
    if (does === "train" && !this.#ready) return;
    if (does !== "wait") this.session[does]();
  }

  #answer(shortcut: Shortcut): boolean {
    switch (shortcut) {
      case " ":
        this.#main();
        return true;
      case ".":
        this.session.step();
        return true;
      case "s":
        this.session.stop();
        return true;
      case "r":
        if (this.#ready) this.session.restart();
        return true;
      case "?":
        return false;
      default:
        throw new RangeError(`unknown shortcut ${shortcut satisfies never}`);
    }
  }

  static override styles = [shared, formStyles];
}

/** What the form shows of the settings. */
interface Form {
  readonly read: readonly OptionName[];
  readonly chosen: ReturnType<typeof chosenValues>;
  readonly preset: ReturnType<typeof presetValues>;
  /** Of the run under way. */
  readonly running: ReturnType<typeof chosenValues> | undefined;
}

const choices: readonly { readonly preset: PresetName; readonly network: NetworkName }[] = (
  ["moler", "quick", "principled"] as const
).flatMap((preset) => networkNames.map((network) => ({ preset, network })));

customElements.define("fx-controls", Controls);

declare global {
  interface HTMLElementTagNameMap {
    "fx-controls": Controls;
  }
}
