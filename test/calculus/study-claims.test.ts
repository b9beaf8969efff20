/** What becomes of the figures of cells: claims, verdicts and answers. */
import { describe, expect, it } from "vitest";
import {
  agreement,
  type CellResult,
  cellKey,
  checkClaim,
  chosenStudies,
  countBelow,
  decide,
  halfWay,
  linearHalfWay,
  listCells,
  placeBetween,
  quotient,
  type StudyName,
  type StudyResult,
  type StudySettings,
  studyNames,
  summariseStudies,
  testSetName,
} from "../../src/calculus";
import { taughtSampling } from "../../src/calculus/study/samplings";
import { classical, type Invented, inventCells, settings } from "./study-cells";

describe("a verdict", () => {
  const claim = (held: number, of: number) => ({ text: "", held, of });
  it("needs every seed", () => {
    expect(checkClaim({ text: "a", lower: { 0: 1, 1: 3, 2: 1 }, higher: { 0: 2, 1: 2 } })).toEqual({
      text: "a",
      held: 1,
      of: 2,
    });
    expect(decide([], [claim(2, 2), claim(2, 2)], 2)).toBe("supported");
    expect(decide([], [claim(2, 2), claim(0, 2)], 2)).toBe("refuted");
    expect(decide([], [claim(2, 2), claim(1, 2)], 2)).toBe("undecided");
    expect(decide([], [claim(2, 2), claim(0, 1)], 2)).toBe("undecided");
    expect(decide([], [claim(1, 1)], 1)).toBe("undecided");
    expect(decide([], [], 2)).toBe("undecided");
  });

  it("needs preconditions, which are no part of the hypothesis", () => {
    expect(decide([claim(2, 2)], [claim(2, 2)], 2)).toBe("supported");
    expect(decide([claim(2, 2)], [claim(0, 2)], 2)).toBe("refuted");
    expect(decide([claim(2, 2)], [], 2)).toBe("undecided");
    for (const unmet of [claim(1, 2), claim(0, 2), claim(1, 1)])
      for (const other of [claim(2, 2), claim(0, 2)]) expect(decide([unmet], [other], 2)).toBe("undecided");
  });

  it("is made of figures of the same seeds", () => {
    expect(halfWay({ 0: 1, 1: 4 }, { 1: 9 })).toEqual({ 1: 6 });
    expect(linearHalfWay({ 0: 1, 1: 4 }, { 1: 9 })).toEqual({ 1: 6.5 });
    expect(placeBetween({ 0: 10 }, { 0: 1 }, { 0: 100 })).toEqual({ 0: 0.5 });
    expect(quotient({ 0: 6, 1: 4 }, { 0: 3 })).toEqual({ 0: 2 });
    const agrees = agreement({ 0: 2, 1: 2, 2: 0.5 }, { 0: 3, 1: 0.5, 2: 0.1 });
    expect(Object.values(agrees).map(Math.sign)).toEqual([1, -1, 1]);
    expect(countBelow({ 0: 1, 5: 1 }, { 0: 1, 5: 2 })).toEqual({ below: 1, of: 2 });
  });
});

/** Cells of the study of unseen functions with invented figures. */
const invent = (bilstmUnseen: number): CellResult[] =>
  inventCells({ ...settings, studies: ["unseen"] }, ({ predictor, set, seed }) => {
    if (predictor in classical) return classical[predictor];
    const rmse = predictor === "cnn" ? 0.3 : set === "Moler's six" ? 0.1 : bilstmUnseen;
    return rmse + 0.02 * seed;
  });

const verdictOf = (of: StudySettings, results: readonly CellResult[]): StudyResult =>
  summariseStudies("1", of, results).results[0];

describe("summary", () => {
  const chosen: StudySettings = { ...settings, studies: ["unseen"] };
  const results = invent(1);
  const summary = summariseStudies("1", chosen, results);
  const [unseen] = summary.results;

  it("has mean and spread over the seeds, networks first in their order, functions taught and unseen apart", () => {
    const [taught, seven] = unseen.conditions[0].sets;
    expect([taught.kind, seven.kind]).toEqual(["taught", "unseen"]);
    expect(taught.predictors.map(({ predictor }) => predictor)).toEqual([
      "cnn",
      "bilstm",
      ...Object.keys(classical),
    ]);
    const { spread, bySeed, members } = taught.predictors[1];
    expect(spread?.mean).toBeCloseTo(0.11, 12);
    expect(spread?.deviation).toBeCloseTo(Math.sqrt(2) * 0.01, 12);
    expect(bySeed[1]).toBeCloseTo(0.12, 12);
    expect(members.f).toEqual(spread);
    expect(summary.adapters).toEqual(["an adapter"]);
  });

  it("is the same in whatever order cells were done", () => {
    expect(summariseStudies("1", chosen, results.toReversed())).toEqual(summary);
  });

  it("answers from the figures", () => {
    expect(unseen.verdict).toBe("supported");
    expect(unseen.answer).toBe(
      "Supported: both claims hold with every seed. " +
        "RMSE on Moler's six (functions taught): CNN 0.310 ± 0.014; BiLSTM 0.110 ± 0.014; local least squares 0.0200 ± 0.0000. " +
        "RMSE on seven unseen (functions not taught): CNN 0.310 ± 0.014; BiLSTM 1.010 ± 0.014; local least squares 0.0200 ± 0.0000. " +
        // ln(0.3 / 0.02) / ln(2 / 0.02) is 0.588
        "Place on the seven unseen, from local least squares (0) to the matcher (1) on a logarithmic scale: CNN 0.60, BiLSTM 0.85. " +
        // Half way between 0.02 and 2 is 1.01; the BiLSTM has 1 and 1.02.
        "On a linear scale nearer to the matcher: CNN with 0 of 2 seeds, BiLSTM with 1 of 2 seeds. " +
        "Families not taught, of 10, on which it is better with every seed than predicting zero: CNN 10, BiLSTM 10.",
    );
    const [refuted] = summariseStudies("1", chosen, invent(0.1)).results;
    expect(refuted.answer).toContain(
      "Refuted: with no seed: the BiLSTM is nearer to the matcher than to local least squares on the seven unseen. 1 of 2 claims hold with every seed.",
    );
    const [undecided] = summariseStudies("1", chosen, invent(0.19)).results;
    expect(undecided.answer).toContain("on the seven unseen (with 1 of 2).");
  });

  it("says what is missing and what diverged", () => {
    const first = results.find(({ cell }) => cell.subject === "bilstm");
    if (first === undefined) throw new Error("no BiLSTM");
    const others = results.filter((result) => result !== first);
    const [partial] = summariseStudies("1", chosen, others).results;
    expect(partial.answer).toMatch(/^Not finished: 5 of 6 cells are done\. Undecided\. RMSE/);
    // Counts of families are of networks that were measured with every seed.
    expect(partial.answer).toMatch(/than predicting zero: CNN 10\.$/);
    const [diverged] = summariseStudies("1", chosen, [
      { ...first, ended: "diverged", scores: [] },
      ...others,
    ]).results;
    // That a claim lacks a seed is no want of a precondition.
    expect(diverged.answer).toMatch(
      /^Diverged, and not in the figures: as-taught\.bilstm\.seed-0\. Undecided\. RMSE/,
    );
    // A training that no claim is about hides no reason.
    const noise: StudySettings = { ...settings, studies: ["noise"] };
    const cells = inventCells(noise, ({ predictor, condition, seed }) => {
      return classical[predictor] ?? (condition === "noise 0.01" && seed === 0 ? 0.5 : 0.3);
    });
    const answer = verdictOf(
      noise,
      cells.map((result) =>
        cellKey(result.cell) === "noise-0.1.cnn.seed-0"
          ? { ...result, ended: "diverged", scores: [] }
          : result,
      ),
    ).answer;
    expect(answer).toMatch(
      /^Diverged, and not in the figures: noise-0\.1\.cnn\.seed-0\. Undecided: 0 of 2 claims hold with every seed; not so: the CNN with noise 0\.01 .* \(with 1 of 2\)/,
    );
    const one = { ...chosen, seeds: 1 };
    expect(summariseStudies("1", one, results).results[0].answer).toMatch(/^Undecided: one seed\./);
  });
});

/** For each study figures of networks that are like predicting zero where they were taught, and meet its hypothesis. */
const ignorant: Readonly<Record<StudyName, (of: Invented) => number>> = {
  unseen: () => 1.6,
  rules: () => 1.6,
  stencil: () => 1.6,
  diversity: ({ condition }) =>
    1.6 - 0.1 * ["twelve functions", "sixty functions", "continuous family"].indexOf(condition),
  inputs: ({ condition }) => (condition === "without x" ? 1.7 : 1.6),
  noise: () => 1.6,
  sampling: ({ set }) => (set === taughtSampling.name ? 1.6 : 1.7),
  split: () => 1.6,
  inverse: ({ predictor, set }) => (predictor === "bilstm" && set !== testSetName ? 0.3 : 1.6),
  choices: ({ predictor }) => (predictor === "cnn" ? 1.6 : 1.7),
};

describe("a claim about networks that have learnt nothing", () => {
  it.each(studyNames)("decides nothing in study %s", (name) => {
    const of: StudySettings = { ...settings, studies: [name] };
    const { verdict, preconditions, claims, answer } = verdictOf(
      of,
      inventCells(of, (cell) => classical[cell.predictor] ?? ignorant[name](cell)),
    );
    expect(claims.length).toBeGreaterThan(0);
    for (const { held } of claims) expect(held).toBe(2);
    expect(preconditions.map(({ held }) => held)).toEqual([0, 0]);
    expect(verdict).toBe("undecided");
    expect(answer).toMatch(
      /^Undecided, for want of a precondition: the CNN has learnt something: .* \(with 0 of 2\)/,
    );
  });

  it.each<[StudyName, string]>([
    ["unseen", "Moler's six"],
    ["noise", "Moler's six (noise 0)"],
    ["inverse", "Moler's six (integral of six functions)"],
    ["sampling", "Moler's six (as taught, other grids)"],
    ["split", "Moler's six (as taught, other grids; split by curve)"],
  ])("is told apart by what study %s says of it", (name, basis) => {
    const { criterion, preconditions } = verdictOf({ ...settings, studies: [name] }, []);
    const clause = `RMSE on ${basis} is below half of predicting zero's`;
    expect(criterion.endsWith(`; provided that each network's ${clause}`)).toBe(true);
    expect(preconditions.map(({ text }) => text)).toEqual([
      `the CNN has learnt something: its ${clause}`,
      `the BiLSTM has learnt something: its ${clause}`,
    ]);
  });
});

describe("a study of which one network was trained", () => {
  const of = (name: StudyName): StudySettings => ({ ...settings, networks: ["cnn"], studies: [name] });

  it.each<StudyName>(["inverse", "choices"])("decides nothing where it compares them: %s", (name) => {
    const { verdict, claims, answer } = verdictOf(
      of(name),
      inventCells(of(name), ({ predictor }) => classical[predictor] ?? 0.3),
    );
    expect([verdict, claims]).toEqual(["undecided", []]);
    expect(answer).toMatch(
      /^Undecided: the networks that it compares were not both trained\. Not trained: BiLSTM\./,
    );
  });

  it("says so where it decides about the other", () => {
    const { answer } = verdictOf(
      of("unseen"),
      inventCells(of("unseen"), ({ predictor }) => classical[predictor] ?? 0.3),
    );
    expect(answer).toMatch(/^Supported: its claim holds with every seed\. Not trained: BiLSTM\./);
  });
});

it("families that the preset teaches are not counted among those not taught", () => {
  const of: StudySettings = { ...settings, preset: "principled", studies: ["unseen"] };
  const results = inventCells(of, ({ predictor }) => classical[predictor] ?? 0.3);
  expect(verdictOf(of, results).answer).toContain("Families not taught, of 7, on which");
  const unmeasured = results.filter(({ cell }) => cell.subject !== "cnn");
  expect(verdictOf(of, unmeasured).answer).toMatch(/than predicting zero: BiLSTM 7\.$/);
  expect(verdictOf(of, []).answer).not.toContain("Families");
});

describe("the study of choices", () => {
  const of: StudySettings = { ...settings, studies: ["choices"] };
  /** The CNN is the better as taught with seed 0, the BiLSTM with seed 1. */
  const measured = (turned: (condition: string, seed: number) => boolean) =>
    inventCells(of, ({ predictor, condition, seed }) => {
      const better = (seed === 0) !== turned(condition, seed) ? "cnn" : "bilstm";
      return classical[predictor] ?? (predictor === better ? 0.1 : 0.2);
    });

  it("asks whether the better network stays the better one, whichever it is", () => {
    const { verdict, answer } = verdictOf(
      of,
      measured(() => false),
    );
    expect([verdict, answer.slice(0, 28)]).toEqual(["supported", "Supported: all 4 claims hold"]);
    expect(
      verdictOf(
        of,
        measured((condition) => condition === "global clipping"),
      ).verdict,
    ).toBe("refuted");
    const once = verdictOf(
      of,
      measured((condition, seed) => condition === "global clipping" && seed === 0),
    );
    expect(once.verdict).toBe("undecided");
    expect(once.answer).toContain(
      "3 of 4 claims hold with every seed; not so: the better network on Moler's six stays the better one: global clipping (with 1 of 2).",
    );
  });

  it("writes out three claims at most", () => {
    const { answer } = verdictOf(
      of,
      measured((condition) => condition !== "as taught"),
    );
    expect(answer).toMatch(/^Refuted: with no seed: (the better [^;]*; ){3}and 1 more\. 0 of 4 claims hold/);
  });
});

it("the study of samplings compares networks with local least squares, to whom some are harder as well", () => {
  const of: StudySettings = { ...settings, studies: ["sampling"] };
  const measured = (network: number, fit: number) =>
    inventCells(of, ({ predictor, set }) => {
      const harder = set !== taughtSampling.name;
      if (predictor === "local least squares") return 0.02 * (harder ? fit : 1);
      return classical[predictor] ?? 0.3 * (harder ? network : 1);
    });
  expect(verdictOf(of, measured(3, 2)).verdict).toBe("supported");
  expect(verdictOf(of, measured(2, 3)).verdict).toBe("refuted");
});

it("rules: who breaks them like the matcher on a logarithmic scale need not on a linear one", () => {
  const of: StudySettings = { ...settings, studies: ["rules"] };
  const measured = inventCells(of, ({ predictor, set, seed }) => {
    if (predictor in classical) return classical[predictor];
    // Between 0.02 and 2, 0.2 and 1.01 are half way.
    if (predictor === "bilstm") return set === "Moler's six" ? 0.1 : 1.1;
    return set === "chain rule" && seed === 1 ? 1.1 : 0.3;
  });
  const { verdict, answer } = verdictOf(of, measured);
  expect(verdict).toBe("supported");
  expect(answer).toContain(
    "On a linear scale more like the matcher: CNN, product rule, with 0 of 2 seeds; CNN, chain rule, with 1 of 2 seeds; " +
      "CNN, fundamental theorem, with 0 of 2 seeds; BiLSTM, product rule, with 2 of 2 seeds; ",
  );
});

it("a rule asked about the six and about others is two rows, also where neither is taught", () => {
  const chosen: StudySettings = { ...settings, seeds: 1, networks: ["cnn"], studies: ["rules"] };
  const results = listCells(chosenStudies(chosen), chosen).map(
    (cell): CellResult => ({
      cell,
      ended: "done",
      adapter: null,
      scores: [],
      defects: (["taught", "unseen"] as const).map((kind) => ({
        predictor: cell.subject,
        rule: "product rule",
        kind,
        defect: 1,
        scale: 2,
        ratio: 0.5,
      })),
      stencils: [],
    }),
  );
  const [taught, continuous] = summariseStudies("1", chosen, results).results[0].conditions;
  const rows = ({ rules }: typeof taught) => rules.map(({ name, kind }) => [name, kind]);
  expect(rows(taught)).toEqual([
    ["product rule", "taught"],
    ["product rule", "unseen"],
  ]);
  expect(rows(continuous)).toEqual([
    ["product rule, Moler's six", "unseen"],
    ["product rule", "unseen"],
  ]);
});
