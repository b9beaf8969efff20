import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/dialog/dialog.js";
import "@awesome.me/webawesome/dist/components/dropdown/dropdown.js";
import "@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js";
import "@awesome.me/webawesome/dist/components/input/input.js";
import { css, html, LitElement, nothing } from "lit";
import { saveFile } from "../charts/save";
import { SessionController } from "../session/controller";
import { nameRun } from "../session/describe";
import { writeLink } from "../session/link";
import type { Run } from "../session/run";
import type { Session } from "../session/session";
import { shared } from "../styles";
import type { FileKind } from "./export-files";

type Item = FileKind | "link";

const items = [
  { name: "metrics", label: "Metrics of every iteration (CSV)", icon: "table" },
  { name: "predictions", label: "Predictions on the test curves (CSV)", icon: "table" },
  { name: "model", label: "Trained network (safetensors)", icon: "export" },
  { name: "run", label: "The whole run (JSON)", icon: "export" },
  { name: "link", label: "Copy a link that reproduces it", icon: "link" },
] as const satisfies readonly { readonly name: Item; readonly label: string; readonly icon: string }[];

/** Takes the shown run out of the page: as files, or as a link. */
export class Export extends LitElement {
  static override properties = {
    session: { attribute: false },
    link: { state: true },
    copied: { state: true },
  };
  declare session: Session;
  /** Shown to be copied by hand where the page may not write to the clipboard. */
  declare link: string | undefined;
  declare copied: boolean;

  constructor() {
    super();
    this.copied = false;
    new SessionController(this);
  }

  override render() {
    const { selected } = this.session;
    return html`
      <wa-dropdown @wa-select=${this.#choose}>
        <wa-button slot="trigger" size="s" appearance="outlined" with-caret ?disabled=${selected === undefined}>
          <wa-icon slot="start" name=${this.copied ? "check" : "export"}></wa-icon>${this.copied ? "Link copied" : "Export"}
        </wa-button>
        ${items.map(({ name, label, icon }) => {
          const reason = selected && missing(selected, name);
          return html`
            <wa-dropdown-item value=${name} ?disabled=${reason !== undefined}>
              <wa-icon slot="icon" name=${icon}></wa-icon>${label}${reason === undefined ? nothing : html`<br /><span class="reason">${reason}</span>`}
            </wa-dropdown-item>
          `;
        })}
      </wa-dropdown>
      <wa-dialog
        label="A link to these options"
        light-dismiss
        ?open=${this.link !== undefined}
        @wa-after-hide=${this.#hidden}
      >
        <wa-input label="Link" hint="Select and copy it." readonly .value=${this.link ?? ""}></wa-input>
      </wa-dialog>
    `;
  }

  async #choose(event: CustomEvent<{ readonly item: { readonly value: string } }>): Promise<void> {
    const { selected } = this.session;
    const item = items.find(({ name }) => name === event.detail.item.value);
    if (!selected || !item) return;
    if (item.name === "link") await this.#copy(selected);
    else await this.#save(selected, item.name);
  }

  async #save(run: Run, kind: FileKind): Promise<void> {
    try {
      const { exportRun } = await import("./export-files");
      const { name, type, content } = exportRun(run, kind);
      saveFile(new Blob([content], { type }), name);
    } catch (error) {
      this.session.notify({
        tone: "warning",
        title: `${nameRun(run)} could not be exported`,
        message: `${error instanceof Error ? error.message : String(error)}. Reload the page and try again.`,
      });
    }
  }

  async #copy(run: Run): Promise<void> {
    const link = new URL(writeLink(run.settings), location.href);
    link.hash = "";
    try {
      await navigator.clipboard.writeText(link.href);
      this.copied = true;
      setTimeout(() => {
        this.copied = false;
      }, 2000);
    } catch {
      this.link = link.href;
      await this.updateComplete;
      this.renderRoot.querySelector("wa-input")?.select();
    }
  }

  #hidden(): void {
    this.link = undefined;
  }

  static override styles = [
    shared,
    css`
      .reason {
        font-size: var(--wa-font-size-xs);
      }
      wa-dropdown-item[disabled] {
        opacity: 1;
        color: var(--wa-color-text-quiet);
      }
    `,
  ];
}

/** Why a run has nothing of the kind, if it has not. */
function missing({ outcome, recorded, history }: Run, item: Item): string | undefined {
  switch (item) {
    case "metrics":
      return history.length === 0 ? "No iteration has been made." : undefined;
    case "predictions":
    case "model":
      if (!outcome) return "Training has not ended.";
      if (!outcome.trained) return "Training diverged.";
      return item === "model" && !outcome.trained.model
        ? recorded === undefined
          ? "The weights were not kept."
          : "Recorded runs come without their weights."
        : undefined;
    case "run":
    case "link":
      return undefined;
    default:
      throw new RangeError(`unknown item ${item satisfies never}`);
  }
}

customElements.define("fx-export", Export);

declare global {
  interface HTMLElementTagNameMap {
    "fx-export": Export;
  }
}
