import { describe, expect, it } from "vitest";
import { type ScoredRun, scoreNetworks, spreadOf } from "../../src/calculus/scores";
import { exceptionOf, judge, type RunException } from "../../src/calculus/verdict";
import { scoredRun } from "./scored-run";

/** Both networks with so many seeds were asked for, but for what was not as planned. */
const asked = (seeds: number, exceptions: readonly RunException[] = []) => ({
  configuration: "preset moler --epochs 3",
  adapter: "an adapter",
  planned: Array.from({ length: seeds }, () => ["cnn", "bilstm"] as const).flat(),
  exceptions,
});
/** Runs of both networks, seed by seed. */
const runs = (cnn: readonly number[], bilstm: readonly number[]): ScoredRun[] => [
  ...cnn.map((rmse, seed) => scoredRun("cnn", seed, rmse)),
  ...bilstm.map((rmse, seed) => scoredRun("bilstm", seed, rmse)),
];

describe("a spread", () => {
  it("is mean, standard deviation of the sample and range", () => {
    expect(spreadOf([1, 2, 3, 6])).toEqual({
      runs: 4,
      mean: 3,
      deviation: Math.sqrt(14 / 3),
      least: 1,
      most: 6,
    });
    expect(spreadOf([5])).toEqual({ runs: 1, mean: 5, deviation: 0, least: 5, most: 5 });
  });
});

describe("the score of a network", () => {
  it("spreads over its runs, function by function, in the order of the first runs", () => {
    const [cnn, bilstm] = scoreNetworks([
      scoredRun("cnn", 4, 0.5, { x: 0.1 }),
      scoredRun("bilstm", 4, 0.25),
      scoredRun("cnn", 5, 0.7, { x: 0.3 }),
    ]);
    expect(cnn).toMatchObject({ network: "cnn", seeds: [4, 5], rmse: { runs: 2, least: 0.5, most: 0.7 } });
    expect(cnn.rmsePerFunction.x).toMatchObject({ least: 0.1, most: 0.3 });
    expect(bilstm).toMatchObject({ network: "bilstm", seeds: [4], rmse: { runs: 1, mean: 0.25 } });
  });
});

describe("the verdict", () => {
  it("names the network of the lower RMSE, by what factor and on how many functions", () => {
    const verdict = judge([scoredRun("cnn", 3, 0.5, { x: 0.1 }), scoredRun("bilstm", 3, 0.2)], asked(1));
    expect(verdict).toMatchObject({
      answer: "sound",
      doubt: null,
      exceptions: [],
      lower: "bilstm",
      factor: 2.5,
      functions: { lower: 2, of: 3 },
      overlap: false,
    });
    expect(verdict.sentence).toBe(
      "In these runs a derivative is more like a sound: the recurrent net has the lower RMSE, 0.200 against 0.500 " +
        "for the CNN: lower by a factor of 2.50 overall, and lower on 2 of 3 functions. Measured against the clean " +
        "derivative on 500 test curves of the six functions, where predicting zero scores 1.650; preset moler " +
        "--epochs 3, seed 3, an adapter; training took 10.0 s for the CNN and 60.0 s for the recurrent net.",
    );
  });

  it("goes by the mean over seeds and says that the ranges lie apart", () => {
    const { answer, lower, factor, overlap, sentence } = judge(runs([0.3, 0.5], [0.6, 0.8]), asked(2));
    expect([answer, lower, overlap]).toEqual(["image", "cnn", false]);
    expect(factor).toBeCloseTo(0.7 / 0.4, 12);
    expect(sentence).toContain("a derivative is more like an image: the CNN has the lower mean RMSE");
    expect(sentence).toContain("0.40 ± 0.14 (0.300 to 0.500) against 0.70 ± 0.14 (0.600 to 0.800)");
    expect(sentence).toContain("The ranges do not overlap.");
    expect(sentence).toContain("seeds 0 to 1");
    expect(sentence).toContain("10.0 s a run");
  });

  it.each<[string, readonly number[], number]>([
    ["in one point", [0.3, 0.6], 0.6],
    ["in one point as printed", [0.3, 0.6], 0.60000001],
  ])("is undecided where the ranges overlap, be it %s", (_, cnn, least) => {
    const verdict = judge(runs(cnn, [least, 0.8]), asked(2));
    expect(verdict).toMatchObject({ answer: "undecided", doubt: "overlap", lower: "cnn", overlap: true });
    expect(verdict.sentence).toMatch(
      /^Undecided, because the ranges overlap: the CNN has the lower mean RMSE, /,
    );
    expect(verdict.sentence).not.toMatch(/more like|do not overlap/);
  });

  it.each([
    ["equals", 0.466],
    ["what is equal as printed", 0.46600001],
  ])("is undecided between %s", (_, bilstm) => {
    const verdict = judge(runs([0.466], [bilstm]), asked(1));
    expect(verdict).toMatchObject({ answer: "undecided", doubt: "equal", lower: null, factor: null });
    expect(verdict.sentence).toMatch(
      /^Undecided, because the figures do not differ as printed: the CNN has RMSE 0.466, the recurrent net has RMSE 0.466\. /,
    );
  });

  it.each([
    ["worse", 1.7],
    ["as printed no better", 1.64999],
  ])("is undecided where the lower is %s than predicting zero", (_, bilstm) => {
    const verdict = judge(runs([1.9], [bilstm]), asked(1));
    expect(verdict).toMatchObject({ answer: "undecided", doubt: "zero", lower: "bilstm" });
    expect(verdict.sentence).toMatch(
      /^Undecided, because neither network is better than predicting zero: the recurrent net has the lower/,
    );
    expect(judge(runs([1.9], [1.6]), asked(1)).answer).toBe("sound");
  });
});

describe("the end of a run", () => {
  it.each(["stopped", "diverged"] as const)("is an exception where it %s", (stopReason) => {
    expect(exceptionOf("cnn", 3, { stopReason, iterations: 16 })).toEqual({
      network: "cnn",
      seed: 3,
      ended: stopReason,
      iterations: 16,
    });
  });

  it.each(["completed", "patience"] as const)("is none where it is %s", (stopReason) => {
    expect(exceptionOf("cnn", 3, { stopReason, iterations: 16 })).toBeUndefined();
  });
});

describe("a verdict on runs that did not all end as planned", () => {
  const stopped = { network: "bilstm", seed: 0, ended: "stopped", iterations: 16 } as const;
  const diverged = { network: "bilstm", seed: 1, ended: "diverged", iterations: 3 } as const;
  const unmade = [
    { network: "cnn", seed: 1, ended: "not made", iterations: 0 },
    { network: "bilstm", seed: 1, ended: "not made", iterations: 0 },
  ] as const;

  it.each<[string, ScoredRun[], number, readonly RunException[], RegExp, RegExp]>([
    [
      "stopped",
      runs([0.7], [1.6]),
      1,
      [stopped],
      /^Undecided, because 1 of 2 runs was not trained to its end: the CNN has the lower RMSE, 0.700 against/,
      / Stopped after 16 iterations: bilstm, seed 0\.$/,
    ],
    [
      "diverged",
      runs([0.3, 0.5], [0.29]),
      2,
      [diverged],
      /^Undecided, because 1 of 4 runs was not .*: the recurrent net has the lower mean RMSE, 0.290 against/,
      / Diverged: bilstm, seed 1\.$/,
    ],
    [
      "not made",
      runs([0.3], [0.9]),
      2,
      unmade,
      /^Undecided, because 2 of 4 runs were not trained to their end: /,
      / Not made: 2 of 4 runs\.$/,
    ],
  ])("is undecided where one is %s", (_, made, seeds, exceptions, start, end) => {
    const verdict = judge(made, asked(seeds, exceptions));
    expect(verdict).toMatchObject({ answer: "undecided", doubt: "incomplete", exceptions, overlap: null });
    expect(verdict.sentence).toMatch(start);
    expect(verdict.sentence).toMatch(end);
    expect(verdict.sentence).not.toMatch(/more like|do not overlap/);
  });

  it("compares nothing where only one network has a result, and says why", () => {
    const exceptions = [{ ...stopped, ended: "diverged" }] as const;
    const verdict = judge(runs([0.5], []), asked(1, exceptions));
    expect(verdict).toMatchObject({ answer: "undecided", lower: null, factor: null, functions: null });
    expect(verdict.sentence).toMatch(
      /^Undecided, because 1 of 2 .*: the CNN has RMSE 0.500\. Measured .* Diverged: bilstm, seed 0\.$/,
    );
    expect(judge([], asked(1, exceptions)).sentence).toBe(
      "Undecided, because 1 of 2 runs was not trained to its end: no run has a result. Diverged: bilstm, seed 0.",
    );
  });

  it("answers nothing where one network only was asked for", () => {
    const own = { ...asked(0, [diverged]), planned: ["bilstm", "bilstm"] as const };
    const verdict = judge(runs([], [0.5]), own);
    expect(verdict).toMatchObject({ answer: null, doubt: null, lower: null, overlap: null });
    expect(verdict.sentence).toMatch(
      /^The recurrent net has RMSE 0.500\. Measured .* Diverged: bilstm, seed 1\.$/,
    );
    expect(judge([], own).sentence).toBe("No run has a result. Diverged: bilstm, seed 1.");
  });
});
