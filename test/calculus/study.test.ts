/** Studies as lists of cells, what a cell is asked about, and what becomes of its figures. */
import { describe, expect, it } from "vitest";
import {
  type CellResult,
  cellKey,
  conditionOf,
  experimentOf,
  hideGrid,
  listCells,
  noiseFloorName,
  type SetScore,
  scoreOpponents,
  scoreSet,
  studies,
  summariseStudies,
  takeShard,
  taughtSet,
  unseenSets,
} from "../../src/expressions";
import { generateCurves, splitCurves } from "../../src/index";

const cells = listCells(studies, 2);
const data = { curves: 60, samples: 50, noise: 1e-3, seed: 3 };

describe("cells", () => {
  it("stand in the list once each, under names that files can have", () => {
    const keys = cells.map(cellKey);
    // Three subjects, two seeds, under one, four and two conditions.
    expect(keys).toHaveLength(3 * 2 * (1 + 4 + 2));
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[a-z0-9.-]+$/);
  });

  it("are shared among shards without rest, and the long ones evenly", () => {
    const shards = [0, 1, 2].map((index) => takeShard(cells, { index, of: 3 }));
    expect(shards.flat().map(cellKey).sort()).toEqual(cells.map(cellKey).sort());
    const long = shards.map((shard) => shard.filter(({ subject }) => subject === "bilstm").length);
    expect(Math.max(...long) - Math.min(...long)).toBeLessThanOrEqual(1);
  });

  it("train with the noise of their condition and their seed, both networks on the same data", () => {
    const [bilstm, cnn, classical] = (["bilstm", "cnn", "classical"] as const).map((subject) => {
      const cell = { study: "noise", condition: "noise 0.01", subject, seed: 4 } as const;
      return experimentOf(cell, conditionOf(cell, studies), "quick");
    });
    expect(cnn.data).toEqual({ curves: 1200, samples: 50, noise: 0.01, seed: 4 });
    expect(bilstm.data).toEqual(cnn.data);
    expect(classical.data).toEqual(cnn.data);
  });

  it("of an unknown condition are refused", () => {
    const cell = { study: "noise", condition: "noise 7", subject: "cnn", seed: 0 } as const;
    expect(() => conditionOf(cell, studies)).toThrow(
      new RangeError("unknown condition noise 7 of the study noise"),
    );
  });
});

describe("evaluation sets", () => {
  const sets = unseenSets(data, 2);

  it("sample unseen functions on grids that no training curve has", () => {
    const taught = generateCurves(data);
    const grids = new Set(
      Array.from({ length: taught.rows }, (_, row) => taught.x.slice(100 * row, 100 * row + 50).join()),
    );
    for (const { kind, x, clean } of sets) {
      expect(kind).toBe("unseen");
      for (let row = 0; row < clean.length / 50; row++)
        expect(grids.has(x.slice(100 * row, 100 * row + 50).join())).toBe(false);
    }
  });

  it("hold f with its noise, and f′", () => {
    const [seven] = sets;
    expect(seven.members[0]).toBe("x^5");
    const [x, f] = [seven.x.slice(0, 50), seven.x.slice(50, 100)];
    x.forEach((at, t) => {
      expect(Math.abs(f[t] - at ** 5)).toBeLessThan(5e-3);
      expect(seven.clean[t]).toBeCloseTo(5 * at ** 4, 5);
    });
  });

  it("do not depend on how many there are asked before, and do on the seed", () => {
    expect(unseenSets(data, 2)[3].x).toEqual(sets[3].x);
    expect(unseenSets({ ...data, seed: 4 }, 2)[3].x).not.toEqual(sets[3].x);
  });
});

it("a hidden grid is zeros, and f stays", () => {
  expect([...hideGrid(new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]), 2)]).toEqual([0, 0, 3, 4, 0, 0, 7, 8]);
});

describe("scores", () => {
  const { test } = splitCurves(generateCurves({ ...data, curves: 600 }), data.seed);
  const set = taughtSet(test);

  it("are RMSE per point over all curves, and by function", () => {
    const { rmse, members } = scoreSet(
      "off by 0.5",
      set,
      set.clean.map((value) => value + 0.5),
    );
    expect(rmse).toBeCloseTo(0.5, 6);
    for (const value of Object.values(members)) expect(value).toBeCloseTo(0.5, 6);
    expect(() => scoreSet("short", set, [1])).toThrow(RangeError);
  });

  it("of the opponents are in their order: matcher, noise floor, local least squares, naive, zero", () => {
    const scores = scoreOpponents(set, data.noise);
    const of = (name: string): number =>
      scores.find(({ predictor }) => predictor === name)?.rmse ?? Number.NaN;
    expect(of(noiseFloorName)).toBeGreaterThan(0.9e-3);
    expect(of(noiseFloorName)).toBeLessThan(1.1e-3);
    expect(of("matcher")).toBeLessThan(1e-6);
    expect(of("local least squares")).toBeLessThan(of("naive differences"));
    expect(of("naive differences")).toBeLessThan(of("zero"));
  });

  it("exist without noise and with much", () => {
    for (const noise of [0, 0.1])
      for (const { rmse } of scoreOpponents(set, noise)) expect(Number.isFinite(rmse)).toBe(true);
  });
});

/** RMSE that a predictor is to have, by seed. */
const score = (predictor: string, set: string, kind: SetScore["kind"], rmse: number): SetScore => ({
  predictor,
  set,
  kind,
  rmse,
  members: { f: rmse },
});

const settings = { preset: "quick", seeds: 2, studies: ["unseen"] } as const;
const classical = { zero: 1.6, "local least squares": 0.02, matcher: 2 };
const results: CellResult[] = listCells([studies[0]], 2).map((cell) => ({
  cell,
  ended: "done",
  adapter: cell.subject === "classical" ? null : "an adapter",
  scores: (["six taught", "seven unseen", "near"] as const).flatMap((set) => {
    const kind = set === "six taught" ? "taught" : "unseen";
    if (cell.subject === "classical")
      return Object.entries(classical).map(([name, rmse]) => score(name, set, kind, rmse));
    const rmse = { cnn: 0.2, bilstm: kind === "taught" ? 0.1 : 1 }[cell.subject];
    return [score(cell.subject, set, kind, rmse + 0.02 * cell.seed)];
  }),
}));

describe("summary", () => {
  const summary = summariseStudies("1", settings, results);
  const [unseen] = summary.results;

  it("has mean and spread over the seeds, networks first, functions taught and unseen apart", () => {
    const [taught, seven] = unseen.conditions[0].sets;
    expect([taught.kind, seven.kind]).toEqual(["taught", "unseen"]);
    expect(taught.predictors.map(({ predictor }) => predictor)).toEqual([
      "bilstm",
      "cnn",
      "zero",
      "local least squares",
      "matcher",
    ]);
    const { rmse, members } = taught.predictors[0];
    expect(rmse.mean).toBeCloseTo(0.11, 12);
    expect(rmse.deviation).toBeCloseTo(Math.sqrt(2) * 0.01, 12);
    expect(members.f).toEqual(rmse);
    expect(summary.adapters).toEqual(["an adapter"]);
  });

  it("is the same in whatever order cells were done", () => {
    expect(summariseStudies("1", settings, results.toReversed())).toEqual(summary);
  });

  it("answers from the figures", () => {
    expect(unseen.answer).toContain(
      "The CNN has mean RMSE 0.210 ± 0.014 on the six functions taught and 0.210 ± 0.014",
    );
    // ln(0.21 / 0.02) / ln(2 / 0.02)
    expect(unseen.answer).toContain("(0) to the matcher (1) is 0.51;");
    expect(unseen.answer).toContain(
      "of the 1 unseen families it is better than predicting zero, with every seed, on 1.",
    );
    expect(unseen.answer).toContain(
      "With every seed the CNN has the lower error there than the recurrent net.",
    );
  });

  it("says what is missing and what diverged", () => {
    const [first, ...others] = results;
    const [partial] = summariseStudies("1", settings, others).results;
    expect(partial.answer).toMatch(/^Not finished: 5 of 6 cells are done\./);
    const [diverged] = summariseStudies("1", settings, [
      { ...first, ended: "diverged", scores: [] },
      ...others,
    ]).results;
    expect(diverged.answer).toMatch(/^Diverged, and not in the figures: unseen\.as-taught\.bilstm\.seed-0\./);
    expect(summariseStudies("1", settings, []).results[0].answer).toContain("nothing follows yet");
  });
});

describe("the answer on noise", () => {
  const answer = (last: number): string => {
    const noise = { ...settings, studies: ["noise"] } as const;
    const done = listCells([studies[1]], 2)
      .filter(({ subject }) => subject === "cnn")
      .map(
        (cell): CellResult => ({
          cell,
          ended: "done",
          adapter: "an adapter",
          scores: [
            score(
              "cnn",
              "six taught",
              "taught",
              (cell.condition === "noise 0.1" ? last : 0.3) + 0.01 * cell.seed,
            ),
          ],
        }),
      );
    return summariseStudies("1", noise, done).results[0].answer;
  };

  it("names the level from which on every seed is worse", () => {
    expect(answer(0.5)).toContain(
      "from noise 0.1 on it is worse with every seed than without noise, there by 0.200.",
    );
    expect(answer(0.305)).toContain("it does not end worse with every seed than without noise.");
  });
});
