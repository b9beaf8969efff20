import { describe, expect, it } from "vitest";
import { scoreTable } from "../../src/cli/scores";
import { scoredRun } from "../calculus/scored-run";

describe("the score table", () => {
  it("shows one run as RMSE beside floor and zero", () => {
    expect(scoreTable([scoredRun("cnn", 0, 0.5, { x: 0.25 })])).toEqual([
      ["function", "RMSE", "noise floor", "predict zero"],
      ["x", "0.250", "0.0010", "1.000"],
      ["x^2", "0.500", "0.0010", "1.150"],
      ["x^3", "0.500", "0.0010", "1.340"],
      ["all", "0.500", "0.0010", "1.650"],
    ]);
  });

  it("shows a column for each network, with its spread over several runs", () => {
    const table = scoreTable([
      scoredRun("cnn", 0, 0.5),
      scoredRun("bilstm", 0, 0.25),
      scoredRun("cnn", 1, 0.7),
      scoredRun("bilstm", 1, 0.25),
    ]);
    expect(table[0]).toEqual(["function", "cnn", "bilstm", "noise floor", "predict zero"]);
    expect(table[4]).toEqual(["all", "0.60 ± 0.14", "0.250 ± 0.000", "0.0010", "1.650"]);
  });

  it("has a dash where a network's test sets hold no curve of a function", () => {
    const { zero, evaluation, ...rest } = scoredRun("bilstm", 0, 0.25);
    const less = { ...evaluation, rmsePerFunction: { "x^2": 0.25 } };
    expect(scoreTable([scoredRun("cnn", 0, 0.5), { ...rest, zero, evaluation: less }])[1]).toEqual([
      "x",
      "0.500",
      "–",
      "0.0010",
      "1.000",
    ]);
  });
});
