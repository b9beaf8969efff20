import { describe, expect, it } from "vitest";
import { iterationsEnd, progressData, progressSpec } from "../../src/app/panels/progress-spec";
import { Average, Trace } from "../../src/app/panels/progress-trace";
import type { Progress } from "../../src/engine";
import { begun, finished } from "./run";

const progress = (iteration: number, rmse: number, validation?: number): Progress => ({
  iteration,
  epoch: 1,
  seconds: iteration,
  learnRate: 0.01,
  gradientNorm: 1,
  rmse,
  loss: rmse ** 2,
  ...(validation !== undefined && { validation: { rmse: validation, loss: validation ** 2 } }),
});

describe("Average", () => {
  it("is the first value at first, and of equal values always that value", () => {
    const average = new Average(0.9);
    for (let i = 0; i < 50; i++) expect(average.add(3)).toBeCloseTo(3, 12);
  });

  it("weighs values by their age", () => {
    const average = new Average(0.5);
    average.add(1);
    expect(average.add(4)).toBeCloseTo((0.25 * 1 + 0.5 * 4) / 0.75, 12);
  });

  it("leaves out what is not finite", () => {
    const average = new Average(0.5);
    average.add(1);
    expect(average.add(Number.NaN)).toBeNull();
    expect(average.add(1)).toBe(1);
  });

  it("smooths nothing at 0", () => {
    const average = new Average(0);
    expect([3, 1, 2].map((value) => average.add(value))).toEqual([3, 1, 2]);
  });
});

describe("Trace", () => {
  it("thins a long history, but for validations, and averages what it leaves out", () => {
    const history = Array.from({ length: 100_000 }, (_, i) => ({
      iteration: i + 1,
      epoch: 1,
      seconds: i,
      learnRate: 1,
      gradientNorm: 1,
      loss: Math.sin(i),
      rmse: Math.cos(i),
      ...((i + 1) % 1001 === 0 && { validation: { loss: i, rmse: -i } }),
    }));
    const trace = new Trace(0.9);
    const average = new Average(0.9);
    const averages = history.map(({ rmse }) => average.add(rmse));
    for (let end = 0; end <= history.length; end += 2500) trace.follow(history.slice(0, end));
    const { iterations, lines } = trace;
    expect(iterations.length).toBeGreaterThan(8000);
    expect(iterations.length).toBeLessThan(17_000);
    expect(lines.rmse.validation.filter((value) => value !== null)).toHaveLength(99);
    iterations.forEach((iteration, i) => {
      expect(lines.rmse.raw[i]).toBe(Math.cos(iteration - 1));
      expect(lines.rmse.smoothed[i]).toBe(averages[iteration - 1]);
      expect(lines.loss.validation[i]).toBe(iteration % 1001 === 0 ? iteration - 1 : null);
    });
  });

  it("takes more validated iterations than a call may have arguments", () => {
    const trace = new Trace(0);
    trace.follow(Array.from({ length: 2 ** 17 }, (_, i) => progress(i + 1, i, i)));
    expect([trace.done, trace.iterations.length]).toEqual([2 ** 17, 2 ** 17]);
    expect(trace.lines.rmse.validation.at(-1)).toBe(2 ** 17 - 1);
  });

  it("goes on where it stopped", () => {
    const history = [progress(1, 2, 2.1), progress(2, 1.5)];
    const trace = new Trace(0.9);
    trace.follow(history);
    history.push(progress(3, 1));
    trace.follow(history);
    expect(trace.iterations).toEqual([1, 2, 3]);
    expect(trace.lines.rmse.raw).toEqual([2, 1.5, 1]);
    expect(trace.lines.loss.raw).toEqual([4, 2.25, 1]);
    expect(trace.lines.rmse.validation).toEqual([2.1, null, null]);
    const whole = new Trace(0.9);
    whole.follow(history);
    expect(trace.lines.rmse.smoothed).toEqual(whole.lines.rmse.smoothed);
  });
});

describe("the progress charts", () => {
  const traced = (run: typeof begun, iterations: number) => {
    const trace = new Trace(0);
    trace.follow(Array.from({ length: iterations }, (_, i) => progress(i + 1, i + 1)));
    return { run, trace };
  };

  it("end where a run under way is, at a power of two of its epochs", () => {
    const facts = { ...begun.facts, iterations: 100, iterationsPerEpoch: 5 };
    for (const [done, end] of [
      [0, 5],
      [5, 5],
      [6, 10],
      [11, 20],
      [41, 80],
      [81, 100],
    ])
      expect(iterationsEnd(traced({ ...begun, facts }, done), [])).toBe(end);
  });

  it("show a long run to its end, with its final mark, and beside it others at their own iterations", () => {
    const run = finished(1);
    const { outcome } = run;
    if (!outcome) throw new Error("the run has not finished");
    const long = { ...run, outcome: { ...outcome, result: { ...outcome.result, iterations: 40_001 } } };
    const selected = traced(long, 40_001);
    expect(selected.trace.iterations.length).toBeLessThan(20_000);
    expect(iterationsEnd(selected, [])).toBe(40_001);
    const compared = [traced(finished(2), 10)];
    const [xs, ...columns] = progressData("rmse", selected, compared);
    const { series } = progressSpec("rmse", false, 40_001, selected, compared);
    expect(series.map(({ label }) => label)).toEqual([
      "training",
      "smoothed",
      "validation",
      "final validation",
      "run 2 · CNN",
    ]);
    expect(columns).toHaveLength(series.length);
    const pointsOf = (column: number) =>
      xs.flatMap((x, i) => (typeof columns[column][i] === "number" ? [[x, columns[column][i]]] : []));
    // Every value of these histories is its own iteration.
    expect(pointsOf(0)).toHaveLength(selected.trace.iterations.length);
    expect(pointsOf(0).every(([x, value]) => x === value)).toBe(true);
    expect(pointsOf(4)).toEqual(Array.from({ length: 10 }, (_, i) => [i + 1, i + 1]));
    const [[last]] = pointsOf(3);
    expect(last).toBeGreaterThan(39_990);
  });
});
