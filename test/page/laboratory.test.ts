import { AxePuppeteer } from "@axe-core/puppeteer";
import { describe, expect, test } from "vitest";
import { launchChrome } from "../../bench/chrome/launch";
import { findFaults } from "./faults";
import { waitForKeptRuns } from "./kept";
import { noticed, settle, trainBoth } from "./states";
import { longestTask } from "./trace";
import { tiny, until, type Visit } from "./visit";
import { receiveVisitors } from "./visitors";

const visitor = receiveVisitors();
const panel = "fx-laboratory";
const recorded = `${panel} >>> fx-recorded-study`;
const picture = `${panel} >>> fx-placement`;

const scripts = (visit: Visit): Promise<string[]> =>
  visit.page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .filter((name) => /laboratory|study/.test(name)),
  );

/** Nothing is out of place or found by axe, on a screen and on a phone. */
async function expectInOrder(visit: Visit): Promise<void> {
  for (const dark of [false, true])
    for (const width of [360, 1440]) {
      await visit.page.setViewport({ width, height: 900 });
      await visit.page.emulateMediaFeatures([
        { name: "prefers-color-scheme", value: dark ? "dark" : "light" },
        { name: "prefers-reduced-motion", value: "reduce" },
      ]);
      await settle(visit);
      const state = `${width} pixels, ${dark ? "dark" : "light"}`;
      expect.soft(await visit.page.evaluate(findFaults), state).toEqual([]);
      const { violations } = await new AxePuppeteer(visit.page).setLegacyMode().analyze();
      expect
        .soft(
          violations.map(({ id, nodes }) => [id, nodes[0].failureSummary]),
          state,
        )
        .toEqual([]);
    }
}

/** Rows of the table of rules of the visitor's networks: what stands in each after its rule. */
const rules = (visit: Visit): Promise<string[][]> =>
  visit.page.$eval(`>>> ${panel}`, ({ renderRoot }) =>
    Array.from(renderRoot.querySelectorAll(".rules tbody tr"), (row) =>
      Array.from(row.querySelectorAll("td"), ({ textContent }) => textContent.trim()),
    ),
  );

describe("two trained networks", () => {
  test("have their places in one picture, and keep rules as the table says", async () => {
    const visit = await visitor({ at: noticed });
    await trainBoth(visit);
    expect(await scripts(visit)).toEqual([]);
    await visit.openTab("Laboratory", panel);
    await visit.waitForText(panel, /CNN of run 1 and BiLSTM of run 2\./);
    await visit.press("Measure my networks");
    await visit.waitForText(panel, /Your networks/);

    const groups = await visit.page.$eval(`>>> ${picture}`, ({ groups }) =>
      groups.map(({ title, rows }) => [
        title,
        rows.map(({ label, marks }) => [label, marks.map(({ predictor }) => predictor).sort()]),
      ]),
    );
    const everyone = [
      "bilstm",
      "cnn",
      "local least squares",
      "matcher",
      "noise floor",
      "smoothing spline",
      "zero",
    ];
    expect(groups).toEqual([
      ["functions taught", [["Moler's six", everyone]]],
      ["functions not taught", [["seven unseen", everyone]]],
    ]);
    // The score of the run, as the table of runs has it.
    const [score, placed] = await visit.page.evaluate(() => {
      const app = document.querySelector("fx-app");
      const run = app?.session.runs.find(({ number }) => number === 1);
      const figure = app?.shadowRoot
        ?.querySelector("fx-laboratory")
        ?.shadowRoot?.querySelector("fx-placement");
      const mark = figure?.groups[0].rows[0].marks.find(({ predictor }) => predictor === "cnn");
      return [run?.outcome?.trained?.evaluation.rmse ?? 0, mark?.spread.mean ?? 1];
    });
    expect(placed / score).toBeCloseTo(1, 5);

    const rows = await rules(visit);
    expect(rows).toHaveLength(10);
    for (const row of rows) expect(row).toHaveLength(6);
    const zeros = rows.map((row) => row[4]);
    expect(new Set(zeros)).toEqual(new Set(["1.000", "0/0"]));
    for (const row of rows) for (const ratio of [row[0], row[1]]) expect(Number(ratio)).toBeGreaterThan(0);

    const surface = await visit.element(`${picture} >>> .surface`);
    await surface.evaluate((element) => (element as HTMLElement).focus());
    await visit.page.keyboard.press("End");
    await visit.waitForText(`${picture} >>> [aria-live]`, /^seven unseen, functions not taught: \w.* \d/);
    await visit.click(await visit.element(`${picture} >>> wa-button`));
    await visit.waitForText(`${picture} >>> table`, /functions taught .*Moler's six [\d.e-]+/);
    await expectInOrder(visit);
  });
});

test("measuring lets a training go on, and the page has no long task", async () => {
  const visit = await visitor({ at: tiny("&epochs=20") });
  const { page } = visit;
  await visit.press("Train");
  await visit.waitForText("fx-status", /run 1: completed/);
  await waitForKeptRuns(visit, 1);
  await page.goto(page.url().replace(/\?.*/, "?v=1&preset=quick&network=cnn#laboratory"), {
    waitUntil: "load",
  });
  await visit.waitForText(panel, /CNN of run 1\. No BiLSTM was trained on the same curves\./);
  await visit.press("Train");
  const iteration = (): Promise<number> =>
    page.evaluate(() => document.querySelector("fx-app")?.session.active?.history.length ?? 0);
  await until("training does not begin", async () => (await iteration()) > 10 || undefined);
  const longest = await longestTask(visit, async () => {
    await visit.press("Measure my networks");
    await visit.element(`${panel} >>> wa-progress-bar`);
    // Whoever is measured stays named, whatever becomes of the run.
    await page.evaluate(async () => {
      const session = document.querySelector("fx-app")?.session;
      const [run] = session?.runs.filter(({ number }) => number === 1) ?? [];
      await session?.deleteRun(run.id);
    });
    await visit.waitForText(panel, /Measuring CNN of run 1 …/);
    const before = await iteration();
    await visit.waitForText(panel, /Your networks/);
    expect(await iteration()).toBeGreaterThan(before + 10);
  });
  await visit.press("Stop");
  await visit.waitForText("fx-status", /stopped/);
  expect(longest).toBeLessThan(100);
});

describe("without an adapter", () => {
  const visitorWithout = receiveVisitors(() => launchChrome("none"));

  test("the recorded studies are there, and measuring is refused with a reason", async () => {
    const visit = await visitorWithout({ at: "#laboratory" });
    await visit.waitForText(panel, /There is no GPU here/);
    const button = await visit.find("Measure my networks", "button");
    expect(await button.evaluate((element) => element.matches(":disabled, [aria-disabled=true]"))).toBe(true);
    await visit.waitForText(recorded, /recorded by Fluxion \d.* preset \w+.*(Supported|Refuted|Undecided)/);
    // A picture is drawn when it comes into sight.
    const place = await visit.element(`${recorded} >>> fx-placement`);
    await place.evaluate((figure) => figure.scrollIntoView());
    await visit.element(`${recorded} >>> fx-placement >>> .surface svg`);
    const opened = await visit.page.$$(`>>> ${recorded} >>> summary:has(.question)`);
    for (const summary of opened.slice(1)) {
      await visit.click(summary);
      await settle(visit);
    }
    await until("not every study is open", () =>
      visit.page.$$eval(
        `>>> ${recorded} >>> details:has(.question)`,
        (studies) => studies.every(({ textContent }) => textContent.includes("Hypothesis")) || undefined,
      ),
    );
    await expectInOrder(visit);
  });
});
