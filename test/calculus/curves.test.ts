import { describe, expect, it } from "vitest";
import { defaultCurveOptions, generateCurves, splitCurves } from "../../src/calculus/curves";
import { calculusFunctions } from "../../src/calculus/functions";

const curves = generateCurves();
const { rows, samples: T } = curves;
const grid = (row: number) => curves.x.subarray(2 * row * T, (2 * row + 1) * T);
const predictor = (row: number) => curves.x.subarray((2 * row + 1) * T, (2 * row + 2) * T);
const clean = (row: number) => curves.clean.subarray(row * T, (row + 1) * T);
const allRows = Array.from({ length: rows }, (_, row) => row);
/** The row's function with a given sign on its own grid. */
const exact = (row: number, sign: number) =>
  Array.from(grid(row), (x) => sign * calculusFunctions[curves.functionIndex[row]].f(x));
const signOf = (row: number) => {
  const f = exact(row, 1);
  return predictor(row).reduce((sum, value, t) => sum + value * f[t], 0) > 0 ? 1 : -1;
};
const signs = allRows.map(signOf);

describe("the functions", () => {
  it.each(calculusFunctions)("$title is the derivative", ({ f, derivative }) => {
    for (let x = -1; x <= 1; x += 1 / 8)
      expect((f(x + 1e-5) - f(x - 1e-5)) / 2e-5 - derivative(x)).toBeCloseTo(0, 8);
  });

  it("are the post's six with its plot ranges", () => {
    expect(calculusFunctions.map(({ name, yLimits }) => [name, yLimits[1]])).toEqual([
      ["x", 2],
      ["x^2", 2],
      ["x^3", 3],
      ["x^4", 4],
      ["sin(pi x)", Math.PI],
      ["cos(pi x)", Math.PI],
    ]);
  });
});

describe("the curves", () => {
  it("are 500 repetitions of 6 functions with 100 samples and noise 1e-3", () => {
    expect(defaultCurveOptions).toEqual({ family: "six", curves: 3000, samples: 100, noise: 1e-3, seed: 0 });
    expect([rows, T, curves.x.length, curves.target.length]).toEqual([3000, 100, 600_000, 300_000]);
    expect(allRows.every((row) => curves.functionIndex[row] === row % 6)).toBe(true);
  });

  it("have a sorted grid on [−1, 1] each repetition, shared by its six functions", () => {
    for (const row of allRows) {
      const points = grid(row);
      expect(points.every((x, t) => Math.abs(x) <= 1 && (t === 0 || x >= points[t - 1]))).toBe(true);
      expect(points).toEqual(grid(row - (row % 6)));
    }
    expect(grid(0)).not.toEqual(grid(6));
    const mean = allRows.reduce((sum, row) => sum + grid(row).reduce((a, b) => a + b) / T, 0) / rows;
    // Five standard errors of 50 000 uniform numbers.
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(3 * 50_000));
  });

  it("have a sign of their own, either one equally often", () => {
    expect(Math.abs(signs.reduce((a: number, b) => a + b, 0))).toBeLessThan(5 * Math.sqrt(rows));
    const patterns = new Set(
      allRows.filter((row) => row % 6 === 0).map((row) => signs.slice(row, row + 6).join()),
    );
    expect(patterns.size).toBe(64);
  });

  it("have the clean derivative of the signed function", () => {
    for (const row of allRows) {
      const { derivative } = calculusFunctions[curves.functionIndex[row]];
      expect(clean(row)).toEqual(grid(row).map((x) => signs[row] * derivative(x)));
    }
  });

  it("carry independent Gaussian noise of 1e-3 on predictor and target", () => {
    const ofPredictor = allRows.flatMap((row) => {
      const f = exact(row, signs[row]);
      return Array.from(predictor(row), (value, t) => value - f[t]);
    });
    const ofTarget = Array.from(curves.target, (value, i) => value - curves.clean[i]);
    const n = rows * T;
    for (const noise of [ofPredictor, ofTarget]) {
      const deviation = Math.sqrt(noise.reduce((sum, value) => sum + value ** 2, 0) / n);
      const mean = noise.reduce((sum, value) => sum + value, 0) / n;
      expect(Math.abs(deviation / 1e-3 - 1)).toBeLessThan(5 / Math.sqrt(2 * n));
      expect(Math.abs(mean)).toBeLessThan(5e-3 / Math.sqrt(n));
    }
    const covariance = ofPredictor.reduce((sum, value, i) => sum + value * ofTarget[i], 0) / n;
    expect(Math.abs(covariance)).toBeLessThan(5e-6 / Math.sqrt(n));
  });

  it("repeat with the seed, and only with it", () => {
    const small = { curves: 12, samples: 10 };
    expect(generateCurves({ ...small, seed: 3 })).toEqual(generateCurves({ ...small, seed: 3 }));
    expect(generateCurves({ ...small, seed: 3 }).x).not.toEqual(generateCurves({ ...small, seed: 4 }).x);
  });

  it("keep their numbers when there are more of them, or when they are noiseless", () => {
    const few = generateCurves({ curves: 12 });
    expect(few.x).toEqual(curves.x.slice(0, few.x.length));
    expect(few.target).toEqual(curves.target.slice(0, few.target.length));
    const noiseless = generateCurves({ curves: 12, noise: 0 });
    expect(noiseless.clean).toEqual(few.clean);
    expect(noiseless.target).toEqual(few.clean);
  });

  it.each([
    [{ curves: 10 }, "curves must be a positive multiple of 6, got 10"],
    [{ curves: 0 }, "curves must be a positive multiple of 6, got 0"],
    [{ samples: 0 }, "samples must be a positive whole number, got 0"],
    [{ noise: -1 }, "noise must be zero or positive, got -1"],
    [{ noise: Number.NaN }, "noise must be zero or positive, got NaN"],
    [{ seed: -1 }, "seed must be a whole number from 0 to 4294967295, got -1"],
  ])("refuse %j", (options, message) => {
    expect(() => generateCurves(options)).toThrow(new RangeError(message));
  });
});

describe("the split", () => {
  const { train, test } = splitCurves(curves, 0);

  it("takes 500 curves for the test and leaves 2500, none in both", () => {
    expect([train.rows, test.rows]).toEqual([2500, 500]);
    expect(new Set([...train.curve, ...test.curve]).size).toBe(rows);
  });

  it("is over curves, so all functions are on both sides and a grid may be too", () => {
    for (const part of [train, test]) expect(new Set(part.functionIndex).size).toBe(6);
    const repetitions = new Set(Array.from(train.curve, (curve) => Math.floor(curve / 6)));
    expect(Array.from(test.curve).some((curve) => repetitions.has(Math.floor(curve / 6)))).toBe(true);
  });

  it("carries the data of each curve along", () => {
    test.curve.forEach((row, i) => {
      expect(test.functionIndex[i]).toBe(curves.functionIndex[row]);
      expect(test.x.subarray(2 * i * T, 2 * (i + 1) * T)).toEqual(
        curves.x.subarray(2 * row * T, 2 * (row + 1) * T),
      );
      expect(test.clean.subarray(i * T, (i + 1) * T)).toEqual(clean(row));
      expect(test.target.subarray(i * T, (i + 1) * T)).toEqual(
        curves.target.subarray(row * T, (row + 1) * T),
      );
    });
  });

  it("repeats with the seed, and only with it", () => {
    expect(splitCurves(curves, 0).test.curve).toEqual(test.curve);
    expect(splitCurves(curves, 1).test.curve).not.toEqual(test.curve);
  });
});
