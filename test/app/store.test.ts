import { describe, expect, test } from "vitest";
import { type Database, mostRuns, openStore } from "../../src/app/session/store";
import { generateCurves } from "../../src/index";
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
    expect(await store.runs()).toEqual([finished(2), finished(3)]);
  });

  test(`keeps the latest ${mostRuns} runs`, async () => {
    const store = openStore(new MemoryDatabase(), alone);
    for (let number = 1; number <= mostRuns + 2; number++) await store.saveRun(finished(number));
    const runs = await store.runs();
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

  test.each<[string, unknown]>([
    ["nothing", null],
    ["text", "run"],
    ["a run without an outcome", begun],
    ["another network", { ...finished(1), settings: { ...begun.settings, network: "gru" } }],
    ["an unknown option", { ...finished(1), settings: { ...begun.settings, options: { x: 1 } } }],
    ["a short prediction", { ...finished(1), test: generateCurves({ curves: 12, samples: 4 }) }],
    ["a history of something else", { ...finished(1), history: [{ iteration: "1" }] }],
  ])("drops %s", async (_, value) => {
    const database = new MemoryDatabase();
    const store = openStore(database, alone);
    await database.set("v1/run/1970-01-01T00:00:00.000Z/x", value);
    await store.saveRun(finished(2));
    expect(await store.runs()).toEqual([finished(2)]);
    expect(database.entries.size).toBe(1);
  });

  test("drops data of another version and a broken interruption", async () => {
    const database = new MemoryDatabase();
    const store = openStore(database, alone);
    await database.set("v0/run/a/x", finished(1));
    await database.set(7, finished(1));
    await database.set("v1/interrupted", { ...interrupted, checkpoint: [1, 2] });
    expect(await store.runs()).toEqual([]);
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
