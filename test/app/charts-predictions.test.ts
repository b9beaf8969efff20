import { describe, expect, it } from "vitest";
import { curveAt, curveRmse, residualLimit, rowsAt } from "../../src/app/panels/predictions-data";
import { calculusFunctions, evaluate, generateCurves, takeCurves } from "../../src/calculus";

const test = generateCurves({ curves: 18, samples: 20 });
const prediction = test.clean.map((slope) => slope + 0.25);

describe("rowsAt", () => {
  it("finds one curve of each function, and begins anew after the last", () => {
    expect(rowsAt(test, 0)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(rowsAt(test, 1)).toEqual([6, 7, 8, 9, 10, 11]);
    expect(rowsAt(test, 3)).toEqual(rowsAt(test, 0));
  });

  it("says which functions have none", () => {
    expect(rowsAt(takeCurves(test, [2, 8, 5]), 1)).toEqual([-1, -1, 1, -1, -1, 2]);
  });
});

describe("curveAt", () => {
  it("takes the latest predictions of a run under way", () => {
    const shown = { rows: [4, 3], values: prediction.slice(60, 100) };
    expect(curveAt({ test }, 3, shown)?.prediction).toEqual(prediction.slice(80, 100));
    expect(curveAt({ test }, 5, shown)?.prediction).toBeUndefined();
    expect(curveAt({ test }, -1, shown)).toBeUndefined();
  });

  it("takes those of the trained network, and scores them as the evaluation does", () => {
    const trained = { evaluation: evaluate(prediction, test), testCurves: test.rows, prediction };
    const curve = curveAt({ test, outcome: { trained } }, 7, undefined);
    expect(curve?.target).toEqual(test.target.slice(140, 160));
    expect(curve?.x).toEqual(test.x.slice(280, 300));
    expect(curve && curveRmse(curve)).toBeCloseTo(0.25, 6);
    expect(residualLimit([curve, undefined])).toBe(0.5);
  });

  it("knows curves of −f", () => {
    for (let row = 0; row < test.rows; row++) {
      const { derivative } = calculusFunctions[test.functionIndex[row]];
      const middle = row * test.samples + 3;
      const x = test.x[2 * row * test.samples + 3];
      expect(curveAt({ test }, row, undefined)?.negated).toBe(
        Math.sign(test.clean[middle]) !== Math.sign(derivative(x)),
      );
    }
  });

  it("has a scale for a curve of more points than a call may have arguments", () => {
    const samples = 2 ** 18;
    const [target, clean] = [new Float32Array(samples), new Float32Array(samples)];
    const curve = { row: 0, x: target, target, clean, prediction: clean.map(() => 3), negated: false };
    expect(residualLimit([curve])).toBe(5);
  });

  it("has a scale where no residual is finite", () => {
    const curve = curveAt({ test }, 0, {
      rows: [0],
      values: new Float32Array(20).fill(Number.NaN),
    });
    expect(residualLimit([curve])).toBe(1);
  });
});
