import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/icon/icon.js";
import "@awesome.me/webawesome/dist/components/radio/radio.js";
import "@awesome.me/webawesome/dist/components/radio-group/radio-group.js";
import { css, html, LitElement, nothing, type PropertyValues } from "lit";
import { ExpressionError, readExpression } from "../../../calculus";
import { shared, stacked } from "../../styles";
import { type Curve, faultOf, finePoints } from "./curve";
import "./drawing";
import { excerptOf } from "./excerpt";
import { drawnCurve, knots } from "./spline";

/** A curve that the visitor asks about, and how it is written. */
export interface ChosenCurve {
  readonly curve: Curve;
  /** "f(x) = x ^ 5", then its derivative; or that it was drawn. */
  readonly lines: readonly string[];
}

const examples = ["x^5", "exp(x)", "x*sin(pi*x)", "sin(pi*x^2)", "sin(2*pi*x)", "tanh(3x)", "x^2/2"] as const;
/** Milliseconds. */
const typingPause = 150;
/** Characters of a derivative. */
const mostShown = 300;

const ways = ["type", "draw"] as const;
type Way = (typeof ways)[number];
const wayTitles = { type: "Type it", draw: "Draw it" } as const satisfies Record<Way, string>;

/** Where a function is typed or drawn. Tells every one that can be asked about in an event `fx-curve`. */
export class FunctionSource extends LitElement {
  static override properties = {
    points: { attribute: false },
    way: { state: true },
    typed: { state: true },
    problem: { state: true },
    drawn: { state: true },
  };
  /** Where the curve will be sampled. */
  declare points: readonly number[];
  declare way: Way;
  declare typed: string;
  declare problem: ExpressionError | undefined;
  declare drawn: readonly number[];

  #waiting: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.points = [];
    this.way = "type";
    this.typed = examples[2];
    this.problem = undefined;
    this.drawn = knots.map((x) => Math.round(100 * Math.exp(-4 * x ** 2)) / 100);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#waiting);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("points")) this.#read();
  }

  override render() {
    return html`
      <wa-radio-group
        label="Your function"
        orientation="horizontal"
        size="s"
        .value=${this.way}
        @change=${(event: Event & { readonly currentTarget: HTMLElement & { readonly value: string } }) => {
          this.way = ways.find((way) => way === event.currentTarget.value) ?? this.way;
          this.#read();
        }}
      >
        ${ways.map((way) => html`<wa-radio appearance="button" value=${way}>${wayTitles[way]}</wa-radio>`)}
      </wa-radio-group>
      ${this.way === "type" ? this.#renderTyped() : this.#renderDrawn()}
    `;
  }

  #renderTyped() {
    const { problem } = this;
    return html`
      <div>
      <div class="field">
        <label for="typed">f(x) =</label>
        <input
          id="typed"
          type="text"
          inputmode="text"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          .value=${this.typed}
          aria-invalid=${problem ? "true" : "false"}
          aria-describedby="problem"
          @input=${this.#type}
        />
      </div>
      <div id="problem" aria-live="polite">${problem ? this.#renderProblem(problem) : nothing}</div>
      </div>
      <div class="row" role="group" aria-label="Examples">
        ${examples.map(
          (example) => html`
            <wa-button size="xs" appearance="outlined" @click=${() => this.#take(example)}>${example}</wa-button>`,
        )}
      </div>
    `;
  }

  #renderProblem(problem: ExpressionError) {
    const { before, marked, after } = excerptOf(this.typed, problem);
    return html`
      <p class="problem"><wa-icon name="warning"></wa-icon><span>${place(problem)}: ${problem.message}.</span></p>
      <p class="excerpt"><code>${before}<mark class=${marked === "" ? "gap" : ""}>${marked}</mark>${after}</code></p>
    `;
  }

  #renderDrawn() {
    return html`
      <fx-drawing
        .values=${this.drawn}
        @fx-draw=${(event: CustomEvent<readonly number[]>) => {
          this.drawn = event.detail;
          this.#readSoon();
        }}
      ></fx-drawing>
    `;
  }

  #type(event: InputEvent & { readonly currentTarget: HTMLInputElement }): void {
    this.typed = event.currentTarget.value;
    this.#readSoon();
  }

  #take(example: string): void {
    this.typed = example;
    this.#read();
  }

  #readSoon(): void {
    clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.#read(), typingPause);
  }

  #read(): void {
    clearTimeout(this.#waiting);
    try {
      const chosen = this.way === "type" ? this.#readTyped() : this.#readDrawn();
      this.problem = undefined;
      this.dispatchEvent(new CustomEvent("fx-curve", { detail: chosen }));
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      this.problem = error;
    }
  }

  #readTyped(): ChosenCurve {
    const { curve, written, writtenDerivative } = readExpression(this.typed);
    const fault = faultOf(curve, [...finePoints, ...this.points]);
    if (fault !== undefined) throw new ExpressionError(fault, 0, this.typed.length);
    return { curve, lines: [`f(x) = ${written}`, `f′(x) = ${shorten(writtenDerivative)}`] };
  }

  #readDrawn(): ChosenCurve {
    return {
      curve: drawnCurve(this.drawn),
      lines: [`f as drawn, a cubic spline through ${knots.length} points`],
    };
  }

  static override styles = [
    shared,
    stacked,
    css`
      .field {
        display: flex;
        align-items: center;
        gap: var(--wa-space-xs);
        font-family: var(--fx-mono);
      }
      label {
        white-space: nowrap;
      }
      input {
        flex: 1;
        min-width: 0;
        box-sizing: border-box;
        height: 2.5rem;
        padding-inline: var(--wa-space-s);
        font: inherit;
        color: var(--wa-form-control-value-color);
        background: var(--wa-form-control-background-color);
        border: 1px solid var(--wa-form-control-border-color);
        border-radius: var(--wa-form-control-border-radius);
      }
      input[aria-invalid="true"] {
        border-color: var(--wa-color-danger-on-quiet);
      }
      .problem {
        display: flex;
        margin-block-start: var(--wa-space-xs);
        gap: var(--wa-space-xs);
        color: var(--wa-color-danger-on-quiet);
        font-size: var(--wa-font-size-s);
      }
      .problem wa-icon {
        flex: none;
        margin-block-start: 0.2em;
      }
      .problem span {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      .excerpt {
        margin-block-start: var(--wa-space-2xs);
      }
      code {
        font-family: var(--fx-mono);
        font-size: var(--wa-font-size-s);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        unicode-bidi: isolate;
      }
      mark {
        color: var(--wa-color-danger-on-quiet);
        background: var(--wa-color-danger-fill-quiet);
        text-decoration: underline wavy;
        text-underline-offset: 0.25em;
      }
      mark.gap::before {
        content: "▲";
        font-size: 0.7em;
      }
      wa-button::part(base) {
        font-family: var(--fx-mono);
      }
    `,
  ];
}

/** "At character 5", "Characters 3 to 7". */
function place({ from, to }: ExpressionError): string {
  return to - from > 1 ? `Characters ${from + 1} to ${to}` : `Character ${from + 1}`;
}

/** Derivatives can be pages long. */
const shorten = (text: string): string => (text.length > mostShown ? `${text.slice(0, mostShown)} …` : text);

customElements.define("fx-function-source", FunctionSource);

declare global {
  interface HTMLElementTagNameMap {
    "fx-function-source": FunctionSource;
  }
}
