import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { ChartData, ChartSpec } from "../../charts/spec";
import { isDrawn, type Span, type View, viewOf } from "../../charts/view";
import { onThemeChange, readColors } from "./colors";
import { optionsOf } from "./options";
import uPlot from "./uplot";

interface PlotHost extends ReactiveControllerHost, HTMLElement {
  readonly spec: ChartSpec;
}

/** Of the time that passes, drawing takes at most one part in so many: long series must not stop the page. */
const share = 4;

const open = new Set<PlotController>();

/** One uPlot in its host: made when there is room for it, made anew when spec or theme change, destroyed with it. */
export class PlotController implements ReactiveController {
  readonly #host: PlotHost;
  readonly #surface: () => HTMLElement | null;
  readonly #moved: (index: number | null) => void;
  readonly #resized = new ResizeObserver(() => this.#fit());
  #plot: uPlot | undefined;
  #spec: ChartSpec | undefined;
  #data: ChartData = [[]];
  #view: View = { x: [0, 1], y: [0, 1] };
  #zoom: Span | undefined;
  #frame = 0;
  #rested = 0;
  #endTheme: (() => void) | undefined;

  /**
   * @param surface where the plot belongs, once the host has rendered
   * @param moved hears at which point the cursor stands, or that there is none
   */
  constructor(host: PlotHost, surface: () => HTMLElement | null, moved: (index: number | null) => void) {
    this.#host = host;
    this.#surface = surface;
    this.#moved = moved;
    host.addController(this);
  }

  get data(): ChartData {
    return this.#data;
  }

  /** The part of the x axis that is zoomed into. */
  get zoom(): Span | undefined {
    return this.#zoom;
  }

  /** First and last of the points in view. */
  get shown(): readonly [first: number, last: number] {
    const [first, last] = this.#plot?.series[0].idxs ?? [0, this.#data[0].length - 1];
    return [first, last];
  }

  hostConnected(): void {
    open.add(this);
    this.#endTheme = onThemeChange(() => this.#build());
    const surface = this.#surface();
    if (surface) this.#resized.observe(surface);
  }

  hostUpdated(): void {
    const surface = this.#surface();
    if (surface) this.#resized.observe(surface);
    if (this.#spec !== this.#host.spec) this.#build();
  }

  hostDisconnected(): void {
    open.delete(this);
    this.#endTheme?.();
    this.#resized.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#destroy();
  }

  setData(data: ChartData): void {
    this.#data = data;
    this.#schedule();
  }

  /** Moves the cursor to a point, and that of the group with it. */
  moveTo(index: number): void {
    const x = this.#data[0][index];
    if (!this.#plot || x === undefined) return;
    this.#reveal(x);
    this.#setCursor(this.#plot.valToPos(x, "x"), x);
  }

  hideCursor(): void {
    this.#setCursor(-10, 0);
  }

  #setCursor(left: number, x: number): void {
    const plot = this.#plot;
    if (!plot) return;
    const { clientWidth, clientHeight } = plot.over;
    const top = left < 0 ? -10 : clientHeight / 2;
    plot.setCursor({ left, top });
    const { group } = this.#host.spec;
    const { sync } = plot.cursor;
    if (group === undefined || !sync) return;
    sync.values = [x, 0];
    uPlot.sync(group).pub("mousemove", plot, left, top, clientWidth, clientHeight, 0);
  }

  /** Shows this part of the x axis, or all of it; so does the group. A part without two points is not shown. */
  zoomTo(span: Span | undefined): void {
    if (span && this.#data[0].filter((x) => x >= span[0] && x <= span[1]).length < 2) return;
    const { group } = this.#host.spec;
    for (const plot of open)
      if (plot === this || (group !== undefined && plot.#host.spec.group === group)) plot.#applyZoom(span);
  }

  /** Zooms by a factor around a point, or around the middle. */
  zoomBy(factor: number, index: number | null): void {
    const [from, to] = this.#view.x;
    const whole = viewOf(this.#host.spec, this.#data).x;
    const at = (index === null ? undefined : this.#data[0][index]) ?? (from + to) / 2;
    const span = [
      Math.max(whole[0], at - (at - from) / factor),
      Math.min(whole[1], at + (to - at) / factor),
    ] as const;
    this.zoomTo(span[0] <= whole[0] && span[1] >= whole[1] ? undefined : span);
  }

  #applyZoom(span: Span | undefined): void {
    this.#zoom = span;
    this.#draw();
    this.#host.requestUpdate();
  }

  /** Moves what is zoomed into so that x is in it. */
  #reveal(x: number): void {
    if (!this.#zoom) return;
    const [from, to] = this.#zoom;
    if (x >= from && x <= to) return;
    const shift = x < from ? x - from : x - to;
    this.zoomTo([from + shift, to + shift]);
  }

  #schedule(): void {
    if (this.#frame !== 0 || !this.#host.isConnected) return;
    this.#frame = requestAnimationFrame((now) => {
      this.#frame = 0;
      if (now < this.#rested) this.#schedule();
      else this.#draw();
    });
  }

  #draw(): void {
    if (this.#plot && this.#spec !== this.#host.spec) {
      // The data may be meant for the spec that has just come: series and columns must agree.
      this.#build();
      return;
    }
    const begun = performance.now();
    const { spec } = this.#host;
    this.#view = viewOf(spec, this.#data, this.#zoom);
    const [aligned, points] = align(spec, this.#data);
    this.#plot?.setData(aligned);
    this.#host.dataset.points = String(points);
    const ended = performance.now();
    this.#rested = ended + (share - 1) * (ended - begun);
  }

  #build(): void {
    this.#destroy();
    this.#spec = this.#host.spec;
    const surface = this.#surface();
    const width = surface?.clientWidth ?? 0;
    if (!surface || width === 0) return;
    const options = optionsOf(
      this.#spec,
      { width, height: surface.clientHeight },
      {
        view: () => this.#view,
        colors: readColors(this.#host),
        dragged: (span) => this.zoomTo(span),
        doubleClicked: () => this.zoomTo(undefined),
        moved: this.#moved,
      },
    );
    this.#view = viewOf(this.#spec, this.#data, this.#zoom);
    this.#plot = new uPlot(options, align(this.#spec, this.#data)[0], surface);
    this.#schedule();
  }

  #fit(): void {
    const surface = this.#surface();
    if (!surface || surface.clientWidth === 0) return;
    const { clientWidth: width, clientHeight: height } = surface;
    if (!this.#plot) this.#build();
    else if (this.#plot.width !== width || this.#plot.height !== height)
      this.#plot.setSize({ width, height });
  }

  #destroy(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }
}

/** The data as uPlot takes it: what cannot be drawn is null; and how many points can. */
function align({ series, y }: ChartSpec, [xs, ...columns]: ChartData): [uPlot.AlignedData, number] {
  let points = 0;
  const values = series.map((_, index) =>
    xs.map((_, i) => {
      const value = columns[index]?.[i];
      if (!isDrawn(value, y)) return null;
      points += 1;
      return value;
    }),
  );
  return [[[...xs], ...values], points];
}
