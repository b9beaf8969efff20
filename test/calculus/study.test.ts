/** Studies as lists of cells, and what becomes of the figures of these. */
import { describe, expect, it } from "vitest";
import {
  asTaught,
  type CellResult,
  cellCondition,
  cellKey,
  checkClaim,
  conditionOf,
  countBelow,
  decide,
  experimentOf,
  functionSets,
  halfWay,
  kindOf,
  listCells,
  placeBetween,
  type Study,
  type StudySettings,
  samplingSets,
  stencilProperties,
  studies,
  studyNames,
  summariseStudies,
  takeShard,
} from "../../src/expressions";
import { experimentCurves, functionFamilies, networkNames, ruleNames } from "../../src/index";

const settings: StudySettings = {
  preset: "quick",
  epochs: null,
  seeds: 2,
  networks: networkNames,
  studies: studyNames,
};
const cells = listCells(studies, settings);
const studyOf = (name: string): Study => {
  const found = studies.find((study) => study.name === name);
  if (found === undefined) throw new Error(`no study ${name}`);
  return found;
};

describe("studies", () => {
  it("tell of sets and rules that are measured, and stand in the order of their names", () => {
    expect(studies.map(({ name }) => name)).toEqual(studyNames);
    const known = [...functionSets, ...samplingSets, ...ruleNames, ...stencilProperties];
    for (const { sets, headline, conditions } of studies) {
      for (const set of [...sets, ...headline]) expect(known).toContain(set);
      expect(new Set(conditions.map(({ name }) => name)).size).toBe(conditions.length);
    }
  });

  it("claim nothing while there are no figures", () => {
    for (const { claims, verdict, answer } of summariseStudies("1", settings, []).results) {
      expect(claims.length).toBeGreaterThan(0);
      for (const { held, of } of claims) expect([held, of]).toEqual([0, 0]);
      expect(verdict).toBe("undecided");
      expect(answer).toMatch(/^Not finished: 0 of \d+ cells are done\./);
    }
  });
});

describe("cells", () => {
  it("stand in the list once each, under names that files can have, and their conditions are found", () => {
    const keys = cells.map(cellKey);
    // Fifteen trainings of each network, and six conditions in which the test curves differ.
    expect(keys).toHaveLength(2 * (2 * 15 + 6));
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9.-]+$/);
    for (const cell of cells) expect(conditionOf(cell).name).toBe(cell.condition);
    expect(() => conditionOf({ ...cells[0], condition: "noise 7" })).toThrow(RangeError);
  });

  it("are those of all studies together, whichever were chosen", () => {
    const all = new Set(cells.map(cellKey));
    for (const study of studies)
      for (const cell of listCells([study], settings)) expect(all).toContain(cellKey(cell));
  });

  it("are shared by conditions that train alike, and opponents by those that ask alike", () => {
    const nameFor = (study: string, place: number, subject: "cnn" | "classical") =>
      cellCondition(studyOf(study).conditions[place], subject, "quick");
    for (const [study, place] of [
      ["diversity", 0],
      ["inputs", 0],
      ["noise", 1],
      ["split", 0],
      ["choices", 0],
    ] as const)
      expect(nameFor(study, place, "cnn")).toBe(asTaught.name);
    expect(nameFor("inputs", 1, "cnn")).toBe("without x");
    expect(nameFor("inputs", 1, "classical")).toBe(asTaught.name);
    expect(nameFor("diversity", 3, "classical")).toBe(asTaught.name);
    expect(nameFor("split", 1, "classical")).toBe("split by grid");
    expect(nameFor("inverse", 1, "classical")).toBe(nameFor("inverse", 0, "classical"));
    expect(nameFor("noise", 2, "classical")).toBe("noise 0.01");
  });

  it("are shared among shards without rest, and the long ones evenly", () => {
    const shards = [0, 1, 2].map((index) => takeShard(cells, { index, of: 3 }));
    expect(shards.flat().map(cellKey).sort()).toEqual(cells.map(cellKey).sort());
    const long = shards.map((shard) => shard.filter(({ subject }) => subject === "bilstm").length);
    expect(Math.max(...long) - Math.min(...long)).toBeLessThanOrEqual(1);
  });

  it("train one network where one is chosen", () => {
    const some = listCells(studies, { ...settings, networks: ["cnn"] });
    expect(new Set(some.map(({ subject }) => subject))).toEqual(new Set(["cnn", "classical"]));
  });

  it("train with the options of their condition, both networks on the same data", () => {
    const [bilstm, cnn, classical] = (["bilstm", "cnn", "classical"] as const).map((subject) => {
      const cell = { condition: "noise 0.01", subject, seed: 4 };
      return experimentOf(cell, conditionOf(cell), settings);
    });
    expect(cnn.data).toEqual({ family: "six", curves: 1200, samples: 50, noise: 0.01, seed: 4 });
    expect(bilstm.data).toEqual(cnn.data);
    expect(classical.data).toEqual(cnn.data);
    expect(cnn.training.epochs).toBe(4);
    const exchanged = { condition: "loss scales exchanged", subject: "cnn", seed: 0 } as const;
    const { spec, training } = experimentOf(exchanged, conditionOf(exchanged), { ...settings, epochs: 7 });
    expect(spec.loss).toBe("observations-and-steps");
    expect(training.epochs).toBe(7);
  });
});

describe("what a set is to a training", () => {
  it("depends on the functions taught", () => {
    const kinds = (set: string) => functionFamilies.map((family) => kindOf(set, family));
    expect(kinds("Moler's six")).toEqual(["taught", "taught", "taught", "unseen"]);
    expect(kinds("gap")).toEqual(kinds("Moler's six"));
    expect(kinds("Chebyshev")).toEqual(["unseen", "related", "related", "related"]);
    expect(kinds("products")).toEqual(["unseen", "unseen", "unseen", "unseen"]);
    expect(experimentCurves({ curves: 60, family: "continuous" }).train.functionIndex.includes(0)).toBe(
      false,
    );
  });
});

describe("a verdict", () => {
  const claim = (held: number, of: number) => ({ text: "", held, of });
  it("needs every seed", () => {
    expect(checkClaim({ text: "a", lower: { 0: 1, 1: 3, 2: 1 }, higher: { 0: 2, 1: 2 } })).toEqual({
      text: "a",
      held: 1,
      of: 2,
    });
    expect(decide([claim(2, 2), claim(2, 2)], 2)).toBe("supported");
    expect(decide([claim(2, 2), claim(0, 2)], 2)).toBe("refuted");
    expect(decide([claim(2, 2), claim(1, 2)], 2)).toBe("undecided");
    expect(decide([claim(2, 2), claim(0, 1)], 2)).toBe("undecided");
    expect(decide([claim(1, 1)], 1)).toBe("undecided");
    expect(decide([], 2)).toBe("undecided");
  });

  it("is made of figures of the same seeds", () => {
    expect(halfWay({ 0: 1, 1: 4 }, { 1: 9 })).toEqual({ 1: 6 });
    expect(placeBetween({ 0: 10 }, { 0: 1 }, { 0: 100 })).toEqual({ 0: 0.5 });
    expect(countBelow({ 0: 1, 5: 1 }, { 0: 1, 5: 2 })).toEqual({ below: 1, of: 2 });
  });
});

const classical = { zero: 1.6, "local least squares": 0.02, matcher: 2 };

/** Cells of the study of unseen functions with invented figures. */
const invent = (bilstmUnseen: number): CellResult[] =>
  listCells([studyOf("unseen")], settings).map((cell) => ({
    cell,
    ended: "done",
    adapter: cell.subject === "classical" ? null : "an adapter",
    defects: [],
    stencils: [],
    scores: ["Moler's six", "seven unseen", "near"].flatMap((set) => {
      const score = (predictor: string, rmse: number) => ({ predictor, set, rmse, members: { f: rmse } });
      if (cell.subject === "classical")
        return Object.entries(classical).map(([name, rmse]) => score(name, rmse));
      const rmse = { cnn: 0.3, bilstm: set === "Moler's six" ? 0.1 : bilstmUnseen }[cell.subject];
      return [score(cell.subject, rmse + 0.02 * cell.seed)];
    }),
  }));

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
      "Supported: all 2 claims hold with every seed. " +
        "RMSE on Moler's six (functions taught): CNN 0.310 ± 0.014; BiLSTM 0.110 ± 0.014; local least squares 0.0200 ± 0.0000. " +
        "RMSE on seven unseen (functions not taught): CNN 0.310 ± 0.014; BiLSTM 1.010 ± 0.014; local least squares 0.0200 ± 0.0000. " +
        // ln(0.3 / 0.02) / ln(2 / 0.02) is 0.588
        "Place on the seven unseen, from local least squares (0) to the matcher (1) on a logarithmic scale: CNN 0.60, BiLSTM 0.85. " +
        "Families, of 10, on which it is better with every seed than predicting zero: CNN 1, BiLSTM 1.",
    );
    const [refuted] = summariseStudies("1", chosen, invent(0.1)).results;
    expect(refuted.answer).toContain(
      "Refuted: with no seed the BiLSTM is nearer to the matcher than to local least squares on the seven unseen; 1 of 2 claims hold with every seed.",
    );
    const [undecided] = summariseStudies("1", chosen, invent(0.19)).results;
    expect(undecided.answer).toContain("on the seven unseen (with 1 of 2).");
  });

  it("says what is missing and what diverged", () => {
    const [first, ...others] = results;
    const [partial] = summariseStudies("1", chosen, others).results;
    expect(partial.answer).toMatch(/^Not finished: 5 of 6 cells are done\. Undecided/);
    const [diverged] = summariseStudies("1", chosen, [
      { ...first, ended: "diverged", scores: [] },
      ...others,
    ]).results;
    expect(diverged.answer).toMatch(
      /^Diverged, and not in the figures: as-taught\.bilstm\.seed-0\. Undecided/,
    );
    const one = { ...chosen, seeds: 1 };
    expect(summariseStudies("1", one, results).results[0].answer).toMatch(/^Undecided: one seed\./);
  });
});

it("a rule asked about the six and about others is two rows, also where neither is taught", () => {
  const chosen: StudySettings = { ...settings, seeds: 1, networks: ["cnn"], studies: ["rules"] };
  const results = listCells([studyOf("rules")], chosen).map(
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
