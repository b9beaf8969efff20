import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/icon/icon.js";
import "@awesome.me/webawesome/dist/components/tooltip/tooltip.js";
import { html, LitElement, nothing, type TemplateResult } from "lit";
import { formatNumber } from "../../charts/numbers";
import type { ChartData, ChartSpec } from "../../charts/spec";
import { chartToSvg, type Size } from "../../charts/svg";
import { shared } from "../styles";
import { chartStyles } from "./chart-styles";
import { readColors } from "./colors";
import { keyAction } from "./keys";
import { renderCursor, renderLegend } from "./legend";
import { PlotController } from "./plot";
import { savePicture } from "./save";
import { type PictureType, renderTools } from "./tools";

/** More rows help nobody, and take the browser long. */
const mostRows = 300;

/** The data in rows; of very long series one in so many, beside those that hold sparse values. */
function renderTable({ title, x, series }: ChartSpec, data: ChartData): TemplateResult {
  const [xs, ...columns] = data;
  const every = Math.ceil(xs.length / mostRows);
  const sparse = columns.filter((_, index) => series[index]?.sparse);
  const places = xs.map((_, i) => i);
  const marked = new Set(places.filter((i) => sparse.some((column) => typeof column[i] === "number")));
  const kept = marked.size <= mostRows ? marked : new Set<number>();
  const rows = places.filter((i) => i % every === 0 || i === xs.length - 1 || kept.has(i));
  return html`<table>
    ${
      every > 1
        ? html`<caption>${rows.length} of ${xs.length} rows: one in ${every}${kept.size > 0 ? ", and all with markers" : ""}</caption>`
        : html`<caption class="visually-hidden">${title}</caption>`
    }
    <thead><tr><th scope="col" class="figure">${x.label}</th>${series.map(({ label }) => html`<th scope="col" class="figure">${label}</th>`)}</tr></thead>
    <tbody>
      ${rows.map(
        (i) =>
          html`<tr><th scope="row" class="figure">${formatNumber(xs[i])}</th>${series.map((_, index) => html`<td class="figure">${formatValue(columns[index]?.[i])}</td>`)}</tr>`,
      )}
    </tbody>
  </table>`;
}

const formatValue = (value: number | null | undefined): string =>
  value === null || value === undefined ? "" : formatNumber(value);

/** Milliseconds after which a table follows the data. */
const tableInterval = 500;

/** A chart. Its spec is a property; its data is handed over by `setData`, because series are long. */
export class Chart extends LitElement {
  static override properties = { spec: { attribute: false }, table: { type: Boolean } };
  declare spec: ChartSpec;
  /** Shows the data as a table. */
  declare table: boolean;

  readonly #plot = new PlotController(
    this,
    () => this.renderRoot?.querySelector<HTMLElement>(".surface") ?? null,
    (index) => this.#showValues(index),
  );
  #tableTimer: ReturnType<typeof setTimeout> | undefined;
  /** The point at the cursor. */
  #at: number | null = null;

  constructor() {
    super();
    this.table = false;
  }

  /** Draws this data at the next animation frame; only the latest counts. May come before the first render. */
  setData(data: ChartData): void {
    this.#plot.setData(data);
    if (this.table) this.#tableTimer ??= setTimeout(() => this.#refreshTable(), tableInterval);
  }

  #refreshTable(): void {
    this.#tableTimer = undefined;
    this.requestUpdate();
  }

  /** What was handed over last. */
  get data(): ChartData {
    return this.#plot.data;
  }

  /** Shows the whole x axis again. */
  resetZoom(): void {
    this.#plot.zoomTo(undefined);
  }

  override render() {
    const { spec } = this;
    return html`
      <figure class=${spec.compact ? "compact" : nothing} aria-label=${spec.title}>
        <figcaption>
          <span class="title">${spec.title}</span>
          ${spec.compact ? nothing : html`<span class="quiet">${spec.y.label}</span>${renderCursor(spec)}${this.#renderTools()}`}
        </figcaption>
        <div
          class="surface"
          tabindex="0"
          role="application"
          aria-roledescription="chart"
          aria-label="${spec.title}: ${spec.zoom ? "arrow keys move the cursor, plus and minus zoom" : "arrow keys move the cursor"}"
          ?hidden=${this.table}
          @keydown=${this.#pressed}
          @blur=${this.#left}
        ></div>
        ${
          this.table
            ? html`<div class="table" tabindex="0" role="region" aria-label="${spec.title}, table">
                ${renderTable(spec, this.data)}
              </div>`
            : nothing
        }
        ${spec.compact || this.table ? nothing : renderLegend(spec)}
        <div class="visually-hidden" aria-live="polite"></div>
      </figure>
    `;
  }

  protected override willUpdate(): void {
    // Not as an attribute of the surface: the page's policy forbids those.
    this.style.setProperty("--fx-chart-height", `${heightOf(this.spec)}px`);
  }

  #renderTools() {
    const { title, zoom } = this.spec;
    return html`<div class="tools" role="group" aria-label="${title}, tools">
      ${
        zoom
          ? html`
              <wa-button id="in" size="xs" appearance="plain" ?disabled=${this.table} @click=${() => this.#zoomIn(2)}>
                <wa-icon name="zoom" label="Zoom in"></wa-icon>
              </wa-button>
              <wa-tooltip for="in">Zoom in (or drag across the chart)</wa-tooltip>
              <wa-button id="reset" size="xs" appearance="plain" ?disabled=${!this.#plot.zoom} @click=${this.resetZoom}>
                <wa-icon name="reset" label="Reset zoom"></wa-icon>
              </wa-button>
              <wa-tooltip for="reset">Reset zoom (or double-click the chart)</wa-tooltip>
            `
          : nothing
      }
      ${renderTools(
        "the chart",
        this.table,
        () => {
          this.table = !this.table;
        },
        (type) => this.#save(type),
      )}
    </div>`;
  }

  #save(type: PictureType): void {
    const { spec } = this;
    const { zoom } = this.#plot;
    const size: Size = { width: Math.max(640, this.clientWidth), height: heightOf(spec) + 120 };
    const shown = zoom ? { ...spec, x: { ...spec.x, range: zoom } } : spec;
    void savePicture(chartToSvg(shown, this.data, size, readColors(this)), size, spec.title, type);
  }

  #pressed(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const action = keyAction(event.key, this.#at, this.data[0].length, this.#plot.shown);
    if (!action || this.data[0].length === 0) return;
    if ((action.kind === "zoom" || action.kind === "reset") && !this.spec.zoom) return;
    event.preventDefault();
    event.stopPropagation();
    switch (action.kind) {
      case "move":
        this.#plot.moveTo(action.to);
        this.#announce(action.to);
        return;
      case "zoom":
        this.#zoomIn(action.factor);
        return;
      case "reset":
        this.resetZoom();
        return;
      case "leave":
        this.#left();
        return;
      default:
        throw new RangeError(`unknown action ${JSON.stringify(action satisfies never)}`);
    }
  }

  /** Around the cursor, which stays at its point. */
  #zoomIn(factor: number): void {
    const at = this.#at;
    this.#plot.zoomBy(factor, at);
    if (at !== null) this.#plot.moveTo(at);
  }

  #left(): void {
    this.#plot.hideCursor();
  }

  /** Written to the page directly: the cursor moves far more often than anything else changes. */
  #showValues(index: number | null): void {
    this.#at = index;
    const [xs, ...columns] = this.data;
    const texts = [xs, ...columns].map((column) => (index === null ? null : column[index]));
    this.renderRoot.querySelectorAll(".value").forEach((element, i) => {
      const value = texts[i];
      element.textContent = value === null || value === undefined ? "" : formatNumber(value);
    });
  }

  #announce(index: number): void {
    const { x, series } = this.spec;
    const [xs, ...columns] = this.data;
    const values = series.flatMap(({ label }, i) => {
      const value = columns[i]?.[index];
      return value === null || value === undefined ? [] : [`${label} ${formatNumber(value)}`];
    });
    const region = this.renderRoot.querySelector("[aria-live]");
    if (region)
      region.textContent = `${x.label} ${formatNumber(xs[index])}: ${values.join(", ") || "no value"}`;
  }

  static override styles = [shared, ...chartStyles];
}

const heightOf = ({ height, compact }: ChartSpec): number => height ?? (compact ? 142 : 220);

customElements.define("fx-chart", Chart);

declare global {
  interface HTMLElementTagNameMap {
    "fx-chart": Chart;
  }
}
