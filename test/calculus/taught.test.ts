import { describe, expect, it } from "vitest";
import {
  type Curves,
  defaultCurveOptions,
  experimentCurves,
  generateCurves,
  otherFunction,
  splitCurves,
} from "../../src/calculus/curves";
import { sevenUnseen, unseenFamilies } from "../../src/calculus/families/families";
import { type FunctionFamily, functionFamilies, taughtFunctions } from "../../src/calculus/families/taught";
import { calculusFunctions, type DifferentiableFunction } from "../../src/calculus/functions";

/** Away from the kinks. */
const points = Array.from({ length: 50 }, (_, i) => -0.98 + 0.04 * i + 0.0037);
const first = (family: FunctionFamily, count: number, seed = 0): DifferentiableFunction[] => {
  const functionOf = taughtFunctions(family, seed);
  return Array.from({ length: count }, (_, row) => functionOf(row));
};
/** Of the largest difference, for either sign. */
const distance = (a: DifferentiableFunction, b: DifferentiableFunction): number =>
  Math.min(...[1, -1].map((sign) => Math.max(...points.map((x) => Math.abs(a.f(x) - sign * b.f(x))))));

describe("the functions taught", () => {
  const others = first("sixty", 60).slice(6);
  const fresh = first("continuous", 90);

  it("are the six, and in the families of twelve and sixty others in turn, the same ones for all seeds", () => {
    expect(first("six", 6)).toEqual(calculusFunctions);
    for (const [family, size] of [["twelve", 12] as const, ["sixty", 60] as const]) {
      const functionOf = taughtFunctions(family, 5);
      const ofAnotherSeed = taughtFunctions(family, 6);
      expect(calculusFunctions.map((_, row) => functionOf(row))).toEqual(calculusFunctions);
      for (let row = 0; row < size; row++) {
        expect(functionOf(row + size)).toBe(functionOf(row));
        expect(functionOf(row).f(0.3)).toBe(ofAnotherSeed(row).f(0.3));
      }
      expect(new Set(first(family, size).map(({ f }) => f(0.3))).size).toBe(size);
    }
    expect(first("twelve", 12).map(({ f }) => f(0.3))).toEqual(first("sixty", 12).map(({ f }) => f(0.3)));
  });

  it("are others for every row and seed in the continuous family", () => {
    const values = [...fresh, ...first("continuous", 90, 1)].map(({ f }) => f(0.3));
    expect(new Set(values).size).toBe(180);
    expect(first("continuous", 90).map(({ f }) => f(0.3))).toEqual(values.slice(0, 90));
  });

  it("range as far as the six at most, and have the derivative that central differences show", () => {
    const h = 1e-5;
    for (const { f, derivative } of [...others, ...fresh]) {
      const values = [-1, ...points, 1].map(f);
      expect(Math.max(...values) - Math.min(...values)).toBeLessThan(2.001);
      for (const x of points)
        expect(Math.abs(derivative(x) - (f(x + h) - f(x - h)) / (2 * h))).toBeLessThan(1e-6);
    }
  });

  it("have a constant in the continuous family alone, up to 2 either way", () => {
    expect(Math.max(...others.flatMap(({ f }) => points.map((x) => Math.abs(f(x)))))).toBeLessThan(1.001);
    const middles = fresh.map(({ f }) => {
      const values = [-1, ...points, 1].map(f);
      return (Math.max(...values) + Math.min(...values)) / 2;
    });
    expect(Math.max(...middles)).toBeGreaterThan(1);
    expect(Math.min(...middles)).toBeLessThan(-1);
    for (const middle of middles) expect(Math.abs(middle)).toBeLessThan(3);
  });

  it("are none that an unseen family has", () => {
    for (const family of [sevenUnseen, ...unseenFamilies])
      for (const unseen of family.members(0))
        for (const taught of [...others, ...fresh]) expect(distance(taught, unseen)).toBeGreaterThan(0.05);
  });
});

describe("the curves of an experiment", () => {
  const options = { ...defaultCurveOptions, curves: 360, samples: 30, seed: 2 };
  const six = experimentCurves(options);
  const T = options.samples;
  const grids = ({ x, rows }: Curves) =>
    Array.from({ length: rows }, (_, row) => x.subarray(2 * row * T, (2 * row + 1) * T));

  it("are the six functions' curves, split, where these are taught", () => {
    expect(six).toEqual(splitCurves(generateCurves(options), options.seed));
    expect(six).toEqual(experimentCurves({ ...options, family: "six" }));
  });

  it.each(functionFamilies)(
    "of the family %s differ in the functions of the training curves alone",
    (family) => {
      const { train, test } = experimentCurves({ ...options, family });
      expect(test).toEqual(six.test);
      expect(grids(train)).toEqual(grids(six.train));
      expect(train.curve).toEqual(six.train.curve);
      const noise = ({ target, clean }: Curves) => Array.from(target, (value, i) => value - clean[i]);
      const expected = noise(six.train);
      noise(train).forEach((value, i) => void expect(value).toBeCloseTo(expected[i], 5));
    },
  );

  it.each(["twelve", "sixty", "continuous"] as const)(
    "of the family %s are its functions in turn, with the signs of the six",
    (family) => {
      const { train } = experimentCurves({ ...options, family, noise: 0 });
      const functionOf = taughtFunctions(family, options.seed);
      grids(train).forEach((grid, row) => {
        const { f, derivative } = functionOf(row);
        const at = six.train.functionIndex[row];
        const known = calculusFunctions[at].derivative(grid[0]);
        const sign = Math.sign(six.train.clean[row * T]) * Math.sign(known);
        expect(train.x.subarray((2 * row + 1) * T, (2 * row + 2) * T)).toEqual(grid.map((x) => sign * f(x)));
        expect(train.clean.subarray(row * T, (row + 1) * T)).toEqual(grid.map((x) => sign * derivative(x)));
      });
    },
  );

  it("name the training curves' functions only where they are of the six", () => {
    const count = (family: FunctionFamily) => {
      const { functionIndex } = experimentCurves({ ...options, family }).train;
      return [0, 1, 2, 3, 4, 5, otherFunction].map(
        (index) => functionIndex.filter((each) => each === index).length,
      );
    };
    expect(count("twelve")).toEqual([25, 25, 25, 25, 25, 25, 150]);
    expect(count("sixty")).toEqual([5, 5, 5, 5, 5, 5, 270]);
    expect(count("continuous")).toEqual([0, 0, 0, 0, 0, 0, 300]);
  });

  it("of the continuous family are others for another seed", () => {
    const of = (seed: number) => experimentCurves({ ...options, family: "continuous", seed }).train.clean;
    expect(of(3)).toEqual(of(3));
    expect(of(3)).not.toEqual(of(4));
  });
});
