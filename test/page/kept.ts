/** What the browser keeps of the page, read behind its back. Whoever leaves before it is kept does not find it again. */
import type { Page } from "puppeteer";
import { readCheckpoint } from "../../src/engine";
import { until, type Visit } from "./visit";

interface Kept {
  readonly keys: readonly string[];
  /** Bytes of the run under way; none where there is none. */
  readonly checkpoint: readonly number[];
}

const readKept = (page: Page): Promise<Kept> =>
  page.evaluate(
    () =>
      new Promise<Kept>((resolve, reject) => {
        const opening = indexedDB.open("fluxion");
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const transaction = opening.result.transaction("session");
          const store = transaction.objectStore("session");
          const keys = store.getAllKeys();
          const interrupted = store.get("v1/interrupted");
          transaction.onerror = () => reject(transaction.error);
          transaction.oncomplete = () => {
            opening.result.close();
            const checkpoint: Uint8Array = interrupted.result?.checkpoint ?? new Uint8Array();
            resolve({ keys: keys.result.map(String), checkpoint: [...checkpoint] });
          };
        };
      }),
  );

export const keptKeys = async ({ page }: Visit): Promise<readonly string[]> => (await readKept(page)).keys;

/** Waits until so many runs that have ended are kept. */
export const waitForKeptRuns = (visit: Visit, count: number): Promise<true> =>
  until(`not ${count} runs are kept`, async () => {
    const runs = (await keptKeys(visit)).filter((key) => key.startsWith("v1/run/"));
    return runs.length === count || undefined;
  });

/** The iteration at which the run under way is kept; undefined where none is. */
export async function keptIteration({ page }: Visit): Promise<number | undefined> {
  const { checkpoint } = await readKept(page);
  if (checkpoint.length === 0) return undefined;
  return (await readCheckpoint(Uint8Array.from(checkpoint), "what is kept")).state.iteration;
}

/** Waits until the run under way is kept as it stands at this iteration: every few seconds it is kept anyhow. */
export const waitForKeptIteration = (visit: Visit, iteration: number): Promise<true> =>
  until(
    `the run is not kept as it stands at iteration ${iteration}`,
    async () => (await keptIteration(visit)) === iteration || undefined,
  );
