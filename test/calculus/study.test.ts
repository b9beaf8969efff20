/** Studies as lists of cells, and what a preset makes of their conditions. */
import { describe, expect, it } from "vitest";
import {
  asTaught,
  cellCondition,
  cellKey,
  conditionOf,
  distinctConditions,
  experimentCurves,
  experimentOf,
  functionFamilies,
  functionSets,
  kindOf,
  listCells,
  type PresetName,
  presetNames,
  ruleNames,
  type Study,
  type StudySettings,
  samplingSets,
  stencilProperties,
  studies,
  studyNames,
  summariseStudies,
  takeShard,
  trainingKey,
} from "../../src/calculus";
import { settings } from "./study-cells";

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
      expect(answer).toMatch(/^Not finished: 0 of \d+ cells are done\. Undecided\.$/);
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

  it("of all studies are shared among shards without rest, and the long ones evenly", () => {
    const shards = [0, 1, 2].map((index) => takeShard(cells, { index, of: 3 }, settings));
    expect(shards.flat().map(cellKey).sort()).toEqual(cells.map(cellKey).sort());
    const long = shards.map((shard) => shard.filter(({ subject }) => subject === "bilstm").length);
    expect(Math.max(...long) - Math.min(...long)).toBeLessThanOrEqual(1);
  });

  it("belong to the same shard whatever else is asked for", () => {
    for (const study of studies)
      for (const networks of [["cnn"], ["cnn", "bilstm"]] as const) {
        const asked: StudySettings = { ...settings, networks, studies: [study.name] };
        const some = listCells([study], asked);
        for (const index of [0, 1, 2]) {
          const whole = takeShard(cells, { index, of: 3 }, settings).map(cellKey);
          const part = takeShard(some, { index, of: 3 }, asked).map(cellKey);
          expect(part).toEqual(some.map(cellKey).filter((key) => whole.includes(key)));
        }
      }
  });

  it("begin with the opponents, without whom a table says little", () => {
    const others = cells.findIndex(({ subject }) => subject !== "classical");
    expect(cells.slice(others).some(({ subject }) => subject === "classical")).toBe(false);
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

describe("a condition that is no change with a preset", () => {
  const shown = (study: string, preset: PresetName): string[] =>
    distinctConditions(studyOf(study).conditions, preset).map(({ name }) => name);

  it("is not shown", () => {
    for (const preset of ["quick", "moler"] as const)
      for (const { name, conditions } of studies)
        expect(shown(name, preset)).toEqual(conditions.map(({ name }) => name));
    expect(shown("rules", "principled")).toEqual(["as taught"]);
    expect(shown("stencil", "principled")).toEqual(["as taught"]);
    expect(shown("choices", "principled")).toEqual(["as taught", "loss scales exchanged"]);
    const principled: StudySettings = { ...settings, preset: "principled", studies: ["choices"] };
    const [{ conditions, claims }] = summariseStudies("1", principled, []).results;
    expect([conditions.length, claims.length]).toEqual([2, 1]);
  });

  it("is none of those that say what they teach", () => {
    const [six] = studyOf("inverse").conditions;
    const cell = { condition: six.name, subject: "cnn", seed: 0 } as const;
    for (const preset of presetNames)
      expect(experimentOf(cell, six, { preset, epochs: null }).data.family).toBe("six");
    // Where the six are taught anyway the cell is as if nothing were said.
    for (const preset of ["quick", "moler"] as const)
      expect(trainingKey(six, preset)).toBe(trainingKey({ ...six, options: {} }, preset));
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
