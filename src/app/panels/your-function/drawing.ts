import { css, html, LitElement, svg } from "lit";
import { formatNumber } from "../../../charts/numbers";
import { shared } from "../../styles";
import { finePoints } from "./curve";
import { drawnCurve, drawnRange, knots } from "./spline";

const [lowest, highest] = drawnRange;
/** Of the picture, in its own units. */
const width = 400;
const height = 260;
const margin = 12;

const toLeft = (x: number): number => margin + ((x + 1) / 2) * (width - 2 * margin);
const toTop = (y: number): number => margin + ((highest - y) / (highest - lowest)) * (height - 2 * margin);

/**
 * A curve to be drawn: a pointer's stroke sets the control points that it passes; arrow keys move one. Tells the new
 * values in an event `fx-draw`.
 */
export class Drawing extends LitElement {
  static override properties = { values: { attribute: false }, current: { state: true } };
  /** At `knots`. */
  declare values: readonly number[];
  /** The control point that the keyboard reaches. */
  declare current: number;

  /** Where the pointer was, while it draws. */
  #last: readonly [x: number, y: number] | undefined;

  constructor() {
    super();
    this.values = knots.map(() => 0);
    this.current = (knots.length - 1) / 2;
  }

  override render() {
    const { f } = drawnCurve(this.values);
    const path = finePoints
      .filter((_, i) => i % 4 === 0)
      .map((x) => `${toLeft(x).toFixed(1)},${toTop(f(x)).toFixed(1)}`)
      .join(" ");
    return html`
      <svg
        viewBox="0 0 ${width} ${height}"
        role="group"
        aria-label="Drawn curve, control points"
        aria-describedby="hint"
        @pointerdown=${this.#begin}
        @pointermove=${this.#draw}
        @pointerup=${this.#end}
        @pointercancel=${this.#end}
      >
        ${[-1, 0, 1].map(
          (y) => svg`
            <line class=${y === 0 ? "axis" : "grid"} x1=${margin} x2=${width - margin} y1=${toTop(y)} y2=${toTop(y)}></line>
            <text x=${margin + 2} y=${toTop(y) - 4}>${formatNumber(y)}</text>`,
        )}
        ${[-1, 0, 1].map(
          (x) =>
            svg`<line class="grid" x1=${toLeft(x)} x2=${toLeft(x)} y1=${margin} y2=${height - margin}></line>`,
        )}
        <polyline points=${path}></polyline>
        ${knots.map(
          (x, i) => svg`
            <circle
              role="slider"
              tabindex=${i === this.current ? 0 : -1}
              aria-label="f at x = ${formatNumber(x, 2)}"
              aria-orientation="vertical"
              aria-valuemin=${lowest}
              aria-valuemax=${highest}
              aria-valuenow=${this.values[i]}
              aria-valuetext=${formatNumber(this.values[i], 3)}
              cx=${toLeft(x)}
              cy=${toTop(this.values[i])}
              r="5"
              @focus=${() => {
                this.current = i;
              }}
              @keydown=${(event: KeyboardEvent) => this.#press(event, i)}
            ></circle>`,
        )}
      </svg>
      <p class="quiet" id="hint">Draw from side to side; or move a point with ↑&nbsp;↓, and with ←&nbsp;→ go to the next.</p>
    `;
  }

  #begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#surface.setPointerCapture(event.pointerId);
    const at = this.#placeOf(event);
    this.#last = at;
    const nearest = nearestKnot(at[0]);
    this.#change(new Map([[nearest, at[1]]]));
    this.#focus(nearest);
    event.preventDefault();
  }

  /** Every control point between the last place and this one lies on the line between them. */
  #draw(event: PointerEvent): void {
    if (!this.#last) return;
    const [from, to] = [this.#last, this.#placeOf(event)];
    const changes = new Map<number, number>([[nearestKnot(to[0]), to[1]]]);
    knots.forEach((x, i) => {
      const along = (x - from[0]) / (to[0] - from[0]);
      if (along > 0 && along < 1) changes.set(i, from[1] + along * (to[1] - from[1]));
    });
    this.#last = to;
    this.#change(changes);
  }

  #end(): void {
    this.#last = undefined;
  }

  #press(event: KeyboardEvent, i: number): void {
    const step = event.shiftKey ? 0.01 : 0.05;
    const value = this.values[i];
    const moved = {
      ArrowUp: value + step,
      ArrowDown: value - step,
      PageUp: value + 5 * step,
      PageDown: value - 5 * step,
      Home: lowest,
      End: highest,
    }[event.key];
    const next = { ArrowLeft: i - 1, ArrowRight: i + 1 }[event.key];
    if (moved === undefined && next === undefined) return;
    event.preventDefault();
    if (moved !== undefined) this.#change(new Map([[i, moved]]));
    if (next !== undefined) this.#focus(Math.min(Math.max(next, 0), knots.length - 1));
  }

  #focus(i: number): void {
    this.renderRoot.querySelectorAll("circle")[i].focus();
  }

  #change(changes: ReadonlyMap<number, number>): void {
    this.values = this.values.map((value, i) => {
      const wanted = changes.get(i) ?? value;
      return Math.round(100 * Math.min(Math.max(wanted, lowest), highest)) / 100;
    });
    this.dispatchEvent(new CustomEvent("fx-draw", { detail: this.values }));
  }

  get #surface(): SVGSVGElement {
    const surface = this.renderRoot.querySelector("svg");
    if (!surface) throw new Error("the drawing has not been rendered");
    return surface;
  }

  #placeOf(event: PointerEvent): readonly [x: number, y: number] {
    const box = this.#surface.getBoundingClientRect();
    const left = ((event.clientX - box.left) / box.width) * width;
    const top = ((event.clientY - box.top) / box.height) * height;
    return [
      (2 * (left - margin)) / (width - 2 * margin) - 1,
      highest - ((top - margin) / (height - 2 * margin)) * (highest - lowest),
    ];
  }

  static override styles = [
    shared,
    css`
      svg {
        display: block;
        width: 100%;
        max-width: 30rem;
        box-sizing: border-box;
        /* Drawing with a finger does not scroll the page. */
        touch-action: none;
        cursor: crosshair;
        border: 1px solid var(--wa-form-control-border-color);
        border-radius: var(--wa-form-control-border-radius);
        background: var(--wa-form-control-background-color);
        user-select: none;
      }
      line {
        stroke: var(--fx-grid);
      }
      .axis {
        stroke: var(--fx-axis);
      }
      text {
        fill: var(--wa-color-text-quiet);
        font: 11px var(--fx-mono);
      }
      polyline {
        fill: none;
        stroke: var(--fx-truth);
        stroke-width: 2;
      }
      circle {
        fill: var(--wa-form-control-background-color);
        stroke: var(--fx-truth);
        stroke-width: 2;
      }
      circle:focus {
        outline: none;
        fill: var(--fx-truth);
      }
      circle:focus-visible {
        stroke: var(--wa-color-focus, var(--fx-cnn));
        stroke-width: 5;
      }
      p {
        margin-block-start: var(--wa-space-2xs);
      }
    `,
  ];
}

const nearestKnot = (x: number): number =>
  Math.min(Math.max(Math.round((x - knots[0]) / (knots[1] - knots[0])), 0), knots.length - 1);

customElements.define("fx-drawing", Drawing);

declare global {
  interface HTMLElementTagNameMap {
    "fx-drawing": Drawing;
  }
}
