/** What the progress charts show of the selected run and those beside it. */
import type { NetworkName } from "../../calculus";
import type { ChartData, ChartSpec, SeriesSpec } from "../../charts/spec";
import { nameRun, networkTitles } from "../session/describe";
import type { Run } from "../session/run";
import type { Quantity, Trace } from "./progress-trace";

/** A run and its columns. */
export interface Traced {
  readonly run: Run;
  readonly trace: Trace;
}

/** Of runs beside the selected one: in ink, because its own lines have the colours. */
const dashes = [
  [10, 4],
  [2, 3],
  [10, 3, 2, 3],
  [18, 4],
  [6, 3, 2, 3, 2, 3],
] as const;

const titles = { rmse: "RMSE", loss: "Loss" } as const satisfies Record<Quantity, string>;

/** The post's two networks do not measure their loss alike. */
const lossLabels = {
  cnn: "½ squared error per curve",
  bilstm: "½ squared error per point",
} as const satisfies Record<NetworkName, string>;

/** Runs whose curve means the same as that of the selected one. */
const comparable = (quantity: Quantity, { run }: Traced, compared: readonly Traced[]): readonly Traced[] =>
  compared.filter((each) => quantity === "rmse" || each.run.settings.network === run.settings.network);

export function progressSpec(
  quantity: Quantity,
  log: boolean,
  end: number,
  selected: Traced,
  compared: readonly Traced[],
): ChartSpec {
  const { run } = selected;
  return {
    title: titles[quantity],
    x: { label: "iteration", range: [0, end] },
    y: { label: quantity === "rmse" ? "per point" : lossLabels[run.settings.network], log },
    series: [
      { label: "training", color: "--fx-train", width: 1, faint: true },
      { label: "smoothed", color: "--fx-train", width: 2 },
      {
        label: "validation",
        color: "--fx-validation",
        width: 1.5,
        dash: [5, 4],
        marker: "circle",
        sparse: true,
      },
      ...(run.outcome
        ? [
            {
              label: "final validation",
              color: "--fx-validation",
              width: 0,
              marker: "diamond",
              sparse: true,
            } as const,
          ]
        : []),
      ...comparable(quantity, selected, compared).map(compareSeries),
    ],
    ...(quantity === "rmse" && {
      references: [
        {
          label: "predicting zero",
          value: run.facts.zero.rmseNoisy,
          color: "--fx-zero",
          dash: [12, 3, 2, 3],
        },
        { label: "noise floor", value: run.facts.noiseFloor, color: "--fx-least-squares", dash: [2, 4] },
      ],
    }),
    bands: epochBands(run, end),
    group: "progress",
    zoom: true,
    height: 200,
  };
}

function compareSeries({ run }: Traced, index: number): SeriesSpec {
  const { network } = run.settings;
  return {
    label: `${nameRun(run)} · ${networkTitles[network]}`,
    color: "--fx-truth",
    width: 1.5,
    dash: dashes[index % dashes.length],
  };
}

/** The columns of the spec's series. */
export function progressData(quantity: Quantity, selected: Traced, compared: readonly Traced[]): ChartData {
  const { run, trace } = selected;
  const { raw, smoothed, validation } = trace.lines[quantity];
  const others = comparable(quantity, selected, compared).map((each) => each.trace);
  const iterations = merge([trace, ...others]);
  const own = placed(trace, iterations);
  return [
    iterations,
    own(raw),
    own(smoothed),
    own(validation),
    ...(run.outcome ? [finalMark(run, quantity, iterations)] : []),
    ...others.map((each) => placed(each, iterations)(each.lines[quantity].smoothed)),
  ];
}

/** The iterations of all traces, in order: long ones are thinned, each in its own way. */
function merge(traces: readonly Trace[]): readonly number[] {
  const longest = traces.reduce((a, b) => (b.iterations.length > a.iterations.length ? b : a));
  if (traces.every((trace) => isBeginning(trace, longest.iterations))) return longest.iterations;
  return [...new Set(traces.flatMap(({ iterations }) => iterations))].sort((a, b) => a - b);
}

/** Whether the trace has the first of these iterations, all that there are up to its last. */
const isBeginning = (trace: Trace, iterations: readonly number[]): boolean =>
  trace.iterations.every((iteration, i) => iteration === iterations[i]);

/** Moves the columns of a trace to where its iterations stand among all; null elsewhere. */
function placed(
  trace: Trace,
  iterations: readonly number[],
): (column: readonly (number | null)[]) => readonly (number | null)[] {
  if (isBeginning(trace, iterations)) return (column) => column;
  const places = new Map(trace.iterations.map((iteration, i) => [iteration, i]));
  return (column) => iterations.map((iteration) => column[places.get(iteration) ?? -1] ?? null);
}

/** At the last iteration, or at the last one before it that was not thinned out. */
function finalMark({ outcome }: Run, quantity: Quantity, iterations: readonly number[]): (number | null)[] {
  if (!outcome) return [];
  const { result } = outcome;
  const last = iterations.findLastIndex((iteration) => iteration <= result.iterations);
  return iterations.map((_, i) => (i === last ? result.validation[quantity] : null));
}

/**
 * Where the iteration axis ends: of a run under way at a power of two of its epochs, so that it seldom moves;
 * of others at their last.
 */
export function iterationsEnd({ run, trace }: Traced, compared: readonly Traced[]): number {
  const done = Math.max(1, ...[trace, ...compared.map((each) => each.trace)].map((each) => each.done));
  if (run.outcome) return done;
  const { iterations, iterationsPerEpoch } = run.facts;
  const epochs = 2 ** Math.ceil(Math.log2(Math.max(1, done / iterationsPerEpoch)));
  return Math.max(done, Math.min(iterations, epochs * iterationsPerEpoch));
}

/** No band is seen beyond. */
const mostBands = 500;

/** Every second epoch, as far as the axis goes. */
function epochBands({ facts: { iterationsPerEpoch } }: Run, end: number): (readonly [number, number])[] {
  const bands = Math.ceil(end / iterationsPerEpoch / 2);
  if (bands > mostBands) return [];
  return Array.from({ length: bands }, (_, i) => [
    (2 * i + 1) * iterationsPerEpoch + 0.5,
    (2 * i + 2) * iterationsPerEpoch + 0.5,
  ]);
}
