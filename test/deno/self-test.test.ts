import { expect, test } from "vitest";
import { selfChecks } from "../../src/check/self-checks";
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

test("Deno has no subgroups: the variants that need none are tried here and nowhere else", async () => {
  expect(await gpu.run(({ device }) => device.gpu.features.has("subgroups"))).toBe(false);
});
