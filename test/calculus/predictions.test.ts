import { describe, expect, it } from "vitest";
import { predictionRows } from "../../src/calculus/csv";
import { generateCurves, splitCurves } from "../../src/calculus/curves";
import { calculusFunctions } from "../../src/calculus/functions";

describe("the rows of predictions", () => {
  const { test } = splitCurves(generateCurves({ curves: 36, samples: 5, seed: 2 }), 2);
  const prediction = Float32Array.from(test.clean, (value) => value + 0.5);

  it("hold every point of the test set, curve by curve", () => {
    const rows = predictionRows(test, prediction);
    expect(rows).toHaveLength(6 * 5);
    for (const [i, { function: name, curve, x, target, clean, prediction }] of rows.entries()) {
      const row = Math.floor(i / 5);
      expect(curve).toBe(test.curve[row]);
      const { derivative } = calculusFunctions[test.functionIndex[row]];
      expect(name).toBe(calculusFunctions[test.functionIndex[row]].name);
      expect(Math.abs(clean)).toBeCloseTo(Math.abs(derivative(x)), 5);
      expect(prediction - clean).toBeCloseTo(0.5, 5);
      expect(Math.abs(target - clean)).toBeLessThan(0.01);
    }
  });

  it("refuse predictions of other curves", () => {
    expect(() => predictionRows(test, prediction.subarray(1))).toThrow(
      new RangeError("30 predictions expected, got 29"),
    );
  });
});
