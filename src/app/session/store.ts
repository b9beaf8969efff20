/** Keeps runs and the state of the one under way in IndexedDB. */
import * as idb from "idb-keyval";
import { isInterrupted, isRun } from "./kept";
import type { Run } from "./run";
import type { Interrupted, Store } from "./state";

/** So many finished runs are kept; the oldest make room. */
export const mostRuns = 50;

/** What a change of the shape of runs must raise: data of another version is dropped. */
const version = "v1";
const runPrefix = `${version}/run/`;
const interruptedKey = `${version}/interrupted`;

/** The little that the store needs of a database. */
export interface Database {
  keys(): Promise<IDBValidKey[]>;
  getMany(keys: IDBValidKey[]): Promise<unknown[]>;
  set(key: IDBValidKey, value: unknown): Promise<void>;
  delMany(keys: IDBValidKey[]): Promise<void>;
}

/** Keys in order are runs in order of their end. */
const keyOf = ({ id, outcome }: Run): string => `${runPrefix}${outcome?.finishedAt ?? ""}/${id}`;

const isRunKey = (key: IDBValidKey): key is string => typeof key === "string" && key.startsWith(runPrefix);

/**
 * Opens nothing yet. Where the browser has no IndexedDB, or refuses it, every method rejects with the reason.
 * @param sole whether this page keeps the run under way: of several open at once, one does
 */
export function openStore(
  database: Database = openDatabase(),
  sole: () => Promise<boolean> = soleKeeper(),
): Store {
  const runKeys = async () => (await database.keys()).filter(isRunKey).sort();

  return {
    async runs() {
      const all = await database.keys();
      const keys = all.filter(isRunKey).sort();
      const values = await database.getMany(keys);
      // Under another key it could not be deleted, and might be there twice.
      const runs = values.filter((value, i): value is Run => isRun(value) && keyOf(value) === keys[i]);
      const whole = new Set(runs.map(keyOf));
      const broken = keys.filter((key) => !whole.has(key));
      const foreign = all.filter((key) => key !== interruptedKey && !isRunKey(key));
      if (broken.length + foreign.length > 0) await database.delMany([...broken, ...foreign]);
      return { runs, broken: broken.length };
    },
    async saveRun(run) {
      await saving(database.set(keyOf(run), run));
      const keys = await runKeys();
      if (keys.length > mostRuns) await database.delMany(keys.slice(0, keys.length - mostRuns));
    },
    async deleteRun(id) {
      await database.delMany((await runKeys()).filter((key) => key.endsWith(`/${id}`)));
    },
    async interrupted(): Promise<Interrupted | undefined> {
      if (!(await sole())) return undefined;
      const [value] = await database.getMany([interruptedKey]);
      if (value === undefined || isInterrupted(value)) return value;
      await database.delMany([interruptedKey]);
      return undefined;
    },
    async saveInterrupted(interrupted) {
      if (!(await sole())) return;
      if (interrupted === undefined) await database.delMany([interruptedKey]);
      else await saving(database.set(interruptedKey, interrupted));
    },
  };
}

function openDatabase(): Database {
  const store = idb.createStore("fluxion", "session");
  return {
    keys: async () => idb.keys(store),
    getMany: async (keys) => idb.getMany(keys, store),
    set: async (key, value) => idb.set(key, value, store),
    delMany: async (keys) => idb.delMany(keys, store),
  };
}

/** Milliseconds to wait for a page that is just being left, as in a reload. */
const patience = 1000;

/** Holds a lock as long as the page lives. Without locks, pages are trusted to be alone. */
function soleKeeper(): () => Promise<boolean> {
  let granted: Promise<boolean> | undefined;
  return () => {
    granted ??= navigator.locks
      ? new Promise((resolve) => {
          navigator.locks
            .request("fluxion-interrupted", { signal: AbortSignal.timeout(patience) }, () => {
              resolve(true);
              return new Promise(() => undefined);
            })
            .catch(() => resolve(false));
        })
      : Promise.resolve(true);
    return granted;
  };
}

async function saving(save: Promise<void>): Promise<void> {
  try {
    await save;
  } catch (error) {
    if (error instanceof DOMException && error.name === "QuotaExceededError")
      throw new Error("the browser has no more room for this page: delete runs that you no longer need", {
        cause: error,
      });
    throw error;
  }
}
