/** report.html: how trainings went, what the networks predict, and their numbers. */
import { calculusFunctions, figure } from "../../calculus";
import { html, type Markup } from "../../calculus/markup";
import { predictionSeries, predictionSpec } from "../../charts/experiment";
import { swatch } from "../../charts/marks";
import type { ChartData, ChartSpec } from "../../charts/spec";
import { chartElement } from "../../charts/svg";
import type { Progress } from "../../engine";
import { nameOf, type PlannedRun, reportedOptions } from "../experiment";
import { scoreOf, scoreTable } from "../scores";
import type { TrainingOutcome } from "../training-run";
import { reportPage } from "./page";
import trainingStyle from "./training.css?raw";

/** CSS pixels, where the window is neither wide nor narrow. */
const historySize = { width: 380, height: 320 };
const predictionSize = { width: 380, height: 220 };

/** More iterations, and more validations, than this show nothing more in a chart of this size. */
const mostIterations = 1500;
const mostValidations = 250;

interface Report {
  readonly title: string;
  /** The result in a sentence or two. */
  readonly verdict: string;
  /** At least one. Of each network the first is drawn; the table of numbers holds them all. */
  readonly runs: readonly TrainingOutcome[];
}

export function writeReport({ title, verdict, runs }: Report): string {
  const drawn = runs.filter(
    ({ experiment }, i) => runs.findIndex((run) => run.experiment.network === experiment.network) === i,
  );
  /** A column of plots for each network, under its title where there are several. */
  const columns = (plotsOf: (run: TrainingOutcome) => readonly Markup[]): Markup =>
    html`<div class="networks${drawn.length > 1 ? " several" : ""}">
${drawn.map(
  (
    run,
  ) => html`<div>${drawn.length > 1 ? html`<h3>${nameOf(run.experiment)}</h3>` : undefined}<div class="plots">
${plotsOf(run)}
</div></div>`,
)}
</div>`;
  const seeds = runs.length > drawn.length ? seedTable(runs) : undefined;
  return reportPage(
    title,
    trainingStyle,
    html`<header>
  <h1>${title}</h1>
  <p class="verdict">${verdict}</p>
</header>
<main>
  <section>
    <h2>Training</h2>
    ${columns(drawHistory)}
    <p>Every iteration stands in metrics.csv.</p>
  </section>
  <section>
    <h2>Predictions</h2>
    <p>One test curve of each function: its derivative against x.
      ${drawn.map(({ experiment: { network } }, i) =>
        predictionSeries(network)
          .slice(i === 0 ? 0 : 1)
          .map(
            (series, part) =>
              html`<span class="key">${swatch(series)} ${series.label}${drawn.length > 1 && i + part > 0 ? `, ${network}` : ""}</span>`,
          ),
      )}</p>
    ${columns((run) => calculusFunctions.flatMap((_, index) => drawPrediction(run, index)))}
  </section>
  <section>
    <h2>Numbers</h2>
    <p>RMSE per point on the test set, against the clean derivative; over several runs mean ± standard
      deviation. The noise floor is what the clean derivative itself scores against the noisy target.</p>
    ${numberTable(scoreTable(runs.map(scoreOf)), true)}
    ${seeds && numberTable(seeds, false)}
  </section>
  <section class="pair">
    <div><h2>Run</h2>${sideBySide(drawn.map((run) => [nameOf(run.experiment), describeRun(run)]))}</div>
    <div><h2>Options</h2>${sideBySide(drawn.map(({ experiment }) => [nameOf(experiment), describeOptions(experiment)]))}</div>
  </section>
</main>`,
  );
}

/** RMSE and loss over the iterations, logarithmic. */
function drawHistory({ experiment, evaluation, history }: TrainingOutcome): Markup[] {
  const thinned = thin(history);
  const draw = (
    quantity: "rmse" | "loss",
    texts: Pick<ChartSpec, "title" | "y">,
    references: ChartSpec["references"],
  ): Markup => {
    const spec: ChartSpec = {
      ...texts,
      description: `${texts.title} of ${nameOf(experiment)} over iterations, training and validation`,
      x: { label: "iteration" },
      series: [
        { label: "training", color: "--fx-train" },
        {
          label: "validation",
          color: "--fx-validation",
          dash: [5, 4],
          marker: "circle",
          sparse: true,
        },
      ],
      ...(references && { references }),
    };
    const data: ChartData = [
      thinned.map(({ iteration }) => iteration),
      thinned.map((progress) => progress[quantity]),
      thinned.map(({ validation }) => validation?.[quantity] ?? null),
    ];
    return chartElement(spec, data, historySize);
  };
  return [
    draw(
      "rmse",
      { title: "RMSE", y: { label: "per point, against the noisy target", log: true } },
      (
        [
          { label: "predict zero", value: evaluation.rmseZero, color: "--fx-zero", dash: [12, 3, 2, 3] },
          { label: "noise floor", value: evaluation.noiseFloor, color: "--fx-least-squares", dash: [2, 4] },
        ] as const
      ).filter(({ value }) => value > 0),
    ),
    draw("loss", { title: "Loss", y: { label: "", log: true } }, undefined),
  ];
}

/** The first test curve of a function, if there is one: the post's figure. */
function drawPrediction({ experiment, test, prediction }: TrainingOutcome, index: number): Markup[] {
  const row = test.functionIndex.indexOf(index);
  if (row < 0) return [];
  const { samples } = test;
  const { x, y, ...spec } = predictionSpec(experiment.network, index);
  const of = (values: Float32Array, place: number) => [
    ...values.subarray(place * samples, (place + 1) * samples),
  ];
  const description = `target and prediction of ${spec.title}, ${nameOf(experiment)}`;
  const data: ChartData = [of(test.x, 2 * row), of(test.target, row), of(prediction, row)];
  // What the axes are stands above all plots.
  const axes = { x: { ...x, label: "" }, y: { ...y, label: "" } };
  return [chartElement({ ...spec, ...axes, description }, data, predictionSize)];
}

function describeRun({
  adapter,
  parameters,
  result,
  test,
  evaluation,
  bytesOnDevice,
}: TrainingOutcome): Record<string, string> {
  return {
    adapter: `${adapter.description} (${adapter.vendor}, ${adapter.architecture})`,
    kind: adapter.software ? "software: computes on the CPU" : "hardware",
    parameters: String(parameters),
    iterations: String(result.iterations),
    "ended by": result.stopReason,
    seconds: result.seconds.toFixed(1),
    "lowest validation loss": result.best
      ? `${result.best.loss.toPrecision(4)} at iteration ${result.best.iteration}`
      : "none",
    "test curves": String(test.rows),
    "RMSE, noisy target": figure(evaluation.rmseNoisy),
    "dispatches a step": String(result.dispatchesPerStep),
    submits: String(result.submits),
    "bytes on device": String(bytesOnDevice),
  };
}

const describeOptions = (experiment: PlannedRun): Record<string, string> =>
  Object.fromEntries(Object.entries(reportedOptions(experiment)).map(([key, value]) => [key, String(value)]));

/** A row for each run; the first row holds the titles. */
const seedTable = (runs: readonly TrainingOutcome[]): string[][] => [
  ["run", "RMSE", "iterations", "ended by", "seconds"],
  ...runs.map(({ experiment, evaluation, result }) => [
    nameOf(experiment),
    figure(evaluation.rmse),
    String(result.iterations),
    result.stopReason,
    result.seconds.toFixed(1),
  ]),
];

/** A row for each key, a column for each run; a first row of titles where there are several. */
function sideBySide(columns: readonly (readonly [title: string, values: Record<string, string>])[]): Markup {
  const keys = [...new Set(columns.flatMap(([, values]) => Object.keys(values)))];
  const heads = html`<thead><tr><td></td>${columns.map(([title]) => html`<th scope="col">${title}</th>`)}</tr></thead>`;
  return html`<table>
${columns.length > 1 ? heads : undefined}<tbody>
${keys.map((key) => html`<tr><th scope="row">${key}</th>${columns.map(([, values]) => html`<td>${values[key] ?? ""}</td>`)}</tr>`)}
</tbody>
</table>`;
}

/** The first row holds the titles; the last one may stand for all. */
function numberTable([titles, ...rows]: readonly (readonly string[])[], totalled: boolean): Markup {
  const write = ([head, ...cells]: readonly string[]): Markup =>
    html`<tr><th scope="row">${head}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
  return html`<table class="numbers">
<thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${(totalled ? rows.slice(0, -1) : rows).map(write)}
</tbody>${totalled ? html`<tfoot>${write(rows[rows.length - 1])}</tfoot>` : undefined}
</table>`;
}

/** Leaves out iterations of a very long run, validated ones the least. */
function thin(history: readonly Progress[]): readonly Progress[] {
  const validated = history.filter(({ validation }) => validation !== undefined);
  const every = Math.ceil(validated.length / mostValidations);
  const kept = new Set(validated.filter((_, i) => i % every === 0 || i === validated.length - 1));
  const step = Math.ceil(history.length / mostIterations);
  return history.filter((progress, i) => i % step === 0 || kept.has(progress));
}
