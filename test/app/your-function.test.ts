import { describe, expect, it } from "vitest";
import {
  type Answer,
  answersData,
  answersSpec,
  opponentAnswers,
  readAnswers,
  scored,
  zeroScore,
} from "../../src/app/panels/your-function/answers";
import { Inquiry } from "../../src/app/panels/your-function/inquiry";
import { gridOf, type Sampled, sampleCurve, valuesOf } from "../../src/app/panels/your-function/samples";
import { drawnCurve, knots } from "../../src/app/panels/your-function/spline";
import type { Run } from "../../src/app/session/run";

const square = { f: (x: number) => x ** 2, derivative: (x: number) => 2 * x };
const sampling = { samples: 100, noise: 1e-3, grid: 1 };

describe("a drawn curve", () => {
  const values = knots.map((x) => Math.sin(3 * x));
  const { f, derivative } = drawnCurve(values);

  it("goes through its control points", () => {
    knots.forEach((x, i) => {
      expect(f(x)).toBeCloseTo(values[i], 12);
    });
  });

  it("has the derivative that central differences show, also across knots", () => {
    for (let x = -0.99; x < 1; x += 0.01)
      expect(derivative(x)).toBeCloseTo((f(x + 1e-6) - f(x - 1e-6)) / 2e-6, 6);
  });

  it("bends continuously and not at the ends", () => {
    const bend = (x: number, h: number) => (derivative(x + h) - derivative(x)) / h;
    for (const x of knots.slice(1, -1)) expect(bend(x, 1e-6)).toBeCloseTo(bend(x, -1e-6), 3);
    expect(bend(-1, 1e-6)).toBeCloseTo(0, 3);
    expect(bend(1, -1e-6)).toBeCloseTo(0, 3);
  });

  it("is a straight line through points of one", () => {
    const line = drawnCurve(knots.map((x) => 2 * x - 1));
    expect(line.f(0.123)).toBeCloseTo(2 * 0.123 - 1, 12);
    expect(line.derivative(0.123)).toBeCloseTo(2, 12);
  });
});

describe("samples", () => {
  const sampled = sampleCurve(square, sampling);

  it("lie on a sorted grid in [−1, 1) with the noise that was asked for", () => {
    const grid = gridOf(sampled);
    expect(grid).toEqual(grid.toSorted());
    expect(grid[0]).toBeGreaterThanOrEqual(-1);
    expect(grid[99]).toBeLessThan(1);
    const noise = Array.from(valuesOf(sampled), (value, t) => value - grid[t] ** 2);
    const deviation = Math.sqrt(noise.reduce((sum, each) => sum + each ** 2, 0) / 100);
    expect(deviation).toBeGreaterThan(0.7e-3);
    expect(deviation).toBeLessThan(1.3e-3);
    expect(sampled.truth[5]).toBe(2 * grid[5]);
  });

  it("are the same for the same grid and others for another", () => {
    expect(sampleCurve(square, sampling)).toEqual(sampled);
    expect(gridOf(sampleCurve(square, { ...sampling, grid: 2 }))).not.toEqual(gridOf(sampled));
  });
});

const answerOf = (name: string, sampled: Sampled, error: number): Answer =>
  scored({
    name,
    color: "--fx-cnn",
    marker: "circle",
    sampled,
    values: sampled.truth.map((value) => value + error),
  });

describe("answers", () => {
  const hundred = sampleCurve(square, sampling);
  const fifty = sampleCurve(square, { ...sampling, samples: 50 });
  const [least, matcher] = opponentAnswers([hundred]);

  it("of least squares come close", () => {
    expect(least.rmse).toBeLessThan(0.03);
    expect(zeroScore(hundred)).toBeGreaterThan(1);
  });

  it("of the matcher are right on what it knows, and those of something else elsewhere", () => {
    expect(matcher.rmse).toBeLessThan(1e-6);
    const fifth = { f: (x: number) => x ** 5, derivative: (x: number) => 5 * x ** 4 };
    const [, unknown] = opponentAnswers([sampleCurve(fifth, sampling)]);
    // x³ is the nearest.
    expect(Array.from(unknown.values)).toEqual(Array.from(gridOf(unknown.sampled), (x) => 3 * x ** 2));
  });

  it("of opponents name the number of samples where there are several", () => {
    expect(opponentAnswers([hundred, fifty]).map(({ name, marker }) => [name, marker])).toEqual([
      ["local least squares, 100 samples", "diamond"],
      ["local least squares, 50 samples", "dot"],
      ["matcher, 100 samples", "triangle"],
      ["matcher, 50 samples", "dot"],
    ]);
  });

  it("share one chart though their grids differ", () => {
    const answers = [least, answerOf("CNN", fifty, 0.5)];
    const data = answersData(square, answers);
    const [xs, truth, first, second] = data;
    expect(data.length).toBe(1 + answersSpec(answers).series.length);
    expect(xs).toEqual(xs.toSorted((a, b) => a - b));
    expect(truth).toEqual(xs.map((x) => 2 * x));
    expect(first.filter((value) => value !== null)).toEqual([...Array.from(least.values)]);
    expect(second.filter((value) => value !== null)).toHaveLength(50);
    expect(xs[second.findIndex((value) => value !== null)]).toBe(gridOf(fifty)[0]);
  });

  it("are read as their numbers say", () => {
    const [good, fair, bad] = [
      answerOf("CNN, run 1", hundred, 0.1),
      answerOf("local least squares", hundred, 0.25),
      answerOf("BiLSTM, run 2", hundred, 3),
    ];
    expect(readAnswers([fair])).toBe("Local least squares: RMSE 0.25.");
    expect(readAnswers([fair, good, bad])).toBe(
      "CNN, run 1 is closest: RMSE 0.1; local least squares is 2.5 times as far off, BiLSTM, run 2 is 30 times as far off. No better than predicting zero: BiLSTM, run 2.",
    );
    expect(readAnswers([good, { ...fair, rmse: good.rmse + 1e-9 }])).toContain(
      "local least squares is level with it",
    );
  });

  it("that are no numbers are told", () => {
    const broken = answerOf("CNN, run 1", hundred, Number.NaN);
    expect(readAnswers([least, broken])).toContain("No better than predicting zero: CNN, run 1.");
    expect(readAnswers([broken])).toContain("No answer is a number everywhere.");
  });
});

describe("asking the worker", () => {
  const run = (id: string) => ({ id, outcome: { trained: { model: new Uint8Array(1) } } }) as unknown as Run;
  const sampled = sampleCurve(square, sampling);
  /** A worker that answers when it is told to. */
  function slowWorker() {
    const asked: {
      readonly run: string;
      readonly answer: (values: number[]) => void;
      readonly fail: () => void;
    }[] = [];
    const ask = (request: { readonly kind: string; readonly run?: string }) =>
      new Promise((resolve, reject) => {
        asked.push({
          run: request.run ?? "",
          answer: (values) => resolve(Float32Array.from(values)),
          fail: () => reject(new Error("the worker is busy")),
        });
      });
    return {
      asked,
      session: { ask } as ConstructorParameters<typeof Inquiry>[0] extends () => infer S ? S : never,
    };
  }
  const settle = () => new Promise((resolve) => setTimeout(resolve));

  it("puts one question at a time and tells each answer", async () => {
    const { asked, session } = slowWorker();
    let changes = 0;
    const inquiry = new Inquiry(
      () => session,
      () => changes++,
    );
    inquiry.ask([
      { run: run("a"), sampled },
      { run: run("b"), sampled },
    ]);
    expect(asked.map((question) => question.run)).toEqual(["a"]);
    asked[0].answer([1]);
    await settle();
    expect(asked.map((question) => question.run)).toEqual(["a", "b"]);
    expect(inquiry.replies.get("a")).toEqual({ state: "answered", values: Float32Array.of(1) });
    expect(inquiry.replies.get("b")).toEqual({ state: "asking" });
    asked[1].fail();
    await settle();
    expect(inquiry.replies.get("b")).toEqual({ state: "failed", message: "the worker is busy" });
    expect(changes).toBe(2);
  });

  it("drops an answer that has become stale, and asks only the latest", async () => {
    const { asked, session } = slowWorker();
    const inquiry = new Inquiry(
      () => session,
      () => undefined,
    );
    inquiry.ask([{ run: run("a"), sampled }]);
    inquiry.ask([{ run: run("b"), sampled }]);
    inquiry.ask([{ run: run("c"), sampled }]);
    expect(asked).toHaveLength(1);
    asked[0].answer([1]);
    await settle();
    expect(asked.map((question) => question.run)).toEqual(["a", "c"]);
    expect(inquiry.replies.has("a")).toBe(false);
    asked[1].answer([2]);
    await settle();
    expect(inquiry.replies.get("c")).toEqual({ state: "answered", values: Float32Array.of(2) });
  });
});
