import "@awesome.me/webawesome/dist/components/button/button.js";
import "@awesome.me/webawesome/dist/components/callout/callout.js";
import "@awesome.me/webawesome/dist/components/icon/icon.js";
import "@awesome.me/webawesome/dist/components/option/option.js";
import "@awesome.me/webawesome/dist/components/select/select.js";
import { css, html, LitElement, nothing } from "lit";
import { formatNumber } from "../../charts/numbers";
import { type ResolvedLayer, readModel, resolveLayers } from "../../engine";
import { kindOf } from "../../engine/layers/registry";
import type { LearnableValues } from "../../engine/training/inspector";
import { SessionController } from "../session/controller";
import { describeRun, nameRun, networkTitles, presetTitles } from "../session/describe";
import type { Run } from "../session/run";
import type { Session } from "../session/session";
import { shared } from "../styles";
import "./histogram";

/** A layer's learnables as they were when they were asked for. */
interface Shown {
  readonly layer: string;
  /** "run 3 · CNN · quick, after iteration 120". */
  readonly source: string;
  readonly values: readonly (Omit<LearnableValues, "gradients"> & Partial<LearnableValues>)[];
}

/** The layers of the network, and how the weights and gradients of one are distributed. */
export class NetworkPanel extends LitElement {
  static override properties = {
    session: { attribute: false },
    layer: { state: true },
    shown: { state: true },
    problem: { state: true },
    asking: { state: true },
  };
  declare session: Session;
  /** The chosen layer, if there is one of that name. */
  declare layer: string;
  declare shown: Shown | undefined;
  declare problem: string;
  declare asking: boolean;

  constructor() {
    super();
    this.layer = "";
    this.problem = "";
    this.asking = false;
    new SessionController(this);
  }

  override render() {
    const { selected, experiment } = this.session;
    const spec = (selected?.experiment ?? experiment)?.spec;
    if (!spec) return html`<p class="quiet">The chosen options make no network.</p>`;
    const layers = selected?.facts.layers ?? resolveLayers(spec);
    return html`
      <h2>Network</h2>
      <p class="quiet">${this.#subject()} Output shapes are (channels, time steps).</p>
      <div class="scroll" tabindex="0" role="region" aria-label="Layers of the network">
        ${this.#table(layers, spec.input)}
      </div>
      ${this.#distributions(layers)}
    `;
  }

  #table(
    layers: readonly ResolvedLayer[],
    { channels, steps }: { readonly channels: number; readonly steps: number },
  ) {
    return html`
      <table>
        <thead>
          <tr>
            <th scope="col">Layer</th>
            <th scope="col">Kind</th>
            <th scope="col">Detail</th>
            <th scope="col" class="figure">Output</th>
            <th scope="col" class="figure">Learnables</th>
            <th scope="col">Their shapes</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">input</th>
            <td>curve</td>
            <td>the grid and f on it</td>
            <td class="figure">(${channels}, ${steps})</td>
            <td class="figure">–</td>
            <td></td>
          </tr>
          ${layers.map((layer) => renderLayer(layer))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">${layers.length} layers</th>
            <td></td>
            <td></td>
            <td></td>
            <td class="figure">${grouped(layers.reduce((sum, layer) => sum + learnablesOf(layer), 0))}</td>
            <td></td>
          </tr>
        </tfoot>
      </table>
    `;
  }

  #subject(): string {
    const { selected, settings } = this.session;
    if (!selected)
      return `The ${networkTitles[settings.network]} of the ${presetTitles[settings.preset]} preset as chosen, not trained yet.`;
    const { dispatchesPerStep, bytesOnDevice } = selected.facts;
    return `${describeRun(selected)}: ${dispatchesPerStep} dispatches in a training step, ${formatNumber(bytesOnDevice / 1e6, 3)} MB on the GPU.`;
  }

  #distributions(layers: readonly ResolvedLayer[]) {
    const learning = layers.filter(({ learnables }) => learnables.length > 0);
    const chosen = learning.find(({ name }) => name === this.layer) ?? learning[0];
    const missing = this.#missing();
    return html`
      <section aria-labelledby="distributions">
        <h2 id="distributions">Weights and gradients</h2>
        ${
          missing === undefined
            ? html`<div class="row ask">
                <wa-select label="Layer" size="s" .value=${chosen.name} @change=${this.#choose}>
                  ${learning.map(({ name, spec }) => html`<wa-option value=${name}>${name}, ${kindOf(spec).describe(spec).kind}</wa-option>`)}
                </wa-select>
                <wa-button size="s" appearance="outlined" ?disabled=${this.asking} @click=${() => this.#ask(chosen.name)}>
                  Show ${chosen.name}
                </wa-button>
                ${this.session.selected?.outcome ? html`<p class="quiet">Gradients exist only while a network trains.</p>` : nothing}
              </div>`
            : html`<p class="quiet">${missing}</p>`
        }
        ${
          this.problem === ""
            ? nothing
            : html`<wa-callout variant="warning" size="s">
                <wa-icon slot="icon" name="warning"></wa-icon>${this.problem}
              </wa-callout>`
        }
        ${this.shown ? renderShown(this.shown) : nothing}
      </section>
    `;
  }

  /** Why there are no weights to see, if there are none. */
  #missing(): string | undefined {
    const { selected, active } = this.session;
    if (!selected) return "Train a network: its weights and gradients can be seen here while it learns.";
    if (selected.id === active?.id) return undefined;
    if (selected.outcome?.trained?.model) return undefined;
    return selected.recorded === undefined
      ? `${nameRun(selected)} left no weights.`
      : "Recorded runs come without their weights. Train a network to see some.";
  }

  #choose(event: Event & { readonly target: HTMLElement & { readonly value: string } }): void {
    this.layer = event.target.value;
  }

  async #ask(layer: string): Promise<void> {
    const { selected } = this.session;
    if (!selected) return;
    this.asking = true;
    this.problem = "";
    try {
      this.shown = await this.#read(selected, layer);
    } catch (error) {
      this.problem = `${error instanceof Error ? error.message : String(error)}.`;
    } finally {
      this.asking = false;
    }
  }

  async #read(run: Run, layer: string): Promise<Shown> {
    const model = run.outcome?.trained?.model;
    if (model) {
      const prefix = `${layer}.`;
      const tensors = [...readModel(model, nameRun(run)).tensors].filter(([name]) => name.startsWith(prefix));
      const values = tensors.map(([name, { shape, data }]) => ({ name, shape, weights: data }));
      return { layer, source: `${describeRun(run)}, trained`, values };
    }
    const values = await this.session.ask({ kind: "inspect", layer });
    const iteration = run.history.at(-1)?.iteration ?? 0;
    return { layer, source: `${describeRun(run)}, after about ${iteration} iterations`, values };
  }

  static override styles = [
    shared,
    css`
      :host,
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--wa-space-s);
      }
      section {
        margin-block-start: var(--wa-space-s);
      }
      tbody :is(th, td) {
        white-space: nowrap;
      }
      tfoot :is(th, td) {
        font-weight: var(--wa-font-weight-semibold);
        white-space: nowrap;
      }
      .shapes {
        font-family: var(--fx-mono);
      }
      .ask {
        align-items: end;
      }
      wa-select {
        min-width: 17rem;
      }
      /* Two columns at most: a gradient stands beside its weights. */
      .histograms {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(max(min(100%, 22rem), 40%), 1fr));
        gap: var(--wa-space-s) var(--wa-space-l);
      }
    `,
  ];
}

/** The learnable's name within its layer: "forward.weight_ih". */
const ownName = ({ name: layer }: ResolvedLayer, name: string): string => name.slice(layer.length + 1);

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

const learnablesOf = ({ learnables }: ResolvedLayer): number =>
  learnables.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

function renderLayer(layer: ResolvedLayer) {
  const { kind, detail } = kindOf(layer.spec).describe(layer.spec);
  const shapes = layer.learnables.map(
    ({ name, shape }) => html`<div>${ownName(layer, name)} ${shape.join(" × ")}</div>`,
  );
  return html`
    <tr>
      <th scope="row">${layer.name}</th>
      <td>${kind}</td>
      <td>${detail}</td>
      <td class="figure">(${layer.output.channels}, ${layer.output.steps})</td>
      <td class="figure">${layer.learnables.length > 0 ? grouped(learnablesOf(layer)) : "–"}</td>
      <td class="shapes">${shapes}</td>
    </tr>
  `;
}

function renderShown({ source, values }: Shown) {
  return html`
    <p class="quiet">${source}</p>
    <div class="histograms">
      ${values.map(
        ({ name, shape, weights, gradients }) => html`
          <fx-histogram label="${name}, ${shape.join(" × ")}" color="--fx-train" .values=${weights}></fx-histogram>
          ${
            gradients
              ? html`<fx-histogram label="Gradient of ${name}" color="--fx-validation" .values=${gradients}></fx-histogram>`
              : nothing
          }
        `,
      )}
    </div>
  `;
}

/** "82,433". */
const grouped = (value: number): string => value.toLocaleString("en");

customElements.define("fx-network", NetworkPanel);

declare global {
  interface HTMLElementTagNameMap {
    "fx-network": NetworkPanel;
  }
}
