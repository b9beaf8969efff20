import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { tuningFor } from "../../src/cli/tuning";
import type { Device, NetworkSpec } from "../../src/engine";
import type { TuningResult } from "../../src/engine/tuning/tuner";
import { testDirectory } from "./program";

const hooks = vi.hoisted(() => ({ asked: [] as unknown[], meanwhile: (): void => undefined }));

const found: TuningResult = {
  tuning: { "convolution 2 → 3": { variant: "10x8", gflops: 7 } },
  findings: [
    {
      problem: "convolution 2 → 3",
      choice: { variant: "10x8", gflops: 7 },
      rule: "5x8",
      trials: [
        { variant: "5x8", gflops: 5 },
        { variant: "10x8", gflops: 7 },
        { variant: "5x8 staged", refused: "it computes something else than the plain kernel\nand more" },
      ],
    },
  ],
  milliseconds: 1234,
};

vi.mock(import("../../src/engine"), async (original) => ({
  ...(await original()),
  tune: async (_device, _spec, options = {}) => {
    hooks.asked.push(options.known);
    hooks.meanwhile();
    const known = Object.keys(options.known ?? {}).length > 0;
    return known ? { tuning: options.known ?? {}, findings: [], milliseconds: 1 } : found;
  },
}));

const ours = { vendor: "v", architecture: "a", description: "d", software: true };
const device = { adapter: ours } as Device;
const spec = { batch: 1, layers: [] } as unknown as NetworkSpec & { readonly batch: number };
const flags = (tune: "off" | "on" | "again") => ({ tune, recurrentWeights: "f32" }) as const;

/** What `tuningFor` returns and says, with caches in a new directory. */
let said = "";
let caches = "";
beforeEach(() => {
  vi.unstubAllEnvs();
  hooks.asked.length = 0;
  hooks.meanwhile = () => undefined;
  said = "";
  caches = testDirectory();
  vi.stubEnv("XDG_CACHE_HOME", caches);
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += String(text);
    return true;
  });
});

const file = () => join(caches, "fluxion", "tuning.json");

describe("--tune", () => {
  test("on measures once, says what came of it, and keeps it", async () => {
    expect(await tuningFor(device, spec, flags("on"))).toEqual(found.tuning);
    expect(said).toContain("tuned 1 kernels in 1.2 s, 1 by other than the rules");
    expect(said).toContain("convolution 2 → 3: 10x8, 7 GFLOP/s");
    expect(said).toContain("5x8 staged: it computes something else than the plain kernel\n");
    expect(said).not.toContain("and more");
    said = "";
    expect(await tuningFor(device, spec, flags("on"))).toEqual(found.tuning);
    expect(said).toBe("");
    expect(hooks.asked).toEqual([{}, found.tuning]);
    expect(Object.keys(JSON.parse(readFileSync(file(), "utf8")))).toEqual([
      expect.stringMatching(/^v · a · d · Node .* · kernels [\da-f]+ · tuner \d+$/),
    ]);
  });

  test("off measures and reads nothing", async () => {
    await tuningFor(device, spec, flags("on"));
    expect(await tuningFor(device, spec, flags("off"))).toEqual({});
    expect(hooks.asked.length).toBe(1);
  });

  test("again measures whatever is kept", async () => {
    const device = { adapter: { ...ours, vendor: "again" } } as Device;
    await tuningFor(device, spec, flags("on"));
    said = "";
    await tuningFor(device, spec, flags("again"));
    expect(hooks.asked).toEqual([{}, {}]);
    expect(said).toContain("tuned 1 kernels");
    // The next run of the same command trains with the same kernels.
    await tuningFor(device, spec, flags("again"));
    expect(hooks.asked[2]).toEqual(found.tuning);
  });

  test("what another has written meanwhile is kept", async () => {
    await tuningFor(device, spec, flags("on"));
    const kept = JSON.parse(readFileSync(file(), "utf8"));
    hooks.meanwhile = () =>
      writeFileSync(file(), JSON.stringify({ ...kept, another: { convolution: { variant: "5x4" } } }));
    await tuningFor({ ...device, adapter: { ...device.adapter, vendor: "w" } }, spec, flags("on"));
    expect(Object.keys(JSON.parse(readFileSync(file(), "utf8")))).toContain("another");
    expect(Object.keys(JSON.parse(readFileSync(file(), "utf8"))).length).toBe(3);
  });

  test("on another adapter measures anew and keeps both", async () => {
    await tuningFor(device, spec, flags("on"));
    await tuningFor({ ...device, adapter: { ...device.adapter, vendor: "w" } }, spec, flags("on"));
    expect(hooks.asked).toEqual([{}, {}]);
    expect(Object.keys(JSON.parse(readFileSync(file(), "utf8"))).length).toBe(2);
  });

  test.for(["", "[1]", '{"a":{"b":{"variant":3}}}', '{"a":{"b":{"variant":"x","gflops":-1}}}'])(
    "what is no tuning (%s) is measured anew and replaced",
    async (text) => {
      mkdirSync(join(caches, "fluxion"));
      writeFileSync(file(), text);
      expect(await tuningFor(device, spec, flags("on"))).toEqual(found.tuning);
      expect(JSON.parse(readFileSync(file(), "utf8"))).not.toHaveProperty("a");
    },
  );

  test("a cache that was named and is of no use is told once, and what is measured is kept elsewhere", async () => {
    writeFileSync(join(caches, "fluxion"), "a file");
    const elsewhere = testDirectory();
    vi.stubEnv("TMPDIR", elsewhere);
    expect(await tuningFor(device, spec, flags("on"))).toEqual(found.tuning);
    const lines = said.split("\n").filter((line) => line.startsWith("XDG_CACHE_HOME"));
    expect(lines).toEqual([
      `XDG_CACHE_HOME is not used (${join(caches, "fluxion")}: ${join(caches, "fluxion")} is no directory), but ${join(elsewhere, `fluxion-${process.geteuid?.()}`)}`,
    ]);
    await tuningFor(device, spec, flags("on"));
    expect(said.split("XDG_CACHE_HOME").length).toBe(2);
  });

  test("where nothing can be kept the rules decide, and again measures for this once", async () => {
    writeFileSync(join(caches, "fluxion"), "a file");
    vi.stubEnv("TMPDIR", join(caches, "fluxion"));
    expect(await tuningFor(device, spec, flags("on"))).toEqual({});
    expect(said).toMatch(/^kernels by rules: what is measured cannot be kept \(.*\)\n$/);
    expect(hooks.asked).toEqual([]);
    expect(await tuningFor(device, spec, flags("again"))).toEqual(found.tuning);
    expect(existsSync(file())).toBe(false);
  });
});
