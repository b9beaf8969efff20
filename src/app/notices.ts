import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/callout/callout.js";
import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { SessionController } from "./session/controller";
import { presetTitles } from "./session/describe";
import type { Session } from "./session/session";
import type { Gpu, Notice } from "./session/state";
import { shared } from "./styles";

type Unavailable = Extract<Gpu, { readonly state: "unavailable" }>;

/** What to do next, by the reason for which there is no adapter. */
const advice = {
  "no-webgpu": {
    title: "This browser has no WebGPU",
    steps: [
      "Use a current Chrome or Edge, Safari 26 or later, or a current Firefox on Windows or a Mac.",
      "On Linux, Chrome may need chrome://flags/#enable-unsafe-webgpu switched on.",
      "Open the page over https or from localhost: elsewhere browsers keep WebGPU back.",
    ],
  },
  "no-adapter": {
    title: "The browser offers no GPU",
    steps: [
      "Switch hardware acceleration on in the browser’s system settings and start the browser anew.",
      "Update the graphics driver; chrome://gpu says what the browser thinks of it.",
      "Without a GPU, chrome://flags/#enable-unsafe-webgpu lets Chrome compute on the CPU.",
    ],
  },
  refused: {
    title: "The GPU refused to open",
    steps: [
      "Close other pages and programs that use the GPU, and reload this page.",
      "If it happens again, start the browser anew and update the graphics driver.",
    ],
  },
} as const satisfies Record<
  Unavailable["reason"],
  { readonly title: string; readonly steps: readonly string[] }
>;

const faces = {
  neutral: { variant: "neutral", icon: "info" },
  warning: { variant: "warning", icon: "warning" },
  danger: { variant: "danger", icon: "warning" },
} as const satisfies Record<Notice["tone"], { readonly variant: string; readonly icon: string }>;

/** What the visitor has to know: the state of the GPU, and what happened. */
export class Notices extends LitElement {
  static override properties = { session: { attribute: false } };
  declare session: Session;

  constructor() {
    super();
    new SessionController(this);
  }

  override render() {
    const { session } = this;
    return [
      this.#gpu(),
      ...session.notices.map((notice) =>
        callout(
          notice,
          html`<p>${notice.message}</p>`,
          html`
            <wa-button size="s" appearance="plain" @click=${() => session.dismiss(notice)}>
              <wa-icon slot="start" name="xmark"></wa-icon>Dismiss<span class="visually-hidden">: ${notice.title}</span>
            </wa-button>
          `,
        ),
      ),
    ];
  }

  #gpu() {
    const { gpu, settings } = this.session;
    switch (gpu.state) {
      case "opening":
        return nothing;
      case "ready":
        return gpu.adapter.software && settings.preset !== "quick"
          ? html`<p class="quiet">
              No GPU was found: on the CPU a ${presetTitles[settings.preset]} preset takes minutes or hours. The quick presets suit it better.
            </p>`
          : nothing;
      case "unavailable":
        return this.#unavailable(gpu);
      default:
        throw new RangeError(`unknown state ${JSON.stringify(gpu satisfies never)}`);
    }
  }

  #unavailable({ reason, message }: Unavailable) {
    const { title, steps } = advice[reason];
    const recorded = this.session.recorded.length > 0;
    return callout(
      { tone: "warning", title },
      html`
        <p>
          ${message}. Nothing can be trained here${recorded ? "; what you see below is a run recorded elsewhere" : ""}.
          What to do:
        </p>
        <ul>
          ${steps.map((step) => html`<li>${step}</li>`)}
        </ul>
      `,
      nothing,
    );
  }

  /** Without anything to say it takes no room. */
  protected override updated(): void {
    this.hidden = this.renderRoot.childElementCount === 0;
  }

  static override styles = [
    shared,
    css`
      :host([hidden]) {
        display: none;
      }
      :host(:not([hidden])) {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--wa-space-xs);
      }
      wa-callout::part(message) {
        min-width: 0;
        flex: 1;
      }
      .callout {
        display: flex;
        flex-wrap: wrap;
        align-items: start;
        justify-content: space-between;
        gap: var(--wa-space-2xs) var(--wa-space-m);
      }
      .text {
        flex: 1 1 16rem;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      ul {
        margin: var(--wa-space-2xs) 0 0;
        padding-inline-start: 1.25em;
      }
    `,
  ];
}

/** Only what went wrong interrupts a screen reader. */
const callout = (
  { tone, title }: Pick<Notice, "tone" | "title">,
  body: TemplateResult,
  action: TemplateResult | typeof nothing,
) => html`
  <wa-callout size="s" variant=${faces[tone].variant} role=${tone === "danger" ? "alert" : nothing}>
    <wa-icon slot="icon" name=${faces[tone].icon}></wa-icon>
    <div class="callout">
      <div class="text"><strong>${title}</strong>${body}</div>
      ${action}
    </div>
  </wa-callout>
`;

customElements.define("fx-notices", Notices);

declare global {
  interface HTMLElementTagNameMap {
    "fx-notices": Notices;
  }
}
