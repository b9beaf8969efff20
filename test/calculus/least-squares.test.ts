import { describe, expect, it } from "vitest";
import { generateCurves, randomGrid } from "../../src/calculus/curves";
import { evaluate } from "../../src/calculus/evaluation";
import { localLeastSquares } from "../../src/calculus/opponents/least-squares";
import { randomStream } from "../../src/engine/random";

const { PI, sin, cos, exp, tanh, cosh } = Math;

describe("local least squares", () => {
  it("is exact on cubics, at every point of an arbitrary grid", () => {
    const x = randomGrid(100, 7, 0);
    const slopes = localLeastSquares(
      x,
      Array.from(x, (at) => 4 * at ** 3 - 3 * at ** 2 + 2 * at - 1),
    );
    slopes.forEach((slope, t) => {
      expect(slope).toBeCloseTo(12 * x[t] ** 2 - 6 * x[t] + 2, 9);
    });
  });

  it("stays exact far from the origin and on a tiny scale", () => {
    const x = Array.from({ length: 30 }, (_, i) => 1e-3 * i + 50);
    const slopes = localLeastSquares(
      x,
      x.map((at) => (at - 50) ** 3),
    );
    slopes.forEach((slope, t) => {
      expect(slope).toBeCloseTo(3 * (x[t] - 50) ** 2, 9);
    });
  });

  it("keeps the window full at the ends and moves with the point inside", () => {
    const x = Array.from({ length: 20 }, (_, i) => i);
    const bump = x.map((at) => (at === 10 ? 1 : 0));
    const touched = Array.from(localLeastSquares(x, bump)).flatMap((slope, t) =>
      Math.abs(slope) > 1e-12 ? [t] : [],
    );
    // The first 13 points share one window with the bump in it, the last 13 another; the middle of a bump is flat.
    expect(touched).toEqual(x.filter((t) => t !== 10));
    expect(localLeastSquares(x, bump, { window: 3, degree: 2 })[8]).toBe(0);
  });

  it("lowers the degree where the points determine no more", () => {
    expect(localLeastSquares([], [])).toEqual(new Float64Array(0));
    expect(localLeastSquares([0.5], [3])).toEqual(new Float64Array([0]));
    expect(Array.from(localLeastSquares([0, 2], [1, 5]))).toEqual(
      [2, 2].map((slope) => expect.closeTo(slope, 12)),
    );
    expect(Array.from(localLeastSquares([0, 1, 3], [0, 1, 9]))).toEqual(
      [0, 2, 6].map((slope) => expect.closeTo(slope, 12)),
    );
  });

  it("takes repeated x", () => {
    expect(localLeastSquares([1, 1, 1], [1, 2, 3])).toEqual(new Float64Array(3));
    const twice = [0, 0, 1, 1];
    expect(Array.from(localLeastSquares(twice, [0, 2, 3, 5]))).toEqual(
      twice.map(() => expect.closeTo(3, 12)),
    );
  });

  it("refuses what fits nothing", () => {
    expect(() => localLeastSquares([1, 2], [1])).toThrow("2 samples expected, got 1");
    expect(() => localLeastSquares([1], [1], { degree: 0 })).toThrow("degree");
    expect(() => localLeastSquares([1], [1], { window: 0.5 })).toThrow("window");
  });
});

describe("on 40 grids of 100 points with noise 1e-3", () => {
  const grids = 40;

  it("scores 0.0135 on the six functions of the experiment", () => {
    const curves = generateCurves({ curves: 6 * grids, seed: 1 });
    const { rows, samples: T, x } = curves;
    const answers = new Float64Array(rows * T);
    for (let row = 0; row < rows; row++) {
      const [grid, f] = [0, 1].map((channel) =>
        x.subarray((2 * row + channel) * T, (2 * row + channel + 1) * T),
      );
      answers.set(localLeastSquares(grid, f), row * T);
    }
    const { rmse } = evaluate(answers, curves);
    expect(rmse).toBeGreaterThan(0.012);
    expect(rmse).toBeLessThan(0.015);
  });

  it("scores 0.031 on seven others", () => {
    const others: readonly (readonly [f: (x: number) => number, derivative: (x: number) => number])[] = [
      [(x) => x ** 5, (x) => 5 * x ** 4],
      [exp, exp],
      [(x) => x * sin(PI * x), (x) => sin(PI * x) + PI * x * cos(PI * x)],
      [(x) => sin(PI * x ** 2), (x) => 2 * PI * x * cos(PI * x ** 2)],
      [(x) => sin(2 * PI * x), (x) => 2 * PI * cos(2 * PI * x)],
      [(x) => tanh(3 * x), (x) => 3 / cosh(3 * x) ** 2],
      [(x) => x ** 2 / 2, (x) => x],
    ];
    let squares = 0;
    for (let repetition = 0; repetition < grids; repetition++) {
      const grid = randomGrid(100, 1, repetition);
      others.forEach(([f, derivative], index) => {
        const noise = randomStream(1, "noise", repetition * others.length + index);
        const slopes = localLeastSquares(
          grid,
          Float32Array.from(grid, (x) => f(x) + 1e-3 * noise.normal()),
        );
        slopes.forEach((slope, t) => {
          squares += (slope - derivative(grid[t])) ** 2;
        });
      });
    }
    const rmse = Math.sqrt(squares / (grids * others.length * 100));
    expect(rmse).toBeGreaterThan(0.025);
    expect(rmse).toBeLessThan(0.037);
  });
});
