/** report.html: one file that opens offline in any browser. */

import uplotScript from "uplot/dist/uPlot.iife.min.js?raw";
import uplotStyle from "uplot/dist/uPlot.min.css?raw";
import { calculusFunctions, figure } from "../../calculus";
import { html, trusted } from "../../calculus/markup";
import type { Progress } from "../../engine";
import { nameOf, type PlannedRun, reportedOptions } from "../experiment";
import { scoreOf, scoreTable } from "../scores";
import type { TrainingOutcome } from "../training-run";
import pageScript from "./draw.js?raw";
import locale from "./locale.js?raw";
import pageStyle from "./style.css?raw";

/** More points than this show nothing more on a screen. */
const mostPoints = 4000;

export interface Report {
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
  const data = {
    verdict,
    networks: drawn.map(networkData),
    numbers: scoreTable(runs.map(scoreOf)),
    seeds: runs.length > drawn.length ? seedTable(runs) : [],
    run: sideBySide(drawn.map((run) => [nameOf(run.experiment), describeRun(run)])),
    options: sideBySide(drawn.map(({ experiment }) => [nameOf(experiment), describeOptions(experiment)])),
  };
  return page({
    title,
    styles: [uplotStyle, pageStyle],
    scripts: [locale, uplotScript, pageScript],
    data,
  });
}

/** What is drawn of a run. */
function networkData(outcome: TrainingOutcome) {
  const history = thin(outcome.history);
  return {
    title: nameOf(outcome.experiment),
    rmseZero: outcome.evaluation.rmseZero,
    noiseFloor: outcome.evaluation.noiseFloor,
    iterations: history.map(({ iteration }) => iteration),
    loss: history.map(({ loss }) => loss),
    rmse: history.map(({ rmse }) => rmse),
    validationLoss: history.map(({ validation }) => validation?.loss ?? null),
    validationRmse: history.map(({ validation }) => validation?.rmse ?? null),
    functions: calculusFunctions.flatMap((_, index) => shownCurve(outcome, index)),
  };
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
function sideBySide(
  columns: readonly (readonly [title: string, values: Record<string, string>])[],
): string[][] {
  const keys = [...new Set(columns.flatMap(([, values]) => Object.keys(values)))];
  return [
    ...(columns.length > 1 ? [["", ...columns.map(([title]) => title)]] : []),
    ...keys.map((key) => [key, ...columns.map(([, values]) => values[key] ?? "")]),
  ];
}

/** The first test curve of a function, if there is one. */
function shownCurve({ test, prediction }: TrainingOutcome, index: number) {
  const row = test.functionIndex.indexOf(index);
  if (row < 0) return [];
  const { samples } = test;
  const { title, yLimits, yTicks } = calculusFunctions[index];
  const numbers = (values: Float32Array, start: number): number[] =>
    Array.from(values.subarray(start, start + samples), (value) => Number(value.toPrecision(6)));
  return [
    {
      title,
      yLimits,
      yTicks,
      x: numbers(test.x, 2 * row * samples),
      target: numbers(test.target, row * samples),
      prediction: numbers(prediction, row * samples),
    },
  ];
}

/** Leaves out iterations of a very long run, never a validated one. */
function thin(history: readonly Progress[]): readonly Progress[] {
  const every = Math.ceil(history.length / mostPoints);
  return history.filter(({ validation }, i) => i % every === 0 || validation !== undefined);
}

/** The parts of the report's page. */
interface PageParts {
  readonly title: string;
  readonly styles: readonly string[];
  readonly scripts: readonly string[];
  readonly data: unknown;
}

/** The report's HTML. Its script fills the elements with an id from the data. */
const page = ({ title, styles, scripts, data }: PageParts): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${styles.map((style) => html`<style>${trusted(style)}</style>`)}
</head>
<body>
<header>
  <h1>${title}</h1>
  <p class="verdict" id="verdict"></p>
</header>
<main>
  <section>
    <h2>Training</h2>
    <div class="networks" id="training"></div>
  </section>
  <section>
    <h2>Predictions</h2>
    <p>One test curve of each function: its derivative against x.
      <span class="key target">target</span> <span class="key prediction">prediction</span></p>
    <div class="networks" id="predictions"></div>
  </section>
  <section>
    <h2>Numbers</h2>
    <p>RMSE per point on the test set, against the clean derivative; over several runs mean ± standard
      deviation. The noise floor is what the clean derivative itself scores against the noisy target.</p>
    <table class="numbers" id="numbers"></table>
    <table class="numbers" id="seeds"></table>
  </section>
  <section class="pair">
    <div><h2>Run</h2><table id="run"></table></div>
    <div><h2>Options</h2><table id="options"></table></div>
  </section>
</main>
<noscript>This report draws its plots with JavaScript.</noscript>
<script type="application/json" id="data">${scriptJson(data)}</script>
${scripts.map((script) => html`<script>${trusted(script)}</script>`)}
</body>
</html>
`.text;

/** JSON inside a script element: no "<" may begin an end tag or a comment. */
const scriptJson = (data: unknown) => trusted(JSON.stringify(data).replaceAll("<", "\\u003c"));
