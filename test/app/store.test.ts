import { describe, expect, test } from "vitest";
import { type Database, mostRuns, openStore } from "../../src/app/session/store";
import { generateCurves } from "../../src/calculus";
import { begun, finished } from "./run";

/** Structured clones in a Map, as IndexedDB keeps them. */
class MemoryDatabase implements Database {
  readonly entries = new Map<IDBValidKey, unknown>();
  keys = async () => [...this.entries.keys()];
  getMany = async (keys: IDBValidKey[]) => keys.map((key) => structuredClone(this.entries.get(key)));
  set = async (key: IDBValidKey, value: unknown) => void this.entries.set(key, structuredClone(value));
  delMany = async (keys: IDBValidKey[]) => {
    for (const key of keys) this.entries.delete(key);
  };
}

const alone = async () => true;
const interrupted = { id: begun.id, settings: begun.settings, checkpoint: Uint8Array.of(1, 2) };

describe("the store", () => {
  test("brings back runs, oldest first, and deletes them", async () => {
    const store = openStore(new MemoryDatabase(), alone);
    for (const number of [2, 1, 3]) await store.saveRun(finished(number));
    await store.deleteRun("run-1");
    expect(await store.runs()).toEqual({ runs: [finished(2), finished(3)], broken: 0 });
  });

  test(`keeps the latest ${mostRuns} runs`, async () => {
    const store = openStore(new MemoryDatabase(), alone);
    for (let number = 1; number <= mostRuns + 2; number++) await store.saveRun(finished(number));
    const { runs } = await store.runs();
    expect(runs.map(({ number }) => number)).toEqual(Array.from({ length: mostRuns }, (_, i) => i + 3));
  });

  test("brings back the interrupted run and its state", async () => {
    const store = openStore(new MemoryDatabase(), alone);
    expect(await store.interrupted()).toBeUndefined();
    await store.saveInterrupted(interrupted);
    expect(await store.interrupted()).toEqual(interrupted);
    await store.saveInterrupted(undefined);
    expect(await store.interrupted()).toBeUndefined();
  });

  test("leaves the interrupted run to another page that is open", async () => {
    const database = new MemoryDatabase();
    await openStore(database, alone).saveInterrupted(interrupted);
    const second = openStore(database, async () => false);
    expect(await second.interrupted()).toBeUndefined();
    await second.saveInterrupted(undefined);
    expect(await openStore(database, alone).interrupted()).toEqual(interrupted);
  });

  /** Every part of a run, down to the first of many alike, by the keys that lead to it. */
  function partsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [path];
    const keys = Array.isArray(value) ? ["0"] : Object.keys(value);
    const inner = keys.flatMap((key) => partsOf(Reflect.get(value, key), [...path, key]));
    return [path, ...inner];
  }

  const keyOf = (number: number): string => `v1/run/${finished(number).outcome?.finishedAt}/run-${number}`;

  /** The run with another value in one place. */
  function spoilt(path: readonly string[], value: unknown): unknown {
    if (path.length === 0) return value;
    const run = structuredClone(finished(1));
    const parent = path.slice(0, -1).reduce<unknown>((part, key) => Reflect.get(Object(part), key), run);
    Reflect.set(Object(parent), path[path.length - 1], value);
    return run;
  }

  test("drops a run of which any part is damaged, and counts it once", async () => {
    // Told by the training and exported as they are, but not read by the page.
    const unread = /result\.(submits|dispatchesPerStep|buffersCreatedWhileTraining)$/;
    const paths = partsOf(finished(1)).filter((path) => !unread.test(path.join(".")));
    expect(paths.length).toBeGreaterThan(80);
    for (const path of paths)
      for (const value of [null, {}, [[null]]]) {
        // Of these there may be none.
        if (/(settings\.options|rmsePerFunction)$/.test(path.join(".")) && value && !Array.isArray(value))
          continue;
        const database = new MemoryDatabase();
        const store = openStore(database, alone);
        await database.set(keyOf(1), spoilt(path, value));
        await store.saveRun(finished(2));
        expect(await store.runs(), `${path.join(".")}: ${JSON.stringify(value)}`).toEqual({
          runs: [finished(2)],
          broken: 1,
        });
        expect(await store.runs()).toEqual({ runs: [finished(2)], broken: 0 });
        expect(database.entries.size).toBe(1);
      }
  });

  test("drops what is no run of this page", async () => {
    for (const [what, value] of [
      ["a run without an outcome", begun],
      ["another network", { ...finished(1), settings: { ...begun.settings, network: "gru" } }],
      ["an unknown option", { ...finished(1), settings: { ...begun.settings, options: { x: 1 } } }],
      [
        "an option beyond its range",
        { ...finished(1), settings: { ...begun.settings, options: { epochs: 0 } } },
      ],
      [
        "a solver that there is not",
        { ...finished(1), settings: { ...begun.settings, options: { solver: "x" } } },
      ],
      [
        "layers of another network",
        { ...finished(1), facts: { ...begun.facts, layers: begun.facts.layers.slice(1) } },
      ],
      ["a short prediction", { ...finished(1), test: generateCurves({ curves: 12, samples: 4 }) }],
      ["a history with a gap", { ...finished(1), history: [...begun.history, ...begun.history] }],
      ["a run under the key of another", finished(3)],
    ] as const) {
      const database = new MemoryDatabase();
      const store = openStore(database, alone);
      await database.set(keyOf(1), value);
      expect(await store.runs(), what).toEqual({ runs: [], broken: 1 });
      expect(database.entries.size).toBe(0);
    }
  });

  test("drops data of another version and a broken interruption", async () => {
    const database = new MemoryDatabase();
    const store = openStore(database, alone);
    await database.set("v0/run/a/x", finished(1));
    await database.set(7, finished(1));
    await database.set("v1/interrupted", { ...interrupted, checkpoint: [1, 2] });
    expect(await store.runs()).toEqual({ runs: [], broken: 0 });
    expect(await store.interrupted()).toBeUndefined();
    expect(database.entries.size).toBe(0);
  });

  test("says so when the browser has no room", async () => {
    const database = new MemoryDatabase();
    database.set = async () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    await expect(openStore(database, alone).saveRun(finished(1))).rejects.toThrow("no more room");
  });

  test("rejects where there is no IndexedDB", async () => {
    await expect(openStore().runs()).rejects.toThrow(/indexedDB/);
  });
});
