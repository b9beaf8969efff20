import { describe, expect, it } from "vitest";
import { secondOrderDifferences } from "../../src/calculus/opponents/differences";
import { localLeastSquares } from "../../src/calculus/opponents/least-squares";
import { networkStencil } from "../../src/calculus/stencil/answer";
import { stencilQuestion } from "../../src/calculus/stencil/question";
import { linearStencil, stencilOf } from "../../src/calculus/stencil/stencil";

const integers = (n: number) => Array.from({ length: n }, (_, i) => i - (n >> 1));

describe("a stencil", () => {
  it("of central differences", () => {
    expect(stencilOf([0, -0.5, 0, 0.5, 0], [-4, -2, 0, 2, 4], 2)).toEqual({
      offsets: Float64Array.of(-4, -2, 0, 2, 4),
      weights: Float64Array.of(0, -0.5, 0, 0.5, 0),
      sum: 0,
      firstMoment: 2,
      secondMoment: 0,
      oddShare: 1,
      support: 2,
    });
  });

  it("of forward differences is exact on lines, not on parabolas, and lies on both sides of odd and even", () => {
    const { sum, firstMoment, secondMoment, oddShare } = stencilOf([0, -1, 1], [0, 2, 3], 1);
    expect([sum, firstMoment, secondMoment]).toEqual([0, 1, 0.5]);
    // Odd part (−½, 0, ½), even part (½, −1, ½).
    expect(oddShare).toBe(0.25);
  });

  it("that is even, that has one side, and that is zero", () => {
    expect(stencilOf([1, -2, 1], [-1, 0, 1], 1)).toMatchObject({ oddShare: 0, secondMoment: 1, support: 3 });
    // The mirrors of the last two lie beyond the grid.
    expect(stencilOf([0, 3, 4], [0, 1, 2], 0).oddShare).toBe(0.5);
    expect(stencilOf([3, 4, 0], [0, 1, 2], 2).oddShare).toBe(0.5);
    expect(stencilOf([0, 0], [0, 1], 0)).toMatchObject({ sum: 0, oddShare: 0, support: 0 });
  });

  it("counts the fewest points that hold 99 %", () => {
    const grid = integers(5);
    expect(stencilOf([0.6, -99, 0, 0, 0.4], grid, 2).support).toBe(1);
    expect(stencilOf([0.7, -98.9, 0, 0, 0.4], grid, 2).support).toBe(2);
    expect(stencilOf(new Float64Array(5).fill(0.1), grid, 2).support).toBe(5);
  });

  it("refuses weights of another number and places beyond the grid", () => {
    expect(() => stencilOf([1, 2], [1], 0)).toThrow("1 weights expected, got 2");
    for (const t of [-1, 0.5, 2])
      expect(() => stencilOf([1, 2], [1, 2], t)).toThrow(`a place from 0 to 1 expected, got ${t}`);
  });
});

describe("the stencils of local least squares on an equispaced grid", () => {
  /** Savitzky and Golay 1964, first derivative; of the odd weights those from the middle on. */
  const published = [
    { degree: 2, window: 5, norm: 10, half: [0, 1, 2] },
    { degree: 2, window: 13, norm: 182, half: [0, 1, 2, 3, 4, 5, 6] },
    { degree: 3, window: 5, norm: 12, half: [0, 8, -1] },
    { degree: 3, window: 7, norm: 252, half: [0, 58, 67, -22] },
    { degree: 3, window: 13, norm: 24_024, half: [0, 832, 1489, 1796, 1578, 660, -1133] },
  ];
  it.each(published)("of degree $degree over $window points are as published", (rule) => {
    const { degree, window, norm, half } = rule;
    const spacing = 0.25;
    const grid = integers(31).map((i) => i * spacing);
    const { weights, ...stencil } = linearStencil(
      (x, f) => localLeastSquares(x, f, { degree, window }),
      grid,
      15,
    );
    const expected = integers(31).map((i) => (Math.sign(i) * (half[Math.abs(i)] ?? 0)) / norm / spacing);
    expect(Array.from(weights)).toEqual(expected.map((weight) => expect.closeTo(weight, 12)));
    expect(stencil.sum).toBeCloseTo(0, 12);
    expect(stencil.firstMoment).toBeCloseTo(1, 12);
    expect(stencil.secondMoment).toBeCloseTo(0, 12);
    expect(stencil.oddShare).toBeCloseTo(1, 12);
    expect(stencil.support).toBeLessThan(window);
  });
});

it("second-order differences are exact on parabolas on any grid, and antisymmetric on an equispaced one", () => {
  const uneven = linearStencil(secondOrderDifferences, [-3, -1, 0, 2, 2.5], 2);
  // −h₊/(h₋(h₋ + h₊)), (h₊ − h₋)/(h₋h₊), h₋/(h₊(h₋ + h₊)) with h₋ = 1, h₊ = 2.
  expect(Array.from(uneven.weights)).toEqual([0, -2 / 3, 1 / 2, 1 / 6, 0].map((w) => expect.closeTo(w, 14)));
  expect(uneven.sum).toBeCloseTo(0, 14);
  expect(uneven.firstMoment).toBeCloseTo(1, 14);
  expect(uneven.secondMoment).toBeCloseTo(0, 14);
  const even = linearStencil(secondOrderDifferences, integers(5), 2);
  expect(even).toMatchObject({ oddShare: 1, support: 2, firstMoment: 1 });
  // At the end of the grid: (−3, 4, −1)/2.
  expect(Array.from(linearStencil(secondOrderDifferences, integers(5), 0).weights)).toEqual([
    -1.5, 2, -0.5, 0, 0,
  ]);
});

describe("the question", () => {
  const samples = 5;
  const question = stencilQuestion({ samples, noise: 0, repetitions: 2 });

  it("asks about the middle of an equispaced grid, for every function with either sign", () => {
    const { rows, grid, place, x, outputGradient } = question;
    expect([rows, place]).toEqual([24, 2]);
    expect(grid).toEqual(Float32Array.of(-0.8, -0.4, 0, 0.4, 0.8));
    for (let row = 0; row < rows; row++) {
      expect(x.subarray(2 * row * samples, (2 * row + 1) * samples)).toEqual(grid);
      expect(Array.from(outputGradient.subarray(row * samples, (row + 1) * samples))).toEqual([
        0, 0, 1, 0, 0,
      ]);
    }
    const curve = (row: number) => x.subarray((2 * row + 1) * samples, 2 * (row + 1) * samples);
    expect(curve(0)).toEqual(grid);
    expect(curve(1)).toEqual(grid.map((at) => 0 - at));
    expect(curve(2)).toEqual(grid.map((at) => at ** 2));
    expect(curve(14)).toEqual(curve(2));
  });

  it("draws other noise for every curve, of the size that is asked for", () => {
    const samples = 1000;
    const [clean, noisy] = [0, 0.5].map((noise) => stencilQuestion({ samples, noise, repetitions: 1 }).x);
    const errors = noisy.map((value, i) => value - clean[i]);
    const ofCurve = (row: number) => errors.subarray((2 * row + 1) * samples, 2 * (row + 1) * samples);
    const deviation = Math.hypot(...ofCurve(0)) / Math.sqrt(samples);
    expect(deviation).toBeGreaterThan(0.45);
    expect(deviation).toBeLessThan(0.55);
    expect(ofCurve(1)).not.toEqual(ofCurve(0));
    expect(stencilQuestion({ samples, noise: 0.5, repetitions: 1 }).x).toEqual(noisy);
  });

  it("refuses options that make no question", () => {
    expect(() => stencilQuestion({ samples: 0 })).toThrow("samples must be a positive whole number, got 0");
    expect(() => stencilQuestion({ repetitions: 1.5 })).toThrow("repetitions must be");
    expect(() => stencilQuestion({ noise: -1 })).toThrow("noise must be zero or positive, got -1");
  });
});

describe("the answer", () => {
  const question = stencilQuestion({ samples: 5, noise: 0.1, repetitions: 1 });
  const { rows, grid, place, x } = question;
  const samples = grid.length;

  /** A network whose gradient at the place is `weights` for the samples and 7 for the grid. */
  const ask = (weights: (f: Float32Array) => readonly number[]) => {
    const gradient = new Float32Array(rows * 2 * samples).fill(7);
    for (let row = 0; row < rows; row++) {
      const f = x.subarray((2 * row + 1) * samples, 2 * (row + 1) * samples);
      gradient.set(weights(f), (2 * row + 1) * samples);
    }
    return networkStencil(question, gradient);
  };

  it("of a linear network is its stencil, without variation", () => {
    const weights = [0, -1.25, 0, 1.25, 0];
    const { mean, variation } = ask(() => weights);
    expect(mean).toEqual(stencilOf(weights, grid, place));
    expect(mean.firstMoment).toBeCloseTo(1, 6);
    expect(variation).toBe(0);
  });

  it("of a network that multiplies has weights that depend on f", () => {
    // f² at the last point: its weight 2f, of f and −f as often, is 0 in the mean but for the noise.
    expect(ask((f) => [0, 0, 0, 0, 2 * f[4]]).variation).toBeGreaterThan(1);
    const twofold = ask((f) => [0, 0, 0, 0, f[4] > 0 ? 3 : 1]);
    const above = Array.from({ length: rows }, (_, row) => x[(2 * row + 2) * samples - 1] > 0).filter(
      Boolean,
    );
    const share = above.length / rows;
    expect(twofold.mean.weights[4]).toBeCloseTo(1 + 2 * share, 12);
    // Of two values 2 apart: the standard deviation of a sample, over the mean.
    const deviation = 2 * Math.sqrt((share * (1 - share) * rows) / (rows - 1));
    expect(twofold.variation).toBeCloseTo(deviation / (1 + 2 * share), 12);
  });

  it("of a network that answers 0 has no variation", () => {
    expect(ask(() => [0, 0, 0, 0, 0]).variation).toBeNaN();
  });

  it("refuses gradients of other curves", () => {
    expect(() => networkStencil(question, x.subarray(1))).toThrow("120 gradients expected, got 119");
  });
});
