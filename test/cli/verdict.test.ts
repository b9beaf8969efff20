import { describe, expect, it } from "vitest";
import type { NetworkName } from "../../src/cli/flag-readers";
import { type ScoredRun, scoreNetworks, scoreTable, spreadOf } from "../../src/cli/scores";
import { judge } from "../../src/cli/verdict";

/** A run whose RMSE is that of its functions, all alike but for those that are given. */
function run(network: NetworkName, seed: number, rmse: number, functions: object = {}): ScoredRun {
  const rmsePerFunction = { x: rmse, "x^2": rmse, "x^3": rmse, ...functions };
  const evaluation = { rmse, rmsePerFunction, rmseNoisy: rmse, rmseZero: 1.65, noiseFloor: 0.001 };
  const zero = { ...evaluation, rmse: 1.65, rmsePerFunction: { x: 1, "x^2": 1.15, "x^3": 1.34 } };
  return { network, seed, evaluation, zero, testCurves: 500, seconds: network === "cnn" ? 10 : 60 };
}
const circumstances = { configuration: "preset moler --epochs 3", adapter: "an adapter", exceptions: [] };

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

describe("the score table", () => {
  it("shows one run as RMSE beside floor and zero", () => {
    expect(scoreTable([run("cnn", 0, 0.5, { x: 0.25 })])).toEqual([
      ["function", "RMSE", "noise floor", "predict zero"],
      ["x", "0.250", "0.0010", "1.000"],
      ["x^2", "0.500", "0.0010", "1.150"],
      ["x^3", "0.500", "0.0010", "1.340"],
      ["all", "0.500", "0.0010", "1.650"],
    ]);
  });

  it("shows a column for each network, with its spread over several runs", () => {
    const runs = [run("cnn", 0, 0.5), run("bilstm", 0, 0.25), run("cnn", 1, 0.7), run("bilstm", 1, 0.25)];
    const table = scoreTable(runs);
    expect(table[0]).toEqual(["function", "cnn", "bilstm", "noise floor", "predict zero"]);
    expect(table[4]).toEqual(["all", "0.600 ± 0.141", "0.250 ± 0.0", "0.0010", "1.650"]);
    expect(scoreNetworks(runs).map(({ seeds }) => seeds)).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it("has a dash where a network's test sets hold no curve of a function", () => {
    const { zero, evaluation, ...rest } = run("bilstm", 0, 0.25);
    const less = { ...evaluation, rmsePerFunction: { "x^2": 0.25 } };
    expect(scoreTable([run("cnn", 0, 0.5), { ...rest, zero, evaluation: less }])[1]).toEqual([
      "x",
      "0.500",
      "–",
      "0.0010",
      "1.000",
    ]);
  });
});

describe("the verdict", () => {
  it("names the network of the lower RMSE, by what factor and on how many functions", () => {
    const verdict = judge([run("cnn", 3, 0.5, { x: 0.1 }), run("bilstm", 3, 0.2)], circumstances);
    expect(verdict).toMatchObject({
      lower: "bilstm",
      factor: 2.5,
      functions: { lower: 2, of: 3 },
      overlap: false,
    });
    expect(verdict.sentence).toBe(
      "In these runs a derivative is more like a sound: the recurrent net has the lower RMSE, 0.200 against 0.500 " +
        "for the CNN: lower by a factor of 2.50 overall, and lower on 2 of 3 functions. Measured against the clean " +
        "derivative on 500 test curves of the functions trained on, where predicting zero scores 1.650; preset moler " +
        "--epochs 3, seed 3, an adapter; training took 10.0 s for the CNN and 60.0 s for the recurrent net.",
    );
  });

  it("goes by the mean over seeds and says that the ranges lie apart", () => {
    const runs = [run("cnn", 0, 0.3), run("bilstm", 0, 0.6), run("cnn", 1, 0.5), run("bilstm", 1, 0.8)];
    const { lower, factor, overlap, sentence } = judge(runs, circumstances);
    expect([lower, overlap]).toEqual(["cnn", false]);
    expect(factor).toBeCloseTo(0.7 / 0.4, 12);
    expect(sentence).toContain("a derivative is more like an image: the CNN has the lower mean RMSE");
    expect(sentence).toContain("0.400 ± 0.141 (0.300 to 0.500) against 0.700 ± 0.141 (0.600 to 0.800)");
    expect(sentence).toContain("The ranges do not overlap.");
    expect(sentence).toContain("seeds 0 to 1");
    expect(sentence).toContain("10.0 s a run");
  });

  it("is undecided where the ranges overlap, be it in one point", () => {
    const runs = [run("cnn", 0, 0.3), run("bilstm", 0, 0.6), run("cnn", 1, 0.6), run("bilstm", 1, 0.8)];
    const { lower, overlap, sentence } = judge(runs, circumstances);
    expect([lower, overlap]).toEqual(["cnn", true]);
    expect(sentence).toMatch(
      /^Undecided by these runs, whose ranges overlap: the CNN has the lower mean RMSE/,
    );
    expect(sentence).not.toContain("more like");
  });

  it("is undecided between equals", () => {
    const { lower, sentence } = judge([run("cnn", 0, 0.5), run("bilstm", 0, 0.5)], circumstances);
    expect(lower).toBeNull();
    expect(sentence).toMatch(/^Undecided: both networks have RMSE 0.500\./);
  });

  it("compares nothing where only one network has a result, and says why", () => {
    const exceptions = ["Diverged: bilstm, seed 0"];
    const verdict = judge([run("cnn", 0, 0.5)], { ...circumstances, exceptions });
    expect(verdict).toMatchObject({ lower: null, factor: null, functions: null, overlap: null });
    expect(verdict.sentence).toMatch(/^RMSE of the CNN: 0.500\. Measured .* Diverged: bilstm, seed 0\.$/);
    expect(judge([], { ...circumstances, exceptions }).sentence).toBe(
      "No run has a result. Diverged: bilstm, seed 0.",
    );
  });
});
