import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { namesOfSets, placeSets } from "../../src/app/panels/laboratory/placement";
import { candidatesOf, readPlaces } from "../../src/app/panels/laboratory/reading";
import { tabulateRules } from "../../src/app/panels/laboratory/rule-table";
import { compactStudy, type RecordedStudy } from "../../src/app/recorded/study/compact";
import { readStudy } from "../../src/app/recorded/study/read";
import type { Run } from "../../src/app/session/run";
import { answerMeasure, type MeasureProgress } from "../../src/app/worker/laboratory";
import {
  experimentCurves,
  type FigureRow,
  type NetworkName,
  ruleNames,
  type SetKind,
  spreadOf,
} from "../../src/calculus";
import { axisOf } from "../../src/charts/rows";
import { finished } from "./run";

const row = (name: string, kind: SetKind, figures: Readonly<Record<string, number[] | null>>): FigureRow => ({
  name,
  kind,
  predictors: Object.entries(figures).map(([predictor, values]) => ({
    predictor,
    spread: values && spreadOf(values),
    bySeed: Object.fromEntries(values?.map((value, seed) => [seed, value]) ?? []),
    members: {},
  })),
});

const six = row("Moler's six", "taught", {
  cnn: [0.5, 0.7],
  "noise floor": [0.001],
  "naive differences": [0.2],
  "local least squares": [0.02],
  matcher: [4e-8],
  zero: [1.7],
});
const seven = row("seven unseen", "unseen", {
  cnn: [1, 1],
  "noise floor": [0.001],
  "local least squares": [0.1, 0.1],
  matcher: [10, 10],
  zero: [2],
});
const conditions = [{ condition: "as taught", sets: [six, seven] }];
const groups = placeSets(conditions, ["Moler's six", "seven unseen"]);

describe("places", () => {
  it("stand by kind, from the lowest to the highest, with those alone who have a mark", () => {
    expect(
      groups.map(({ title, rows }) => [title, rows.map(({ marks }) => marks.map((mark) => mark.title))]),
    ).toEqual([
      ["functions taught", [["matcher", "noise floor", "local least squares", "CNN", "predict zero"]]],
      ["functions not taught", [["noise floor", "local least squares", "CNN", "predict zero", "matcher"]]],
    ]);
  });

  it("have a logarithmic axis that leaves out the matcher's next to nothing", () => {
    const { placeOf, holds, ticks } = axisOf(groups);
    expect(ticks).toEqual([0.001, 0.01, 0.1, 1, 10]);
    expect(placeOf(0.01) - placeOf(0.001)).toBeCloseTo(placeOf(10) - placeOf(1), 12);
    for (const value of [0.001, 10]) expect(holds(value)).toBe(true);
    expect(placeOf(0.001)).toBeGreaterThan(0.02);
    expect(placeOf(10)).toBeLessThan(0.98);
    for (const value of [4e-8, 0]) {
      expect(holds(value)).toBe(false);
      expect(placeOf(value)).toBe(0);
    }
  });

  it("have ticks also where all errors are of one size, or of none", () => {
    const axis = (figures: Record<string, number[]>) =>
      axisOf(placeSets([{ condition: "", sets: [row("one", "taught", figures)] }], ["one"]));
    expect(axis({ cnn: [0.3], zero: [0.6] }).ticks).toEqual([0.3, 0.4, 0.5, 0.6]);
    expect(axis({ cnn: [0.3] }).placeOf(0.3)).toBeCloseTo(0.5, 12);
    const { holds, placeOf } = axis({ "noise floor": [0], zero: [1] });
    expect(holds(0)).toBe(false);
    expect(placeOf(1)).toBeGreaterThan(0.4);
  });

  it("of one set under several conditions are rows beside each other, in groups of their kinds", () => {
    const taught = { ...six, kind: "unseen" as const };
    const several = [...conditions, { condition: "continuous family", sets: [taught, seven] }];
    expect(
      placeSets(several, ["Moler's six", "seven unseen"]).map(({ rows }) => rows.map(({ label }) => label)),
    ).toEqual([
      ["Moler's six · as taught"],
      ["Moler's six · continuous family", "seven unseen · as taught", "seven unseen · continuous family"],
    ]);
  });

  it("on many families are kept for later", () => {
    const sets = ["a", "b", "c", "d", "e", "f", "g", "h", "i"].map((name) => ({ ...seven, name }));
    expect(namesOfSets([{ condition: "", sets }])).toEqual({
      shown: ["a", "b"],
      others: ["c", "d", "e", "f", "g", "h", "i"],
    });
    expect(namesOfSets(conditions)).toEqual({ shown: ["Moler's six", "seven unseen"], others: [] });
    expect(namesOfSets([{ condition: "", sets: [] }])).toEqual({ shown: [], others: [] });
  });

  it("are told where the matcher does not know the functions", () => {
    expect(readPlaces([six, seven], ["Moler's six", "seven unseen"])).toEqual([
      "On the seven unseen, from local least squares (0) to the matcher (1) on the logarithmic axis: CNN at 0.5.",
    ]);
  });
});

describe("the tables of rules", () => {
  const tables = tabulateRules([
    row("fundamental theorem", "taught", { cnn: [0.29], zero: [1], "noise floor": [0.012] }),
    row("fundamental theorem", "unseen", { cnn: [0.45], zero: [1] }),
    row("sign, Moler's six", "unseen", { cnn: [0.1, 0.3], zero: null, "local least squares": [0.0066] }),
  ]);

  it("are one for each kind of curves", () => {
    expect(tables.map(({ title, rows }) => [title, rows.map(({ title }) => title)])).toEqual([
      ["functions taught", ["fundamental theorem"]],
      ["functions not taught", ["fundamental theorem", "sign, Moler's six"]],
    ]);
    expect(tables[1].rows[1].statement).toBe("N(−f) = −N(f)");
  });

  it("say 0/0 where zero keeps a rule whatever the curve, and nothing of who was not asked", () => {
    expect(tables[0].rows[0].ratios).toEqual(["0.290", "–", "–", "–", "1.000", "0.012"]);
    expect(tables[1].rows[1].ratios).toEqual(["0.20 ± 0.14", "–", "0.0066", "–", "0/0", "–"]);
  });
});

describe("the visitor's networks", () => {
  const run = (number: number, network: NetworkName, seed: number): Run => {
    const { experiment, ...rest } = finished(number);
    return {
      ...rest,
      experiment: {
        ...experiment,
        network,
        data: { ...experiment.data, seed },
      } as Run["experiment"],
    };
  };
  const idsOf = (runs: readonly Run[]) => candidatesOf(runs).runs.map(({ number }) => number);

  it("are the last one, and the last other one on the same curves", () => {
    const runs = [run(1, "cnn", 0), run(2, "cnn", 0), run(3, "cnn", 1), run(4, "bilstm", 0)];
    expect(candidatesOf(runs)).toEqual({ runs: [runs[1], runs[3]], missing: [] });
    expect(idsOf(runs.slice(0, 3))).toEqual([3]);
    expect(candidatesOf(runs.slice(0, 3)).missing).toEqual(["bilstm"]);
  });

  it("are none where nothing was trained to its end", () => {
    const { outcome: _, ...unfinished } = run(1, "cnn", 0);
    expect(candidatesOf([unfinished])).toEqual({ runs: [], missing: ["cnn", "bilstm"] });
  });
});

describe("measuring in the worker", () => {
  it("asks everyone on the curves of the run, a few at a time, and tells how far it is", async () => {
    const data = { family: "six", curves: 60, samples: 20, noise: 1e-3, seed: 3 } as const;
    const { test } = experimentCurves(data);
    const told: MeasureProgress[] = [];
    const sizes: number[] = [];
    const { sets, rules } = await answerMeasure(
      { kind: "measure", networks: [{ name: "cnn", run: "a", model: new Uint8Array() }], data, test },
      async ({ x }) => {
        sizes.push(x.length / (2 * data.samples));
        return new Float32Array(x.length / 2);
      },
      (progress) => told.push(progress),
    );
    // The network answers 0 here.
    for (const { predictors } of [...sets, ...rules]) {
      expect(predictors[0].predictor).toBe("cnn");
      expect(predictors[0].spread).toEqual(predictors.find(({ predictor }) => predictor === "zero")?.spread);
    }
    expect(sets).toHaveLength(12);
    expect(sets.slice(0, 2).map(({ name, kind }) => [name, kind])).toEqual([
      ["Moler's six", "taught"],
      ["seven unseen", "unseen"],
    ]);
    expect(new Set(rules.map(({ name }) => name))).toEqual(new Set(ruleNames));
    expect(Math.max(...sizes)).toBe(16);
    expect(told.at(-1)).toEqual({ done: told.length, planned: told.length });
  });
});

describe("the recorded studies", () => {
  const text = readFileSync("src/app/recorded/study/study.json", "utf8");

  it("can be shown, every one of them", () => {
    const { results, seeds, preset, version } = readStudy(text);
    expect(results.length).toBeGreaterThan(0);
    expect(seeds).toBeGreaterThan(0);
    expect(preset).not.toBe("");
    expect(version).toMatch(/^\d+\.\d+/);
    for (const { name, question, answer, verdict, conditions } of results) {
      expect([name, question, answer].every((part) => part.length > 0)).toBe(true);
      expect(["supported", "refuted", "undecided"]).toContain(verdict);
      const groups = placeSets(conditions, namesOfSets(conditions).shown);
      const placed = groups.flatMap(({ rows }) => rows.flatMap(({ marks }) => marks));
      if (placed.length > 0) {
        const places = placed.map(({ spread }) => axisOf(groups).placeOf(spread.mean));
        expect(places.every((place) => place >= 0 && place <= 1)).toBe(true);
      }
      // Without noise the exact answer is without error: nobody else is.
      for (const { predictor, spread } of placed)
        if (predictor !== "noise floor") expect(spread.mean, predictor).toBeGreaterThan(0);
      for (const { rules } of conditions)
        for (const { rows } of tabulateRules(rules))
          for (const { ratios } of rows) expect(ratios.join()).toMatch(/\d/);
    }
  });

  it("are cut to what the page shows, once and for all", () => {
    const compact = compactStudy(readStudy(text));
    expect(compactStudy(compact)).toEqual(compact);
    expect(gzipSync(JSON.stringify(compact)).length).toBeLessThan(60_000);
    expect(readStudy(JSON.stringify(compact))).toEqual(compact);
    const written = (study: RecordedStudy): unknown =>
      study.results.map(({ conditions }) => conditions.map(({ rules }) => tabulateRules(rules)));
    expect(written(compact)).toEqual(written(readStudy(text)));
  });

  it("are refused where a file holds none", () => {
    for (const other of ["{}", "null", '{"results":[{}]}'])
      expect(() => readStudy(other)).toThrow("study.json holds no results of a study");
  });
});
