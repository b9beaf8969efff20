import "@awesome.me/webawesome/dist/components/tab/tab.js";
import "@awesome.me/webawesome/dist/components/tab-group/tab-group.js";
import "@awesome.me/webawesome/dist/components/tab-panel/tab-panel.js";
import { css, html, LitElement, nothing } from "lit";
import "./controls/controls";
import "./header";
import "./notices";
import "./panels/export";
import "./panels/predictions";
import "./panels/progress";
import "./status";
import { SessionController } from "./session/controller";
import { describeRun } from "./session/describe";
import type { Session } from "./session/session";
import { shared } from "./styles";
import { type TabName, tabFromHash, tabs } from "./tabs";

/** The whole page: what is trained on the left; beside it how it goes, and below that everything else in tabs. */
export class App extends LitElement {
  static override properties = {
    session: { attribute: false },
    tab: { state: true },
    loaded: { state: true },
    announcement: { state: true },
  };
  declare session: Session;
  declare tab: TabName;
  /** Tabs whose code has arrived. */
  declare loaded: ReadonlySet<TabName>;
  /** For screen readers: the page's one live region says start, validations and the end. */
  declare announcement: string;

  readonly #endings: (() => void)[] = [];

  constructor() {
    super();
    this.tab = "runs";
    this.loaded = new Set();
    this.announcement = "";
    new SessionController(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const follow = () => this.#open(tabFromHash(location.hash) ?? this.tab);
    addEventListener("hashchange", follow);
    this.#endings.push(
      this.session.on("announce", (sentence) => {
        this.announcement = sentence;
      }),
      () => removeEventListener("hashchange", follow),
    );
    follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.#endings.splice(0)) end();
  }

  override render() {
    const { session } = this;
    const { selected } = session;
    return html`
      <nav aria-label="Skip">
        <button class="skip" @click=${this.#skip}>Skip to the charts</button>
      </nav>
      <fx-header .session=${session}></fx-header>
      <main>
        <fx-notices .session=${session}></fx-notices>
        <div class="bench">
          <fx-controls .session=${session}></fx-controls>
          <div class="work" id="main" tabindex="-1">
            <fx-status .session=${session}></fx-status>
            <div class="shown">
              <p>${selected ? html`Shown: <strong>${describeRun(selected)}</strong>` : "Nothing has been trained yet."}</p>
              <fx-export .session=${session}></fx-export>
            </div>
            <div class="plots">
              <fx-progress .session=${session}></fx-progress>
              <fx-predictions .session=${session}></fx-predictions>
            </div>
            <wa-tab-group without-scroll-controls active=${this.tab} @wa-tab-show=${this.#shown}>
              ${tabs.map(({ name, label }) => html`<wa-tab panel=${name} ?active=${name === this.tab}>${label}</wa-tab>`)}
              ${tabs.map(
                ({ name, render }) =>
                  html`<wa-tab-panel name=${name} ?active=${name === this.tab}>${this.loaded.has(name) ? render(session) : nothing}</wa-tab-panel>`,
              )}
            </wa-tab-group>
          </div>
        </div>
      </main>
      <footer class="quiet">
        After Cleve Moler, <cite>Teaching a Newcomer About Teaching Calculus to a Deep Learner</cite>, Cleve’s
        Corner, 2018. Everything is computed on this machine; nothing leaves it.
        <a href="./licenses.txt">Licences of the code of others in this page</a>
      </footer>
      <div class="visually-hidden" role="status">${this.announcement}</div>
    `;
  }

  #shown(event: CustomEvent<{ readonly name: string }>): void {
    const found = tabs.find(({ name }) => name === event.detail.name);
    if (!found || found.name === this.tab) return;
    history.replaceState(null, "", `#${found.name}`);
    this.#open(found.name);
  }

  /** No address leads into a shadow root: a button does what a link would. */
  #skip(): void {
    this.renderRoot.querySelector<HTMLElement>("#main")?.focus();
  }

  #open(name: TabName): void {
    const reached = name !== this.tab;
    this.tab = name;
    if (this.loaded.has(name)) return;
    const { load } = tabs.find((tab) => tab.name === name) ?? tabs[0];
    load()
      .then(() => {
        this.loaded = new Set([...this.loaded, name]);
      })
      .catch(() =>
        this.session.notify({
          tone: "warning",
          title: "A part of the page could not be loaded",
          message: "Check the connection and choose the tab again, or reload the page.",
        }),
      );
    if (reached && tabFromHash(location.hash) === name)
      this.updateComplete.then(() => this.renderRoot.querySelector("wa-tab-group")?.scrollIntoView());
  }

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 100dvh;
      }
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--wa-space-m);
        padding: var(--wa-space-m);
        max-width: 110rem;
        width: 100%;
        box-sizing: border-box;
        margin-inline: auto;
        flex: 1;
      }
      .bench {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--wa-space-l);
        align-items: start;
      }
      .work {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--wa-space-s);
      }
      .shown {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--wa-space-xs);
        overflow-wrap: anywhere;
      }
      .plots {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--wa-space-l);
      }
      wa-tab-group {
        min-width: 0;
      }
      wa-tab-panel::part(base) {
        padding-block: var(--wa-space-m);
      }
      @media (max-width: 30rem) {
        /* Two rows, rather than some out of sight. */
        wa-tab-group::part(tabs) {
          flex-wrap: wrap;
        }
        wa-tab::part(base) {
          padding: var(--wa-space-xs) var(--wa-space-2xs);
          font-size: var(--wa-font-size-s);
        }
      }
      footer a {
        display: inline-block;
        min-block-size: 24px;
        color: var(--wa-color-text-link);
      }
      footer {
        padding: var(--wa-space-m);
        text-align: center;
        border-block-start: 1px solid var(--wa-color-surface-border);
      }
      .skip {
        position: absolute;
        inset: var(--wa-space-2xs) auto auto var(--wa-space-m);
        z-index: 1;
        padding: var(--wa-space-2xs) var(--wa-space-s);
        border: 0;
        color: var(--wa-color-text-link);
        background: var(--wa-color-surface-raised);
        font: inherit;
        cursor: pointer;
      }
      .skip:not(:focus) {
        clip-path: inset(50%);
        pointer-events: none;
      }
      @media (min-width: 64rem) {
        .bench {
          grid-template-columns: 20rem minmax(0, 1fr);
        }
        /* Always at hand; below the header when the page begins. */
        fx-controls {
          position: sticky;
          inset-block-start: var(--wa-space-m);
          max-block-size: calc(100dvh - 5rem);
          overflow-y: auto;
        }
      }
      @media (min-width: 85rem) {
        .plots {
          grid-template-columns: repeat(2, minmax(0, 1fr));
        }
      }
    `,
  ];
}

customElements.define("fx-app", App);

declare global {
  interface HTMLElementTagNameMap {
    "fx-app": App;
  }
}
