import { expect, test } from "vitest";
import { exportRun } from "../../src/app/panels/export-files";
import { answer, pairOf } from "../../src/app/panels/question";
import type { Run } from "../../src/app/session/run";
import { resolveExperiment } from "../../src/calculus";
import type { StopReason } from "../../src/engine";
import { begun, finished } from "./run";

const lines = (content: string | Uint8Array) => String(content).trimEnd().split("\n");

test("a run is exported under its network and number", () => {
  const names = (["metrics", "predictions", "model", "run"] as const).map(
    (kind) => exportRun(finished(3), kind).name,
  );
  expect(names).toEqual([
    "fluxion-cnn-run-3-metrics.csv",
    "fluxion-cnn-run-3-predictions.csv",
    "fluxion-cnn-run-3-model.safetensors",
    "fluxion-cnn-run-3.json",
  ]);
  expect(lines(exportRun(finished(3), "metrics").content)).toHaveLength(2);
  expect(lines(exportRun(finished(3), "predictions").content)).toHaveLength(1 + 6 * 4);
});

test("what a run has not is refused", () => {
  expect(() => exportRun(begun, "predictions")).toThrow(RangeError);
  expect(() => exportRun(begun, "model")).toThrow(RangeError);
});

test("the whole run is JSON with infinities by name and without weights", () => {
  const run = JSON.parse(String(exportRun(finished(3), "run").content));
  expect(run).toMatchObject({
    format: "fluxion-run/1",
    number: 3,
    settings: { options: { clip: "none" } },
    experiment: { training: { patience: "none" } },
    history: [{ iteration: 1, gradientNorm: "none" }],
    outcome: { result: { stopReason: "completed" }, trained: { prediction: Array(24).fill(0) } },
  });
  expect(run.outcome.trained).not.toHaveProperty("model");
});

const ended = (number: number, network: "cnn" | "bilstm", seed: number, stopReason: StopReason): Run => {
  const run = finished(number);
  const settings = { preset: "quick", network, options: { seed } } as const;
  const experiment = resolveExperiment("quick", network, { seed });
  if (!run.outcome) throw new Error("the run has ended");
  const outcome = { ...run.outcome, result: { ...run.outcome.result, stopReason } };
  return { ...run, settings, experiment, outcome };
};

test("the question is asked of the latest runs on the same data, finished ones first", () => {
  const runs = [
    ended(1, "cnn", 0, "completed"),
    ended(2, "bilstm", 0, "completed"),
    ended(3, "bilstm", 0, "stopped"),
    ended(4, "bilstm", 7, "completed"),
  ];
  const pair = pairOf(runs);
  expect([pair?.cnn.number, pair?.bilstm.number]).toEqual([1, 2]);
  expect(pair && answer(pair)).toContain("the figures do not differ as printed");
  const early = pairOf([runs[0], runs[2]]);
  expect(early && answer(early)).toContain("was not trained to its end");
  expect(pairOf([runs[0], runs[3]])).toBeUndefined();
});
