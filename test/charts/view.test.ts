import { describe, expect, it } from "vitest";
import { formatNumber, formatWithPi } from "../../src/charts/numbers";
import type { ChartSpec } from "../../src/charts/spec";
import { niceCeiling, ticksOf, viewOf } from "../../src/charts/view";

describe("formatNumber", () => {
  it.each([
    [0, "0"],
    [-0, "0"],
    [-3, "−3"],
    [123_456, "123456"],
    [0.466_23, "0.4662"],
    [0.1 + 0.2, "0.3"],
    [1234.567, "1235"],
    [1.2e-5, "1.2e−5"],
    [-1e-9, "−1e−9"],
    [6.02e23, "6.02e23"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "−∞"],
  ])("writes %d as %s", (value, text) => expect(formatNumber(value)).toBe(text));

  it("writes multiples of π", () => {
    expect([-Math.PI, 0, Math.PI, 2 * Math.PI, 3].map(formatWithPi)).toEqual(["−π", "0", "π", "2π", "3"]);
  });
});

describe("ticksOf", () => {
  it("steps by 1, 2 or 5 within the ends", () => {
    expect(ticksOf({ label: "" }, [0, 1], 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticksOf({ label: "" }, [-0.13, 0.31], 4)).toEqual([0, 0.2]);
    expect(ticksOf({ label: "" }, [0, 360], 8)).toEqual([0, 50, 100, 150, 200, 250, 300, 350]);
  });

  it("takes decades on a logarithmic axis, and finer steps where few fit", () => {
    expect(ticksOf({ label: "", log: true }, [0.001, 10], 5)).toEqual([0.001, 0.01, 0.1, 1, 10]);
    expect(ticksOf({ label: "", log: true }, [0.3, 3], 5)).toEqual([0.5, 1, 2]);
    expect(ticksOf({ label: "", log: true }, [0.31, 0.34], 3).length).toBeGreaterThan(1);
  });

  it("keeps fixed ticks, as far as they are in view", () => {
    expect(ticksOf({ label: "", ticks: [-1, 0, 1] }, [-0.5, 1], 9)).toEqual([0, 1]);
  });
});

describe("viewOf", () => {
  const spec: ChartSpec = {
    title: "",
    x: { label: "" },
    y: { label: "" },
    series: [{ label: "", color: "--fx-train" }],
    references: [{ label: "", value: 20, color: "--fx-zero" }],
  };

  it("holds data and references, and nothing below zero where nothing is", () => {
    const view = viewOf(spec, [
      [1, 2, 3],
      [0.1, 5, Number.POSITIVE_INFINITY],
    ]);
    expect(view.x).toEqual([1, 3]);
    expect(view.y[0]).toBe(0);
    expect(view.y[1]).toBeGreaterThanOrEqual(20);
  });

  it("zooms to what lies between the ends", () => {
    const { x, y } = viewOf(
      spec,
      [
        [1, 2, 3, 4],
        [100, 5, 6, 100],
      ],
      [2, 3],
    );
    expect(x).toEqual([2, 3]);
    expect(y[1]).toBeLessThan(7);
  });

  it("never is empty", () => {
    for (const values of [[], [null], [0], [7], [Number.NaN]])
      for (const log of [false, true]) {
        const { x, y } = viewOf({ ...spec, references: [], y: { label: "", log } }, [
          values.map((_, i) => i),
          values,
        ]);
        expect(x[1]).toBeGreaterThan(x[0]);
        expect(y[1]).toBeGreaterThan(y[0]);
      }
  });

  it("divides a logarithmic axis as finely as there is room for", () => {
    const axis = { label: "", log: true };
    for (const [from, to, count, ticks] of [
      // The RMSE of a run, from below the noise floor to above predicting zero, in a chart of 150 pixels.
      [0.0007, 2.6, 3.4, [0.001, 0.01, 0.1, 1]],
      [0.3, 2.2, 3.4, [0.5, 1, 2]],
      [0.05, 4, 3.4, [0.05, 0.1, 0.2, 0.5, 1, 2]],
      [0.02, 8, 3.4, [0.03, 0.1, 0.3, 1, 3]],
      [0.3, 0.9, 3.4, [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]],
      [0.9, 5e9, 3.4, [1, 100, 1e4, 1e6, 1e8]],
      [1e-30, 1e30, 3, [1e-22, 1e-11, 1, 1e11, 1e22]],
    ] as const)
      expect(ticksOf(axis, [from, to], count), `${from} to ${to}`).toEqual(ticks);
    for (let decades = 0.2; decades < 60; decades *= 1.1)
      for (const count of [2, 3.4, 5, 9])
        for (const from of [1e-3, 0.7, 3e4]) {
          const ticks = ticksOf(axis, [from, from * 10 ** decades], count);
          expect(ticks.length, `${decades} decades from ${from}`).toBeGreaterThanOrEqual(count > 3 ? 3 : 2);
          expect(ticks.length, `${decades} decades from ${from}`).toBeLessThanOrEqual(2 * count + 1);
        }
  });

  it("rounds up to 1, 2 or 5", () => {
    expect([0.1, 0.11, 3, 6, 1000].map(niceCeiling)).toEqual([0.1, 0.2, 5, 10, 1000]);
  });
});
