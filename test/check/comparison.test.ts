import { describe, expect, test } from "vitest";
import { compareWithin } from "../../src/check/bounds";
import { judge } from "../../src/check/self-test";

describe("a comparison", () => {
  const expectation = { tensor: "y", expected: [1, -2, 4], allowed: (i: number) => 0.1 * (i + 1) };

  test.for([
    { got: [1, -2, 4], at: 0, error: 0, allowed: 0.1, passed: true },
    { got: [1.0625, -2.25, 4], at: 1, error: 0.25, allowed: 0.2, passed: false },
    { got: [1.0625, -2.03125, 4.03125], at: 0, error: 0.0625, allowed: 0.1, passed: true },
    { got: [1, Number.NaN, 4], at: 1, error: Number.POSITIVE_INFINITY, allowed: 0.2, passed: false },
    { got: [1.5, -2, -1 / 0], at: 2, error: Number.POSITIVE_INFINITY, allowed: 0.1 * 3, passed: false },
    { got: [1, -2], at: 0, error: Number.POSITIVE_INFINITY, allowed: 0, passed: false },
    { got: [1, -2, 4, 8], at: 0, error: Number.POSITIVE_INFINITY, allowed: 0, passed: false },
    { got: undefined, at: 0, error: Number.POSITIVE_INFINITY, allowed: 0, passed: false },
  ])("of $got", ({ got, ...agreement }) => {
    expect(compareWithin(got, expectation)).toEqual({ tensor: "y", ...agreement });
  });

  test("where nothing may be off, one last place fails", () => {
    const exact = { tensor: "y", expected: [1], allowed: () => 0 };
    expect(compareWithin([1], exact).passed).toBe(true);
    expect(compareWithin([1 + 2 ** -23], exact).passed).toBe(false);
  });

  test("a check tells the tensor nearest to its bound, and the one beyond it first", () => {
    const check = { kernel: "dense", shape: "(1, 1, 1) → 1" };
    const expected = [
      { tensor: "y", expected: [1], allowed: () => 1 },
      { tensor: "dx", expected: [1], allowed: () => 1e-3 },
      { tensor: "dweight", expected: [1], allowed: () => 0 },
    ];
    const verdict = (y: number, dx: number, dweight: number) =>
      judge(check, {
        got: new Map(
          Object.entries({ y, dx, dweight }).map(([name, value]) => [name, Float32Array.of(value)]),
        ),
        expected,
      });
    expect(verdict(1.5, 1, 1)).toEqual({ ...check, tensor: "y", error: 0.5, allowed: 1, passed: true });
    expect(verdict(1.5, 1 + 2 ** -10, 1)).toMatchObject({ tensor: "dx", error: 2 ** -10, passed: true });
    expect(verdict(1.5, 1, 1 + 2 ** -20)).toMatchObject({ tensor: "dweight", passed: false });
    expect(verdict(Number.NaN, 1, 1 + 2 ** -20)).toMatchObject({ tensor: "y", passed: false });
  });
});
