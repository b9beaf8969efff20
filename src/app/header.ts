import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/dialog/dialog.js";
import "@awesome.me/webawesome/dist/components/radio/radio.js";
import "@awesome.me/webawesome/dist/components/radio-group/radio-group.js";
import "@awesome.me/webawesome/dist/components/switch/switch.js";
import { css, html, LitElement } from "lit";
import { SessionController } from "./session/controller";
import { describeAdapter } from "./session/describe";
import type { Session } from "./session/session";
import { onShortcut, shortcuts, shortcutsOn, turnShortcuts } from "./shortcuts";
import { shared } from "./styles";

/** The visitor's theme. public/theme.js sets it before the first paint; this takes over. */
const key = "fluxion-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

const themes = ["auto", "light", "dark"] as const;
type Theme = (typeof themes)[number];

/** What the visitor chose in an earlier visit; `auto` follows the system. */
function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(key);
    return themes.find((theme) => theme === kept) ?? "auto";
  } catch {
    return "auto";
  }
}

/** Shows a theme from now on, and in later visits where the browser lets the page remember it. */
function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // It holds for this visit.
  }
  show(theme);
}

function show(theme: Theme): void {
  const dark = theme === "dark" || (theme === "auto" && system.matches);
  document.documentElement.classList.toggle("wa-dark", dark);
  document.documentElement.classList.toggle("wa-light", !dark);
}

/** Follows the system while the theme is `auto`; returns a function that ends it. */
function followSystem(current: () => Theme): () => void {
  const follow = () => show(current());
  system.addEventListener("change", follow);
  return () => system.removeEventListener("change", follow);
}

const themeFaces = {
  auto: { icon: "auto", label: "Auto" },
  light: { icon: "sun", label: "Light" },
  dark: { icon: "moon", label: "Dark" },
} as const satisfies Record<Theme, { readonly icon: string; readonly label: string }>;

/** What this page is, what it computes on, and how it looks. */
export class Header extends LitElement {
  static override properties = {
    session: { attribute: false },
    theme: { state: true },
    shortcutsOpen: { state: true },
  };
  declare session: Session;
  declare theme: Theme;
  declare shortcutsOpen: boolean;

  #endings: readonly (() => void)[] = [];

  constructor() {
    super();
    this.theme = readTheme();
    this.shortcutsOpen = false;
    new SessionController(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#endings = [
      followSystem(() => this.theme),
      onShortcut((shortcut) => {
        if (shortcut !== "?") return false;
        this.shortcutsOpen = true;
        return true;
      }),
    ];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.#endings) end();
  }

  override render() {
    return html`
      <header>
        <div class="title">
          <h1>Fluxion</h1>
          <p>A network learns to differentiate, on your GPU.</p>
        </div>
        <p class="adapter">${this.#adapter()}</p>
        <div class="row tools">
          <a href="#self-test">Self-test</a>
          <wa-button size="s" appearance="plain" @click=${() => this.#show(true)}>
            <wa-icon slot="start" name="keyboard"></wa-icon>Shortcuts
          </wa-button>
          <wa-radio-group
            class="theme"
            label="Theme"
            orientation="horizontal"
            size="s"
            .value=${this.theme}
            @change=${this.#chooseTheme}
          >
            ${themes.map(
              (theme) => html`
                <wa-radio appearance="button" value=${theme}>
                  <wa-icon name=${themeFaces[theme].icon}></wa-icon><span>${themeFaces[theme].label}</span>
                </wa-radio>
              `,
            )}
          </wa-radio-group>
        </div>
      </header>
      ${this.#dialog()}
    `;
  }

  #adapter() {
    const { gpu } = this.session;
    switch (gpu.state) {
      case "opening":
        return "Looking for a GPU …";
      case "ready":
        return describeAdapter(gpu.adapter);
      case "unavailable":
        return "No GPU: nothing can be trained here";
      default:
        throw new RangeError(`unknown state ${JSON.stringify(gpu satisfies never)}`);
    }
  }

  #dialog() {
    return html`
      <wa-dialog
        label="Keyboard shortcuts"
        light-dismiss
        ?open=${this.shortcutsOpen}
        @wa-after-hide=${() => this.#show(false)}
      >
        <dl>
          ${shortcuts.map(({ name, does }) => html`<dt><kbd>${name}</kbd></dt><dd>${does}</dd>`)}
        </dl>
        <p class="quiet">They rest while you type. Elsewhere Space presses the button that has the focus, or scrolls the page.</p>
        <wa-switch
          .checked=${shortcutsOn()}
          @change=${(event: Event) => turnShortcuts((event.currentTarget as HTMLInputElement).checked)}
        >
          Use shortcuts
        </wa-switch>
      </wa-dialog>
    `;
  }

  #show(open: boolean): void {
    this.shortcutsOpen = open;
  }

  #chooseTheme(event: Event): void {
    const { value } = event.currentTarget as HTMLInputElement;
    this.theme = themes.find((theme) => theme === value) ?? "auto";
    chooseTheme(this.theme);
  }

  static override styles = [
    shared,
    css`
      :host {
        border-block-end: 1px solid var(--wa-color-surface-border);
        background: var(--wa-color-surface-raised);
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--wa-space-2xs) var(--wa-space-l);
        max-width: 110rem;
        margin-inline: auto;
        box-sizing: border-box;
        padding: var(--wa-space-xs) var(--wa-space-m);
      }
      .title {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 var(--wa-space-s);
      }
      h1 {
        margin: 0;
        font-size: var(--wa-font-size-l);
        font-weight: var(--wa-font-weight-bold);
        letter-spacing: -0.01em;
      }
      .adapter {
        flex: 1 1 12rem;
        min-width: 0;
        color: var(--wa-color-text-quiet);
        font-size: var(--wa-font-size-s);
        overflow-wrap: anywhere;
      }
      .tools {
        gap: var(--wa-space-2xs) var(--wa-space-s);
        font-size: var(--wa-font-size-s);
      }
      a {
        color: var(--wa-color-text-link);
        padding-block: var(--wa-space-2xs);
      }
      .theme::part(form-control-label) {
        position: absolute;
        width: 1px;
        height: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
      wa-radio span {
        margin-inline-start: var(--wa-space-2xs);
      }
      /* On a phone the icons say it. */
      @media (max-width: 30rem) {
        wa-radio span {
          position: absolute;
          clip-path: inset(50%);
        }
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: var(--wa-space-xs) var(--wa-space-m);
        margin: 0 0 var(--wa-space-m);
      }
      dd {
        margin: 0;
      }
      kbd {
        display: inline-block;
        min-width: 1.5em;
        padding: 0 var(--wa-space-2xs);
        border: 1px solid var(--wa-color-neutral-border-loud);
        border-radius: var(--wa-border-radius-s);
        font-family: var(--fx-mono);
        text-align: center;
      }
      wa-switch {
        margin-block-start: var(--wa-space-m);
      }
    `,
  ];
}

customElements.define("fx-header", Header);

declare global {
  interface HTMLElementTagNameMap {
    "fx-header": Header;
  }
}
