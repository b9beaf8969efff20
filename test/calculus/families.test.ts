import { describe, expect, it } from "vitest";
import { sevenUnseen, unseenFamilies } from "../../src/calculus/families/families";
import { calculusFunctions } from "../../src/calculus/functions";
import { forRows } from "../rows";

/** On [−1, 1], away from the kinks. */
const points = Array.from({ length: 50 }, (_, i) => -0.98 + 0.04 * i + 0.0037);
const families = [sevenUnseen, ...unseenFamilies];
const members = (seed: number) =>
  families.flatMap((family) => family.members(seed).map((member) => ({ family: family.name, ...member })));

describe("every member", () => {
  it("has the derivative that central differences show", () => {
    const h = 1e-5;
    forRows(members(0), ({ f, derivative }) => {
      for (const x of points) {
        const shown = (f(x + h) - f(x - h)) / (2 * h);
        expect(Math.abs(derivative(x) - shown), `at ${x}`).toBeLessThan(1e-7 * (1 + Math.abs(shown)));
      }
    });
  });

  it("is of the size of what was taught", () => {
    forRows(members(0), ({ f, derivative }) => {
      const largest = Math.max(...[-1, ...points, 1].map((x) => Math.abs(f(x))));
      expect(largest).toBeGreaterThan(0.2);
      expect(largest).toBeLessThan(3);
      for (const x of [-1, ...points, 0, 1]) expect(Math.abs(derivative(x))).toBeLessThan(100);
    });
  });

  it("was not taught", () => {
    forRows(members(0), (member) => {
      for (const { f } of calculusFunctions)
        for (const sign of [1, -1])
          expect(Math.max(...points.map((x) => Math.abs(member.f(x) - sign * f(x))))).toBeGreaterThan(0.05);
    });
  });
});

describe("families", () => {
  const values = (seed: number) =>
    unseenFamilies.map((family) => family.members(seed).map(({ f }) => f(0.3)));
  const random = new Set(["Chebyshev", "Fourier", "Gaussian process"]);

  it("have names and questions of their own, and members of different names", () => {
    expect(new Set(families.map(({ name }) => name)).size).toBe(families.length);
    expect(new Set(families.map(({ question }) => question)).size).toBe(families.length);
    for (const family of families) {
      const names = family.members(0).map(({ name }) => name);
      expect(names.length).toBeGreaterThanOrEqual(5);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("are the same for the same seed", () => {
    expect(values(7)).toEqual(values(7));
  });

  it("are others for another seed where they are random, and only there", () => {
    const [some, others] = [values(7), values(8)];
    unseenFamilies.forEach(({ name }, i) => {
      if (!random.has(name)) expect(others[i]).toEqual(some[i]);
      else expect(new Set([...some[i], ...others[i]]).size).toBe(some[i].length + others[i].length);
    });
  });

  it("draw members that differ from each other, up to the size 1", () => {
    const fine = Array.from({ length: 401 }, (_, i) => (i - 200) / 200);
    for (const family of unseenFamilies.filter(({ name }) => random.has(name))) {
      const drawn = family.members(3);
      expect(new Set(drawn.map(({ f }) => f(0.3))).size).toBe(drawn.length);
      for (const { f } of drawn) expect(Math.max(...fine.map((x) => Math.abs(f(x))))).toBeCloseTo(1, 12);
    }
  });
});
