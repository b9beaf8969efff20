import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { selfChecks } from "../../../src/check/self-checks";
import { gpu } from "../../browser/client";

/** Kernels that go wrong only at second sight, as text of their shaders and what takes its place. */
const subtleFaults: readonly (readonly [kernel: string, text: string, fault: string])[] = [
  // Statistics of several batches, of which the last is short.
  ["batchnorm.pool", "+ delta * delta * share * (1 - share)", ""],
  ["batchnorm.pool", "count = cursor.rows", "count = u32(BATCH)"],
  ["batchnorm.measure", "cursor.rows * STEPS", "u32(BATCH * STEPS)"],
  ["halfmse.evaluate", "cursor.rows", "BATCH"],
  // The best weights, and the last ones among them.
  ["snapshot.judge", "score.x < judged.loss", "true"],
  ["snapshot.judge", "cursor.index, 1, 1", "cursor.index + 1, 1, 1"],
  ["snapshot.judge", "judged.improved = 0", "judged.improved = 1"],
  ["snapshot.keep", "best.improved != 0", "best.iteration == 1"],
  ["snapshot.restore", "source[i]", "destination[i]"],
  // A refused step, and what was wrong in it.
  ["batchnorm.moving", "|| cursor.halted != 0", ""],
  ["scan.scan", "!isFiniteBits(values[i])", "true"],
];

/** Runs every check once as it is, with its results altered, and again with each kernel altered. */
const survey = () =>
  gpu.run(async ({ internals, device }, subtleFaults) => {
    const { judge, selfChecks, withShaders } = internals;
    const users = new Map<string, { check: (typeof selfChecks)[number]; milliseconds: number }[]>();
    const failed: string[] = [];
    const passed: string[] = [];
    let faults = 0;
    for (const check of selfChecks) {
      const used = new Set<string>();
      const watched = withShaders(device, (kernel, code) => {
        used.add(kernel);
        return code;
      });
      const begin = performance.now();
      const comparison = await check.run(watched);
      const milliseconds = performance.now() - begin;
      const { got, expected } = comparison;
      if (!judge(check, comparison).passed) failed.push(`${check.kernel} ${check.shape}`);
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
      for (const kernel of used) users.set(kernel, [...(users.get(kernel) ?? []), { check, milliseconds }]);
    }
    const isNoticed = async (kernel: string, alter: (code: string) => string) => {
      // The quickest first.
      const checks = users.get(kernel)?.sort((a, b) => a.milliseconds - b.milliseconds) ?? [];
      // Under some conditions a kernel is linked without the text.
      let found = false;
      for (const { check } of checks) {
        const faulty = withShaders(device, (each, code) => {
          if (each !== kernel) return code;
          const altered = alter(code);
          found ||= altered !== code;
          return altered;
        });
        if (!judge(check, await check.run(faulty)).passed) return true;
      }
      if (!found) throw new Error(`${kernel} has no such text`);
      return false;
    };
    const unnoticed: string[] = [];
    for (const kernel of users.keys()) {
      const head = new RegExp(`fn ${kernel.split(".")[1]}\\([^{]*\\{`);
      if (!(await isNoticed(kernel, (code) => code.replace(head, "$& if (true) { return; }"))))
        unnoticed.push(`${kernel} does nothing`);
    }
    for (const [kernel, text, fault] of subtleFaults)
      if (!(await isNoticed(kernel, (code) => code.replaceAll(text, fault))))
        unnoticed.push(`${kernel}: ${text} → ${fault}`);
    return {
      kernels: [...users.keys()],
      failed,
      passed,
      faults,
      unnoticed,
      subgroups: device.gpu.features.has("subgroups"),
      software: device.adapter.software,
    };
  }, subtleFaults);

let surveyed: ReturnType<typeof survey> | undefined;
const once = () => {
  surveyed ??= survey();
  return surveyed;
};

test("every check passes as it is", async () => {
  const found = await once();
  expect(found.failed).toEqual([]);
});

test("a wrong, missing or non-finite value in any tensor of any check fails it", async () => {
  const found = await once();
  expect(found.passed).toEqual([]);
  expect(found.faults).toBeGreaterThan(1000);
});

test("every kernel of a training takes part; none does nothing, or goes wrong, unnoticed", async () => {
  const { kernels, unnoticed, subgroups, software } = await once();
  expect(unnoticed).toEqual([]);
  const shaders = new URL("../../../shaders/", import.meta.url);
  // Yardsticks, which no training runs.
  const idle = ["peak.wgsl", "compare.wgsl", ...(subgroups ? [] : ["product.wgsl"])];
  const all = readdirSync(shaders, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".wgsl") && !idle.includes(basename(path)))
    .flatMap((path) => {
      const entries = readFileSync(new URL(path, shaders), "utf8").matchAll(/@compute[^\n]*\s+fn (\w+)/g);
      return Array.from(entries, ([, entry]) => `${basename(path, ".wgsl")}.${entry}`);
    })
    // Software adapters take these sums in a pass of their own.
    .filter((kernel) => !(software && kernel === "batchnorm.gather_sums"));
  expect(kernels.toSorted()).toEqual(all.toSorted());
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
