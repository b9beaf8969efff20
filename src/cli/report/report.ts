/** report.html: one file that opens offline in any browser. */

import uplotScript from "uplot/dist/uPlot.iife.min.js?raw";
import uplotStyle from "uplot/dist/uPlot.min.css?raw";
import { calculusFunctions, type Progress } from "../../index";
import { nameOf } from "../experiment";
import { figure, scoreOf, scoreTable } from "../scores";
import type { TrainingOutcome } from "../training-run";
import pageScript from "./draw.js?raw";
import locale from "./locale.js?raw";
import { page } from "./page";
import pageStyle from "./style.css?raw";

/** More points than this show nothing more on a screen. */
const mostPoints = 4000;

/** A run with its options as they are reported, by name. */
export interface ReportedRun {
  readonly outcome: TrainingOutcome;
  readonly options: Readonly<Record<string, unknown>>;
}

export interface Report {
  readonly title: string;
  /** The result in a sentence or two. */
  readonly verdict: string;
  /** At least one. Of each network the first is drawn; the table of numbers holds them all. */
  readonly runs: readonly ReportedRun[];
}

export function writeReport({ title, verdict, runs }: Report): string {
  const drawn = runs.filter(
    ({ outcome }, i) =>
      runs.findIndex((run) => run.outcome.experiment.network === outcome.experiment.network) === i,
  );
  const data = {
    verdict,
    networks: drawn.map(({ outcome }) => networkData(outcome)),
    numbers: scoreTable(runs.map(({ outcome }) => scoreOf(outcome))),
    seeds: runs.length > drawn.length ? seedTable(runs) : [],
    run: sideBySide(drawn.map(({ outcome }) => [nameOf(outcome.experiment), describeRun(outcome)])),
    options: sideBySide(
      drawn.map(({ outcome, options }) => [nameOf(outcome.experiment), describeOptions(options)]),
    ),
  };
  return page({
    title,
    styles: [uplotStyle, pageStyle],
    scripts: [locale, uplotScript, pageScript],
    data: escapeForScript(JSON.stringify(data)),
  });
}

/** JSON inside a script element: no "<" may begin an end tag or a comment. */
const escapeForScript = (json: string): string => json.replaceAll("<", "\\u003c");

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

const describeOptions = (options: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(options).map(([key, value]) => [
      key,
      typeof value === "object" ? Object.values(value ?? {}).join(" ") : String(value),
    ]),
  );

/** A row for each run; the first row holds the titles. */
const seedTable = (runs: readonly ReportedRun[]): string[][] => [
  ["run", "RMSE", "iterations", "ended by", "seconds"],
  ...runs.map(({ outcome }) => [
    nameOf(outcome.experiment),
    figure(outcome.evaluation.rmse),
    String(outcome.result.iterations),
    outcome.result.stopReason,
    outcome.result.seconds.toFixed(1),
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
