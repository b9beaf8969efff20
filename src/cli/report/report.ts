/** report.html: one file that opens offline in any browser. */

import uplotScript from "uplot/dist/uPlot.iife.min.js?raw";
import uplotStyle from "uplot/dist/uPlot.min.css?raw";
import { calculusFunctions, type Progress } from "../../index";
import type { TrainingOutcome } from "../training-run";
import pageScript from "./draw.js?raw";
import locale from "./locale.js?raw";
import { page } from "./page";
import pageStyle from "./style.css?raw";

/** More points than this show nothing more on a screen. */
const mostPoints = 4000;

/** @param options as they are reported, by name */
export function writeReport(outcome: TrainingOutcome, options: Readonly<Record<string, unknown>>): string {
  const title = `Fluxion: ${outcome.experiment.network}, preset ${outcome.experiment.preset}`;
  return page({
    title,
    styles: [uplotStyle, pageStyle],
    scripts: [locale, uplotScript, pageScript],
    data: escapeForScript(JSON.stringify(reportData(outcome, options))),
  });
}

/** JSON inside a script element: no "<" may begin an end tag or a comment. */
const escapeForScript = (json: string): string => json.replaceAll("<", "\\u003c");

function reportData(outcome: TrainingOutcome, options: Readonly<Record<string, unknown>>) {
  const { evaluation, zero, result, adapter } = outcome;
  const history = thin(outcome.history);
  const floor = figure(evaluation.noiseFloor);
  return {
    verdict:
      `RMSE ${figure(evaluation.rmse)} against the clean derivative; predicting zero scores ${figure(evaluation.rmseZero)}, ` +
      `the noise floor is ${floor}.`,
    rmseZero: evaluation.rmseZero,
    noiseFloor: evaluation.noiseFloor,
    iterations: history.map(({ iteration }) => iteration),
    loss: history.map(({ loss }) => loss),
    rmse: history.map(({ rmse }) => rmse),
    validationLoss: history.map(({ validation }) => validation?.loss ?? null),
    validationRmse: history.map(({ validation }) => validation?.rmse ?? null),
    functions: calculusFunctions.flatMap((_, index) => shownCurve(outcome, index)),
    numbers: [
      ...Object.entries(evaluation.rmsePerFunction).map(([name, rmse]) => [
        name,
        figure(rmse),
        floor,
        figure(zero.rmsePerFunction[name]),
      ]),
      ["all", figure(evaluation.rmse), floor, figure(evaluation.rmseZero)],
    ],
    run: Object.entries({
      adapter: `${adapter.description} (${adapter.vendor}, ${adapter.architecture})`,
      kind: adapter.software ? "software: computes on the CPU" : "hardware",
      parameters: outcome.parameters,
      iterations: result.iterations,
      "ended by": result.stopReason,
      seconds: result.seconds.toFixed(1),
      "test curves": outcome.test.rows,
      "RMSE, noisy target": figure(evaluation.rmseNoisy),
      "dispatches a step": result.dispatchesPerStep,
      submits: result.submits,
      "bytes on device": outcome.bytesOnDevice,
    }).map(([key, value]) => [key, String(value)]),
    options: Object.entries(options).map(([key, value]) => [
      key,
      typeof value === "object" ? Object.values(value ?? {}).join(" ") : String(value),
    ]),
  };
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

const figure = (value: number): string => (value < 0.01 ? value.toPrecision(2) : value.toFixed(3));
