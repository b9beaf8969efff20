import type { Page } from "puppeteer";
import { describe, expect, inject, test } from "vitest";
import { readMetricsCsv } from "../../src/calculus/csv";
import { Brake } from "./brake";
import { keptIteration, keptKeys, waitForKeptIteration, waitForKeptRuns } from "./kept";
import { tiny, until, type Visit } from "./visit";
import { receiveVisitors } from "./visitors";

const visitor = receiveVisitors();
const brief = tiny("&epochs=20&seed=3");

const trained = (run: number): RegExp => new RegExp(`run ${run}: completed`);

const reload = (visit: Visit): Promise<unknown> => visit.page.reload({ waitUntil: "load" });

const iterationOf = (status: string): number => Number(/Iteration(\d+) of/.exec(status)?.[1]);

const modelOf = (visit: Visit, run: number): Promise<Buffer> =>
  visit.save(`fluxion-cnn-run-${run}-model.safetensors`, () => visit.export("Trained network (safetensors)"));

const metricsOf = async (visit: Visit, run: number) =>
  readMetricsCsv(
    (
      await visit.save(`fluxion-cnn-run-${run}-metrics.csv`, () =>
        visit.export("Metrics of every iteration (CSV)"),
      )
    ).toString(),
    "metrics",
  ).map(({ seconds: _, ...rest }) => rest);

/** Every iteration stands in the metrics, and metrics and network are to the last bit those of another run. */
async function expectSame(visit: Visit, run: number, other: number): Promise<void> {
  const metrics = await metricsOf(visit, run);
  expect(metrics.map(({ iteration }) => iteration)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  const model = await modelOf(visit, run);
  await visit.page.evaluate((number) => {
    const session = document.querySelector("fx-app")?.session;
    session?.select(session.runs.find((each) => each.number === number)?.id ?? "");
  }, other);
  await visit.waitForText("fx-status", trained(other));
  expect(await metricsOf(visit, other)).toEqual(metrics);
  expect(Buffer.compare(await modelOf(visit, other), model)).toBe(0);
}

describe("after a reload", () => {
  test("finished runs, their networks and the settings are there again; deleted and stopped ones stay so", async () => {
    const visit = await visitor({ at: brief });
    await visit.press("Train");
    const status = await visit.waitForText("fx-status", trained(1));
    const before = { status, metrics: await metricsOf(visit, 1), model: await modelOf(visit, 1) };
    await waitForKeptRuns(visit, 1);
    // Not even the address says what the settings were.
    await visit.open();
    await visit.waitForText("fx-status", trained(1));
    const figures = (text: string) =>
      text.replace(/GPU ms\/step.*?Learn/, "Learn").replace(/Iterations\/s.*?GPU/, "GPU");
    expect(figures(await visit.text("fx-status"))).toBe(figures(before.status));
    expect(await metricsOf(visit, 1)).toEqual(before.metrics);
    expect(await modelOf(visit, 1)).toEqual(before.model);
    expect(await visit.waitForText("fx-runs", /run 1/)).toContain("completed");
    const fields = await visit.page.$$eval(">>> fx-option", (all) =>
      all.map(({ option, value }) => [option, value]),
    );
    expect(Object.fromEntries(fields)).toMatchObject({
      curves: 60,
      samples: 20,
      filters: 1,
      epochs: 20,
      seed: 3,
    });
    const brake = await Brake.into(visit);
    await visit.press("Train");
    await visit.waitForText("fx-status", trained(2));
    expect(await modelOf(visit, 2)).toEqual(before.model);

    await visit.press("Delete run 1");
    await visit.waitForText("fx-runs", /Keep/);
    await visit.press("Delete run 1");
    await waitForKeptRuns(visit, 1);
    expect(await brake.train()).toBe(3);
    await visit.press("Stop");
    await brake.release();
    await visit.waitForText("fx-status", /run 3: stopped/);
    await waitForKeptRuns(visit, 2);
    await reload(visit);
    await visit.waitForText("fx-status", /run 3: stopped/);
    const runs = await visit.waitForText("fx-runs", /run 2/);
    expect(runs).not.toContain("run 1");
    expect(await keptKeys(visit)).not.toContain("v1/interrupted");
    await visit.press("Train");
    await visit.waitForText("fx-status", /compiling|run 4: (training|completed)/);
  });

  test("a run that was interrupted goes on as if nothing had been, whether it stood paused or was training", async () => {
    const visit = await visitor({ at: tiny("&epochs=20") });
    let brake = await Brake.into(visit);
    await brake.train();
    const paused = await brake.pause();
    await waitForKeptIteration(visit, paused);
    for (let i = 0; i < 2; i++) {
      await reload(visit);
      const status = await visit.waitForText("fx-status", /run 1: paused/);
      expect(iterationOf(status)).toBe(paused);
    }
    expect(await visit.page.$eval(">>> fx-progress >>> fx-chart", ({ data }) => data[0].length)).toBe(paused);
    await visit.press("Resume");
    await visit.waitForText("fx-status", trained(1));
    expect(await keptKeys(visit)).not.toContain("v1/interrupted");
    await visit.press("Train");
    await visit.waitForText("fx-status", trained(2));
    await expectSame(visit, 2, 1);

    // While it trains it is kept as it begins, and every five seconds.
    await waitForKeptRuns(visit, 2);
    brake = await Brake.into(visit);
    await brake.train();
    await waitForKeptIteration(visit, 0);
    expect(await brake.saveOnTime()).toBe(5000);
    await until(
      "no later snapshot is kept",
      async () => ((await keptIteration(visit)) ?? 0) > 0 || undefined,
    );
    await reload(visit);
    const at = iterationOf(await visit.waitForText("fx-status", /run 3: paused/));
    expect(at).toBeGreaterThan(0);
    expect(at).toBeLessThan(100);
    await visit.press("Resume");
    await visit.waitForText("fx-status", trained(3));
    await expectSame(visit, 3, 2);
  });
});

describe("what the browser has kept is not trusted:", () => {
  /** Changes what is kept before the page itself is there: a file of its origin without its code. */
  const beforeThePage =
    (change: (page: Page) => Promise<void>) =>
    async (page: Page): Promise<void> => {
      await page.goto(new URL("theme.js", inject("site")).href);
      await change(page);
    };

  test("garbage is cleared away, an interrupted run of which a bit has changed is refused once, and the page trains", async () => {
    const visit = await visitor({
      prepare: beforeThePage((page) =>
        page.evaluate(async () => {
          for (const key of ["fluxion-settings", "fluxion-theme", "fluxion-shortcuts"])
            localStorage.setItem(key, `?v=1&preset=<img src=x onerror=alert(1)>&epochs=${"9".repeat(5000)}`);
          await new Promise((resolve, reject) => {
            const opening = indexedDB.open("fluxion", 1);
            opening.onupgradeneeded = () => {
              const store = opening.result.createObjectStore("session");
              const half = { id: "x", number: 1, settings: { preset: "quick", network: "cnn", options: {} } };
              store.put("garbage", "v1/run/2020/x");
              store.put({ ...half, history: [1, 2, 3] }, "v1/run/2021/y");
              store.put({ run: half, state: { iteration: 5 } }, "v1/interrupted");
              store.put(new Uint8Array(10), "v0/run/old");
              store.put(1, 17);
            };
            opening.onsuccess = () => resolve(opening.result.close());
            opening.onerror = () => reject(opening.error);
          });
        }),
      ),
    });
    await visit.waitForText("fx-status", /^recorded/);
    await until("garbage is kept", async () => (await keptKeys(visit)).length === 0 || undefined);
    expect(await visit.text("fx-notices")).not.toMatch(/link|kept/);

    // The page trains; of what it now keeps of the run, a bit changes.
    await visit.choose({ epochs: 20 });
    const brake = await Brake.into(visit);
    await brake.train();
    const paused = await brake.pause();
    await waitForKeptIteration(visit, paused);
    await visit.page.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const opening = indexedDB.open("fluxion");
          opening.onsuccess = () => {
            const transaction = opening.result.transaction("session", "readwrite");
            const store = transaction.objectStore("session");
            const reading = store.get("v1/interrupted");
            reading.onsuccess = () => {
              reading.result.checkpoint[reading.result.checkpoint.length - 1] ^= 1;
              store.put(reading.result, "v1/interrupted");
            };
            transaction.oncomplete = () => resolve(opening.result.close());
            transaction.onerror = () => reject(transaction.error);
          };
        }),
    );
    await reload(visit);
    await visit.waitForText("fx-notices", /The interrupted run cannot go on.*Train it anew/);
    await until("it is kept", async () => (await keptKeys(visit)).length === 0 || undefined);
    await reload(visit);
    await visit.waitForText("fx-status", /^recorded/);
    expect(await visit.text("fx-notices")).not.toContain("cannot");
    await visit.press("Train");
    await visit.waitForText("fx-status", /compiling|run 1: (training|completed)/);
  });

  test("a database of another version is told, and the page trains without it", async () => {
    const visit = await visitor({
      at: brief,
      prepare: beforeThePage((page) =>
        page.evaluate(
          () =>
            new Promise<void>((resolve, reject) => {
              const opening = indexedDB.open("fluxion", 99);
              opening.onsuccess = () => resolve(opening.result.close());
              opening.onerror = () => reject(opening.error);
            }),
        ),
      ),
    });
    await visit.waitForText("fx-notices", /Runs are not kept/);
    await visit.press("Train");
    await visit.waitForText("fx-status", trained(1));
    await visit.waitForText("fx-notices", /The run could not be stored.*export what you need/);
    expect((await modelOf(visit, 1)).length).toBeGreaterThan(1000);
  });
});
