import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/icon/icon.js";
import "@awesome.me/webawesome/dist/components/switch/switch.js";
import "@awesome.me/webawesome/dist/components/tag/tag.js";
import { css, html, LitElement, nothing } from "lit";
import { calculusFunctions, type NetworkName } from "../../calculus";
import { predictionSeries, predictionSpec } from "../../charts/experiment";
import "../charts/chart";
import { formatNumber } from "../../charts/numbers";
import type { ChartSpec, SeriesSpec } from "../../charts/spec";
import { picturesToSvg } from "../../charts/svg";
import type { Chart } from "../charts/chart";
import { readColors } from "../charts/colors";
import { renderSwatch } from "../charts/legend";
import { savePicture } from "../charts/save";
import { type PictureType, renderTools } from "../charts/tools";
import { SessionController } from "../session/controller";
import type { Run } from "../session/run";
import type { Session } from "../session/session";
import { headed, shared, stacked } from "../styles";
import {
  curveAt,
  curveRmse,
  derivativeData,
  residualData,
  residualLimit,
  rowsAt,
  type Shown,
} from "./predictions-data";

const columns = 2;
/** Pixels of one plot in a saved picture. */
const pictureSize = { width: 420, height: 280 };

/** The post's six plots: what the network predicts for one test curve of each function. */
export class PredictionsPanel extends LitElement {
  static override properties = {
    session: { attribute: false },
    place: { state: true },
    residual: { state: true },
    table: { state: true },
  };
  declare session: Session;
  /** Which of the test curves of each function. */
  declare place: number;
  declare residual: boolean;
  declare table: boolean;

  #curves: readonly (Shown | undefined)[] = [];
  /** What they were made of. */
  #source: readonly unknown[] = [];
  /** Whether the charts have not been given them yet. */
  #fresh = false;
  /** The run that was last told which curves are shown. */
  #told: string | undefined;
  readonly #specs = new Map<string, ChartSpec>();

  constructor() {
    super();
    this.place = 0;
    this.residual = false;
    this.table = false;
    new SessionController(this, "predictions");
  }

  protected override willUpdate(): void {
    const { selected, active, shown } = this.session;
    if (active && this.#told !== active.id) this.#tell(active);
    const latest = selected?.id === active?.id ? shown : undefined;
    const source = [selected, latest, this.place, this.residual];
    // The session's state changes far more often than what is drawn.
    if (source.every((each, i) => each === this.#source[i])) return;
    this.#source = source;
    this.#fresh = true;
    this.#curves = selected
      ? rowsAt(selected.test, this.place).map((row) => curveAt(selected, row, latest))
      : [];
  }

  override render() {
    const { selected } = this.session;
    return html`
      <div class="head">
        <h2>Predictions</h2>
        ${selected?.recorded === undefined ? nothing : html`<wa-tag size="s">recorded</wa-tag>`}
        ${selected ? this.#renderControls() : nothing}
      </div>
      ${
        selected
          ? html`${this.#renderKey(selected)}
              <div class="plots">${calculusFunctions.map((_, index) => this.#renderPlot(selected, index))}</div>
              <p class="quiet note">RMSE of each curve against its clean derivative</p>`
          : html`<p class="quiet">
              One test curve of each function, with the derivative that the network predicts, will be drawn here as
              soon as a network trains.
            </p>`
      }
    `;
  }

  #renderControls() {
    return html`<div class="controls">
      <wa-switch size="s" ?checked=${this.residual} @change=${this.#switchResidual}>Residuals</wa-switch>
      <wa-button size="xs" appearance="outlined" @click=${this.#next}>
        <wa-icon slot="start" name="next"></wa-icon>Next curve
      </wa-button>
    </div>`;
  }

  #renderKey(run: Run) {
    const limit = formatNumber(residualLimit(this.#curves));
    return html`<div class="key quiet">
      ${(this.residual ? residualSeries : predictionSeries)(run.settings.network).map((series) => html`<span>${renderSwatch(series)} ${series.label}</span>`)}
      <span>over x${this.residual ? `, all plots ±${limit}` : ""}</span>
      <div class="row tools" role="group" aria-label="Predictions, tools">
        ${renderTools(
          "all six plots",
          this.table,
          () => {
            this.table = !this.table;
          },
          (type) => this.#save(type),
        )}
      </div>
    </div>`;
  }

  #renderPlot(run: Run, index: number) {
    const shown = this.#curves[index];
    if (!shown)
      return html`<div class="missing quiet">
        <h3>${calculusFunctions[index].title}</h3>
        <p>No test curve of this function.</p>
      </div>`;
    const rmse = curveRmse(shown);
    return html`<div>
      <fx-chart data-function=${index} .spec=${this.#specOf(run, index)} .table=${this.table}></fx-chart>
      <p class="quiet note">
        ${rmse === undefined ? "not predicted yet" : html`RMSE <span class="figure">${formatNumber(rmse, 3)}</span>`}
        · curve ${run.test.curve[shown.row]}${shown.negated ? ", of −f" : ""}
      </p>
    </div>`;
  }

  override updated(): void {
    if (!this.#fresh) return;
    this.#fresh = false;
    for (const chart of this.#charts()) {
      const shown = this.#curves[Number(chart.dataset.function)];
      if (shown) chart.setData(this.residual ? residualData(shown) : derivativeData(shown));
    }
  }

  #charts(): readonly Chart[] {
    return [...this.renderRoot.querySelectorAll("fx-chart")];
  }

  /** The same object while nothing in it changes: another one makes the chart anew. */
  #specOf(run: Run, index: number): ChartSpec {
    const limit = this.residual ? residualLimit(this.#curves) : undefined;
    const key = `${run.settings.network} ${index} ${limit}`;
    const spec = this.#specs.get(key) ?? specOf(run, index, limit);
    this.#specs.set(key, spec);
    return spec;
  }

  #switchResidual(event: Event & { readonly target: HTMLElement & { readonly checked: boolean } }): void {
    this.residual = event.target.checked;
  }

  #next(): void {
    this.place += 1;
    if (this.session.active) this.#tell(this.session.active);
  }

  #tell({ id, test }: Run): void {
    this.#told = id;
    this.session.show(rowsAt(test, this.place).filter((row) => row >= 0));
  }

  #save(type: PictureType): void {
    const pictures = this.#charts().map((chart) => ({ spec: this.#captioned(chart), data: chart.data }));
    const size = {
      width: columns * pictureSize.width,
      height: Math.ceil(pictures.length / columns) * pictureSize.height,
    };
    const svg = picturesToSvg(pictures, columns, pictureSize, readColors(this));
    void savePicture(svg, size, this.residual ? "residuals" : "predictions", type);
  }

  /** In a picture the score stands in the title. */
  #captioned({ spec, dataset }: Chart): ChartSpec {
    const shown = this.#curves[Number(dataset.function)];
    const rmse = shown && curveRmse(shown);
    return {
      ...spec,
      title: rmse === undefined ? spec.title : `${spec.title}, RMSE ${formatNumber(rmse, 3)}`,
    };
  }

  static override styles = [
    shared,
    stacked,
    headed,
    css`
      :host {
        gap: var(--wa-space-2xs);
        container-type: inline-size;
      }
      .key {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 var(--wa-space-m);
      }
      .tools {
        gap: 0;
        margin-inline-start: auto;
      }
      .key svg {
        vertical-align: middle;
      }
      .plots {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: var(--wa-space-xs) var(--wa-space-s);
      }
      .note,
      .missing {
        text-align: center;
        font-size: var(--wa-font-size-xs);
      }
      @container (max-width: 30rem) {
        .plots {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
}

function specOf({ settings: { network } }: Run, index: number, limit: number | undefined): ChartSpec {
  const spec = predictionSpec(network, index);
  if (limit === undefined) return spec;
  const y = {
    ...spec.y,
    label: "prediction − derivative",
    range: [-limit, limit],
    ticks: [-limit, 0, limit],
  } as const;
  return { ...spec, y, series: residualSeries(network) };
}

const residualSeries = (network: NetworkName): readonly SeriesSpec[] =>
  predictionSeries(network)
    .slice(1)
    .map((series) => ({ ...series, label: "prediction − clean derivative" }));

customElements.define("fx-predictions", PredictionsPanel);

declare global {
  interface HTMLElementTagNameMap {
    "fx-predictions": PredictionsPanel;
  }
}
