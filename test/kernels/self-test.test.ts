import { describe, expect, test } from "vitest";
import { compareWithin } from "../../src/check/bounds";
import { selfChecks } from "../../src/check/self-checks";
import { judge } from "../../src/check/self-test";
import { gpu } from "../browser/client";

test("every kernel passes on this adapter, told one by one", async () => {
  const { results, told } = await gpu.run(async ({ fluxion, device }) => {
    const told: string[] = [];
    const results = await fluxion.selfTest(device, ({ kernel, shape }) => told.push(`${kernel} ${shape}`));
    return { results, told };
  });
  expect(results.filter(({ passed }) => !passed)).toEqual([]);
  expect(told).toEqual(selfChecks.map(({ kernel, shape }) => `${kernel} ${shape}`));
  expect(results.map(({ kernel, shape }) => `${kernel} ${shape}`)).toEqual(told);
  for (const { error, allowed } of results) expect(error).toBeLessThanOrEqual(allowed);
});

test("a wrong, missing or non-finite value in any tensor of any check fails it", async () => {
  const found = await gpu.run(async ({ internals, device }) => {
    const { judge, selfChecks } = internals;
    const passed: string[] = [];
    let faults = 0;
    for (const check of selfChecks) {
      const { got, expected } = await check.run(device);
      for (const { tensor, allowed } of expected) {
        const values = got.get(tensor) ?? new Float32Array();
        const faulty = (at: number, value: number) => {
          const copy = values.slice();
          copy[at] = value;
          return copy;
        };
        const candidates: [string, Float32Array | undefined][] = [
          ["missing", undefined],
          ["short", values.slice(1)],
        ];
        for (const at of new Set([0, values.length >> 1, values.length - 1])) {
          // Three times what is allowed, and at least a few of the last places that float32 has there.
          const wrong = values[at] + 3 * allowed(at) + 4 * 2 ** -23 * Math.abs(values[at]) + 1e-37;
          candidates.push(
            [`[${at}] wrong`, faulty(at, wrong)],
            [`[${at}] NaN`, faulty(at, Number.NaN)],
            [`[${at}] infinite`, faulty(at, Number.POSITIVE_INFINITY)],
          );
        }
        for (const [fault, copy] of candidates) {
          const altered = new Map(got);
          if (copy) altered.set(tensor, copy);
          else altered.delete(tensor);
          faults++;
          const verdict = judge(check, { got: altered, expected });
          if (verdict.passed || verdict.tensor !== tensor)
            passed.push(`${check.kernel} ${check.shape} ${tensor} ${fault}`);
        }
      }
    }
    return { passed, faults };
  });
  expect(found.passed).toEqual([]);
  expect(found.faults).toBeGreaterThan(1000);
});

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

test("a kernel that cannot be computed fails and says why, and the others go on", async () => {
  const results = await gpu.run(async ({ fluxion, device }) => {
    const crippled = {
      ...device,
      gpu: new Proxy(device.gpu, {
        get(target, key) {
          if (key === "createComputePipelineAsync")
            return () => Promise.reject(new Error("the driver refuses"));
          const value: unknown = Reflect.get(target, key);
          return typeof value === "function" ? value.bind(target) : value;
        },
      }),
    };
    return fluxion.selfTest(crippled);
  });
  expect(results.length).toBe(selfChecks.length);
  for (const { passed, reason } of results) {
    expect(passed).toBe(false);
    expect(reason).toContain("the driver refuses");
  }
});

test("a lost device ends it with the device's own error", async () => {
  const error = await gpu.run(async ({ fluxion }) => {
    const device = await fluxion.openDevice();
    device.dispose();
    await device.lost;
    return fluxion.selfTest(device).then(
      () => "it passed",
      (error: Error) => error.name,
    );
  });
  expect(error).toBe("DeviceLostError");
});
