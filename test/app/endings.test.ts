import { describe, expect, test } from "vitest";
import { describeEnding } from "../../src/app/session/describe";
import type { RunOutcome, Speed } from "../../src/app/session/run";
import { noteEnd, sayEnd } from "../../src/app/session/words";
import { Reports } from "../../src/app/worker/reports";
import type { StopReason } from "../../src/engine";
import { finished } from "./run";

const run = finished(3);
const zero = run.facts.zero.rmse;

/** The run as it might have ended; a diverged one is not evaluated. */
function ended(stopReason: StopReason, rmse: number): RunOutcome {
  const { outcome } = run;
  if (!outcome?.trained) throw new Error("the run has not finished");
  const { trained, ...rest } = outcome;
  return {
    ...rest,
    result: { ...outcome.result, stopReason, validation: { loss: rmse, rmse } },
    ...(stopReason !== "diverged" && {
      trained: { ...trained, evaluation: { ...trained.evaluation, rmse } },
    }),
  };
}

describe("the end of a run", () => {
  test("is said to be worse than predicting zero where it is, by status, table, live region and notice", () => {
    const worse = "worse than predicting zero";
    for (const [stopReason, rmse, isWorse, notice] of [
      ["completed", 0.4, false, undefined],
      ["completed", zero, false, undefined],
      ["completed", 4e6, true, "It ended worse than predicting zero"],
      ["completed", Number.NaN, true, "It ended worse than predicting zero"],
      ["patience", 2 * zero, true, "It ended worse than predicting zero"],
      // Whoever stops it knows that it was not done.
      ["stopped", 2 * zero, true, undefined],
      ["diverged", 1e9, true, "Training diverged"],
      ["diverged", Number.NaN, true, "Training diverged"],
      ["diverged", 0.4, false, "Training diverged"],
    ] as const) {
      const outcome = ended(stopReason, rmse);
      const what = `${stopReason} ${rmse}`;
      expect(describeEnding(run, outcome).endsWith(`, ${worse}`), what).toBe(isWorse);
      expect(sayEnd(run, outcome).endsWith(`: ${worse}.`), what).toBe(isWorse);
      expect(noteEnd(run, outcome)?.title, what).toBe(notice);
    }
    expect(noteEnd(run, ended("completed", 4e6))?.message).toMatch(
      /^The RMSE of run 3 is 4\.0e\+6, that of predicting zero \d\.\d{3}\. Try /,
    );
  });
});

describe("the speed of a training", () => {
  const speedAfter = (times: readonly (number | undefined)[]): Speed => {
    const reports = new Reports({ iteration: 0, seconds: 0 }, () => undefined);
    for (const [i, time] of times.entries()) {
      const [iteration, seconds] = [i + 1, 0.1 * (i + 1)];
      reports.add({ iteration, epoch: 1, seconds, learnRate: 1, gradientNorm: 1, loss: 1, rmse: 1 }, time);
    }
    reports.flush();
    return reports.speed;
  };

  test("of the GPU does not jump with single submits", () => {
    const jumping = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? 272 : 37 + (i % 2)));
    for (let end = 5; end <= 60; end++)
      expect(speedAfter(jumping.slice(0, end)).gpuMillisecondsPerStep).toBeLessThan(39);
    // It follows what lasts.
    expect(speedAfter([...jumping, ...Array(30).fill(80)]).gpuMillisecondsPerStep).toBe(80);
    expect(speedAfter([undefined, undefined])).not.toHaveProperty("gpuMillisecondsPerStep");
    expect(speedAfter(jumping).iterationsPerSecond).toBeCloseTo(10, 9);
  });
});
