/** The curves of a condition, what a cell is asked, and how answers are scored. */
import { describe, expect, it } from "vitest";
import {
  asTaught,
  type CurveOptions,
  type Curves,
  calculusFunctions,
  classicalPredictors,
  conditionCurves,
  evaluationSets,
  experimentCurves,
  functionSets,
  generateCurves,
  hideGrid,
  integrate,
  inverseOf,
  isFiniteThroughout,
  keepStencil,
  measure,
  noiseFloorName,
  samplingSets,
  scoreSet,
  stencilFigures,
  stencilQuestion,
} from "../../src/calculus";

const data: CurveOptions = { family: "six", curves: 600, samples: 50, noise: 1e-3, seed: 3 };
const byGrid = { name: "by grid", options: {}, splitByGrid: true } as const;
const inverse = { name: "inverse", options: {}, inverse: true } as const;

const gridsOf = ({ rows, samples, x }: Pick<Curves, "rows" | "samples" | "x">): string[] =>
  Array.from({ length: rows }, (_, row) => x.slice(2 * samples * row, samples * (2 * row + 1)).join());

describe("curves of a condition", () => {
  it("are those of the experiment where nothing else is said", () => {
    expect(conditionCurves(asTaught, data)).toEqual(experimentCurves(data));
  });

  it("have no grid on both sides where the split is by grid, and are otherwise the same curves", () => {
    const { train, test } = conditionCurves(byGrid, data);
    const trained = new Set(gridsOf(train));
    expect(gridsOf(test).some((grid) => trained.has(grid))).toBe(false);
    expect([train.rows, test.rows]).toEqual([504, 96]);
    const all = generateCurves(data);
    const [row] = test.curve;
    expect(test.x.slice(0, 100)).toEqual(all.x.slice(100 * row, 100 * row + 100));
    expect(test.target.slice(0, 50)).toEqual(all.target.slice(50 * row, 50 * row + 50));
    // Mixed: a batch does not hold one grid six times in a row.
    expect(new Set(gridsOf(train).slice(0, 6)).size).toBeGreaterThan(1);
  });

  it("ask for f(x) - f(-1) of f' where the task is inverse, of the functions taught", () => {
    const { train, test } = conditionCurves(inverse, { ...data, noise: 0 });
    const forward = experimentCurves({ ...data, noise: 0 });
    for (const [curves, others] of [
      [train, forward.train],
      [test, forward.test],
    ]) {
      expect(curves.functionIndex).toEqual(others.functionIndex);
      for (let i = 0; i < 50; i++) {
        // What is shown is f′, with the curve's sign.
        expect(curves.x[50 + i]).toBeCloseTo(others.clean[i], 5);
        const { f } = calculusFunctions[curves.functionIndex[0]];
        const sign = Math.sign(others.x[50 + i] / f(others.x[i]));
        expect(curves.clean[i]).toBeCloseTo(sign * (f(curves.x[i]) - f(-1)), 4);
      }
    }
    const other = conditionCurves(inverse, { ...data, family: "continuous" });
    expect(other.test).toEqual(conditionCurves(inverse, data).test);
    expect(other.train.target).not.toEqual(conditionCurves(inverse, data).train.target);
  });
});

describe("evaluation sets", () => {
  const { test } = experimentCurves(data);
  const sets = evaluationSets(test, data, 2);
  const setOf = (name: string) => {
    const found = sets.find((set) => set.name === name);
    if (found === undefined) throw new Error(`no set ${name}`);
    return found;
  };
  const pointsOf = (name: string): Float32Array => setOf(name).x.subarray(0, setOf(name).samples);

  it("begin with the test curves and hold f with its noise, and f', on grids that no training curve has", () => {
    expect(sets.map(({ name }) => name)).toEqual([...functionSets, ...samplingSets]);
    expect(sets[0].x).toBe(test.x);
    const taught = new Set(gridsOf(generateCurves(data)));
    for (const { x, samples, clean } of sets.slice(1))
      for (const grid of gridsOf({ x, samples, rows: clean.length / samples }))
        expect(taught.has(grid)).toBe(false);
    const { members, x, clean } = setOf("seven unseen");
    expect(members[0]).toBe("x^5");
    pointsOf("seven unseen").forEach((at, t) => {
      expect(Math.abs(x[50 + t] - at ** 5)).toBeLessThan(5e-3);
      expect(clean[t]).toBeCloseTo(5 * at ** 4, 5);
    });
  });

  it("differ by seed", () => {
    expect(evaluationSets(test, { ...data, seed: 4 }, 2)[3].x).not.toEqual(sets[3].x);
  });

  it("sample the six in the ways that their names say", () => {
    const steps = (name: string): number[] => {
      const points = pointsOf(name);
      return Array.from(points.subarray(1), (at, i) => at - points[i]);
    };
    for (const step of steps("equally spaced")) expect(step).toBeCloseTo(0.04, 5);
    expect(Math.max(...steps("gap"))).toBeGreaterThan(0.5);
    const clustered = pointsOf("clustered");
    const within = clustered.map((from) => clustered.filter((at) => at >= from && at <= from + 0.2).length);
    expect(Math.max(...within)).toBeGreaterThanOrEqual(25);
    expect(setOf("half the points").samples).toBe(25);
    expect(setOf("twice the points").samples).toBe(100);
    const shifted = pointsOf("interval from -0.5 to 1.5");
    expect(Math.min(...shifted)).toBeGreaterThanOrEqual(-0.5);
    expect(Math.max(...shifted)).toBeGreaterThan(1);
    for (const name of samplingSets) expect(pointsOf(name)).toEqual(pointsOf(name).slice().sort());
  });
});

it("a hidden grid is zeros, and f stays", () => {
  expect([...hideGrid(new Float32Array([1, 2, 3, 4, 5, 6, 7, 8]), 2)]).toEqual([0, 0, 3, 4, 0, 0, 7, 8]);
});

it("the trapezoid rule is exact on lines, from -1 on, and refuses a grid that is not sorted", () => {
  expect([...integrate([-1, 0, 1], [1, 2, 3])]).toEqual([0, 1.5, 4]);
  expect([...integrate([-0.5], [2])]).toEqual([1]);
  expect(() => integrate([1, 0], [1, 1])).toThrow(RangeError);
  const { f, derivative } = inverseOf(calculusFunctions[1]);
  expect([f(3), derivative(2)]).toEqual([6, 3]);
});

describe("what the classical opponents score", () => {
  const measured = async (condition: typeof asTaught, noise: number) => {
    const of = { ...data, curves: 120, noise };
    const { test } = conditionCurves(condition, of);
    return measure(condition, of, test, 1, classicalPredictors(condition, noise));
  };

  it("is in their order: matcher, noise floor, local least squares, naive, zero; rules likewise", async () => {
    const { scores, defects, stencils } = await measured(asTaught, 1e-3);
    const of = (name: string, set = "Moler's six"): number =>
      scores.find(({ predictor, set: own }) => predictor === name && own === set)?.rmse ?? Number.NaN;
    expect(of(noiseFloorName)).toBeGreaterThan(0.9e-3);
    expect(of(noiseFloorName)).toBeLessThan(1.1e-3);
    expect(of("matcher")).toBeLessThan(1e-6);
    expect(of("local least squares")).toBeLessThan(of("naive differences"));
    expect(of("naive differences")).toBeLessThan(of("zero"));
    expect(of("local least squares", "seven unseen")).toBeLessThan(of("matcher", "seven unseen"));
    const ratio = (name: string): number =>
      defects.find(
        ({ predictor, rule, kind }) => predictor === name && rule === "product rule" && kind === "unseen",
      )?.ratio ?? Number.NaN;
    expect(ratio(noiseFloorName)).toBeLessThan(ratio("local least squares"));
    expect(ratio("local least squares")).toBeLessThan(ratio("matcher"));
    // Of those that are linear in the samples.
    expect(stencils.map(({ predictor }) => predictor)).toEqual([
      "zero",
      "second-order differences",
      "naive differences",
      "local least squares",
    ]);
    for (const stencil of stencils.slice(1))
      for (const [property, value] of Object.entries(stencilFigures(stencil)))
        if (property.includes("beside")) expect(value).toBeLessThan(1e-6);
  });

  it("exists without noise and with much", async () => {
    for (const noise of [0, 0.1])
      for (const { rmse } of (await measured(asTaught, noise)).scores)
        expect(Number.isFinite(rmse)).toBe(true);
  });

  it("is that of integrals where the task is inverse, and there neither rules nor stencils are asked", async () => {
    const { scores, defects, stencils } = await measured(inverse, 1e-3);
    const of = (name: string): number =>
      scores.find(({ predictor, set }) => predictor === name && set === "seven unseen")?.rmse ?? Number.NaN;
    expect(of("trapezoid rule")).toBeLessThan(0.1 * of("zero"));
    expect(of("matcher")).toBeGreaterThan(of("trapezoid rule"));
    expect([...defects, ...stencils]).toEqual([]);
  });
});

it("weights that are all 0 have neither an even share nor a variation", async () => {
  const [zero, differences] = classicalPredictors(asTaught, 1e-3).filter(({ stencil }) => stencil);
  const figuresOf = async ({ name, stencil }: typeof zero) =>
    stencil && stencilFigures(keepStencil(name, await stencil(stencilQuestion(data))));
  const ofZero = await figuresOf(zero);
  expect([ofZero?.["even share of the weights"], ofZero?.["variation over the curves"]]).toEqual([
    null,
    null,
  ]);
  const ofDifferences = await figuresOf(differences);
  expect(ofDifferences?.["even share of the weights"]).toBeCloseTo(0, 6);
  expect(ofDifferences?.["variation over the curves"]).toBe(0);
});

it("figures are finite throughout, or a training counts as diverged", () => {
  const score = (rmse: number) => ({ predictor: "cnn", set: "a", rmse, members: { f: 1 } });
  const measured = (rmse: number) => ({ scores: [score(1), score(rmse)], defects: [{ ratio: null }] });
  expect(isFiniteThroughout(measured(2))).toBe(true);
  for (const rmse of [Number.NaN, Number.POSITIVE_INFINITY])
    expect(isFiniteThroughout(measured(rmse))).toBe(false);
});

it("scores are RMSE per point over all curves, and by function", () => {
  const [set] = evaluationSets(experimentCurves(data).test, data, 1);
  const { rmse, members } = scoreSet(
    "off by 0.5",
    set,
    set.clean.map((value) => value + 0.5),
  );
  expect(rmse).toBeCloseTo(0.5, 6);
  for (const value of Object.values(members)) expect(value).toBeCloseTo(0.5, 6);
  expect(() => scoreSet("short", set, [1])).toThrow(RangeError);
});
