import { beforeEach, expect, test, vi } from "vitest";
import { tuningFor } from "../../src/app/worker/tuning";
import type { Device, NetworkSpec } from "../../src/engine";

const hooks = vi.hoisted(() => ({
  kept: new Map<unknown, unknown>(),
  asked: [] as unknown[],
  refuse: undefined as Error | undefined,
}));

vi.mock(import("idb-keyval"), async (original) => ({
  ...(await original()),
  createStore: () => () => Promise.reject(new Error("there is no database here")),
  get: async (key) => hooks.kept.get(key) as never,
  set: async (key, value) => {
    if (hooks.refuse) throw hooks.refuse;
    hooks.kept.set(key, value);
  },
}));
vi.mock(import("../../src/engine"), async (original) => ({
  ...(await original()),
  tune: async (_device, _spec, { known = {} } = {}) => {
    hooks.asked.push(known);
    return { tuning: { ...known, "convolution 2 → 3": { variant: "5x8" } }, findings: [], milliseconds: 1 };
  },
}));

const adapter = { vendor: "v", architecture: "a", description: "d", software: false };
const device = { adapter } as Device;
const spec = { batch: 1, layers: [] } as unknown as NetworkSpec & { readonly batch: number };
const tuning = { "convolution 2 → 3": { variant: "5x8" } };

beforeEach(() => {
  hooks.kept.clear();
  hooks.asked.length = 0;
  hooks.refuse = undefined;
  vi.stubGlobal("navigator", { userAgent: "a browser 1.0" });
});

test("a GPU is measured and what was found is known the next time, in this browser alone", async () => {
  expect(await tuningFor(device, spec)).toEqual(tuning);
  expect(await tuningFor(device, spec)).toEqual(tuning);
  vi.stubGlobal("navigator", { userAgent: "a browser 1.1" });
  expect(await tuningFor(device, spec)).toEqual(tuning);
  expect(hooks.asked).toEqual([{}, tuning, {}]);
});

test("a software adapter goes by the rules", async () => {
  expect(await tuningFor({ ...device, adapter: { ...adapter, software: true } }, spec)).toEqual({});
  expect(hooks.asked).toEqual([]);
});

test("what was kept by something else is measured anew", async () => {
  await tuningFor(device, spec);
  for (const key of hooks.kept.keys()) hooks.kept.set(key, { variant: 5 });
  expect(await tuningFor(device, spec)).toEqual(tuning);
  expect(hooks.asked).toEqual([{}, {}]);
});

test("where nothing can be kept the rules decide", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  hooks.refuse = new Error("no room");
  expect(await tuningFor(device, spec)).toEqual({});
  expect(hooks.asked).toEqual([]);
  expect(warned).toHaveBeenCalled();
});

test("a lost device is told as such", async () => {
  hooks.refuse = new Error("no room");
  const fault = new Error("the GPU device was lost");
  await expect(tuningFor({ ...device, fault }, spec)).rejects.toBe(fault);
});
