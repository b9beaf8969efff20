import { describe, expect, it } from "vitest";
import { permutation, randomStream, threefry2x32 } from "../../src/engine/random";

const hex = (words: readonly number[]) => words.map((word) => word.toString(16).padStart(8, "0")).join(" ");

describe("threefry2x32", () => {
  // Known-answer vectors published with Random123.
  it.each([
    [[0, 0], [0, 0], "6b200159 99ba4efe"],
    [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], "1cb996fc bb002be7"],
    [[0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], "c4923a9c 483df7a0"],
  ] as const)("key %j, counter %j gives %s", (key, counter, expected) => {
    expect(hex(threefry2x32(key, counter))).toBe(expected);
  });
});

describe("randomStream", () => {
  it("reads both halves of the block of each counter in order", () => {
    const random = randomStream(7, "noise", 3);
    const words = Array.from({ length: 4 }, () => random.word());
    expect(words).toEqual([...threefry2x32([7, 2], [0, 3]), ...threefry2x32([7, 2], [1, 3])]);
  });

  it("has a key of its own for every part of a step", () => {
    const random = randomStream(7, "dropout", 3, 2);
    expect([random.word(), random.word()]).toEqual(threefry2x32([7, 6 + 2 * 256], [0, 3]));
  });

  it("gives every seed, use, step and part numbers of its own", () => {
    const first = [
      randomStream(0, "grid"),
      randomStream(1, "grid"),
      randomStream(0, "sign"),
      randomStream(0, "noise"),
      randomStream(0, "split"),
      randomStream(0, "initialisation"),
      randomStream(0, "shuffle"),
      randomStream(0, "dropout"),
      randomStream(0, "dropout", 0, 1),
      randomStream(0, "grid", 1),
    ].map((random) => random.word());
    expect(new Set(first).size).toBe(first.length);
  });

  it("draws uniform numbers that float32 holds exactly, with the moments of [0, 1)", () => {
    const random = randomStream(0, "grid");
    const values = Array.from({ length: 20_000 }, () => random.uniform());
    expect(values.every((value) => value >= 0 && value < 1 && Math.fround(value) === value)).toBe(true);
    // Five standard errors of the mean and of the variance.
    expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / values.length));
    expect(Math.abs(variance(values) - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / values.length));
  });

  it("draws standard normal numbers, successive ones uncorrelated", () => {
    const random = randomStream(0, "noise");
    const values = Array.from({ length: 20_000 }, () => random.normal());
    const error = 5 / Math.sqrt(values.length);
    expect(Math.abs(mean(values))).toBeLessThan(error);
    expect(Math.abs(variance(values) - 1)).toBeLessThan(error * Math.SQRT2);
    expect(Math.abs(mean(values.map((value) => value ** 3)))).toBeLessThan(error * Math.sqrt(15));
    expect(Math.abs(mean(values.map((value) => value ** 4)) - 3)).toBeLessThan(error * Math.sqrt(96));
    expect(Math.abs(mean(values.slice(1).map((value, i) => value * values[i])))).toBeLessThan(error);
  });

  it.each([-1, 0.5, 2 ** 32, Number.NaN])("refuses the seed %d", (seed) => {
    expect(() => randomStream(seed, "grid")).toThrow(RangeError);
  });
});

describe("permutation", () => {
  it.each([0, 1, 2, 100])("of %d holds every number once", (n) => {
    const order = permutation(n, randomStream(0, "shuffle"));
    expect(Array.from(order).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  it("draws all orders equally often", () => {
    const random = randomStream(0, "shuffle");
    const draws = 6000;
    const counts = new Map<string, number>();
    for (let i = 0; i < draws; i++) {
      const order = permutation(3, random).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - draws / 6) ** 2 / (draws / 6), 0);
    // The 99.9 % point of chi-square with five degrees of freedom.
    expect(chiSquare).toBeLessThan(20.5);
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function variance(values: readonly number[]): number {
  const centre = mean(values);
  return mean(values.map((value) => (value - centre) ** 2));
}
