/** The pictures of the page in docs/, made anew by `npm run screenshots`: not a test, and not run as one. */
import { stat } from "node:fs/promises";
import { expect, test } from "vitest";
import { settle } from "./states";
import { until, type Visit } from "./visit";
import { receiveVisitors } from "./visitors";

const visitor = receiveVisitors();

/** Shows the page in a window of this size, and saves what is seen from its top or from an element on. */
async function save(
  visit: Visit,
  name: string,
  view: { readonly width: number; readonly height: number; readonly dark?: boolean; readonly from?: string },
): Promise<void> {
  const { page } = visit;
  const { width, height, dark = false, from = "fx-header" } = view;
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.mouse.move(0, 0);
  await (await visit.element(from)).evaluate(async (element) => {
    element.scrollIntoView();
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
  await settle(visit);
  const path = `docs/${name}.png` as const;
  await page.screenshot({ path });
  expect((await stat(path)).size).toBeLessThan(256 * 1024);
}

test("pictures of the page with both networks trained", async () => {
  const visit = await visitor({ at: "?v=1&preset=quick&network=cnn" });
  await visit.press("Train");
  await visit.waitForText("fx-status", /run 1: completed/);
  await visit.click(await visit.find("Preset", "combobox"));
  await visit.click(await visit.find("quick BiLSTM", "option"));
  await visit.waitForText("fx-controls", /A BiLSTM of/);
  await visit.press("Train");
  await visit.waitForText("fx-status", /run 2: completed/);
  await visit.click(await visit.find("Draw run 1 beside the shown run", "checkbox"));
  await visit.waitForText("fx-progress >>> fx-chart", /run 1 · CNN/);
  // The points that belong to the last iteration, too.
  await until("the charts are not whole", () =>
    visit.page.$$eval(
      ">>> fx-progress >>> fx-chart",
      (charts) => charts.every(({ dataset }) => Number(dataset.points) > 1200) || undefined,
    ),
  );
  await save(visit, "page-1440", { width: 1440, height: 930 });
  await visit.openTab("Your function", "fx-your-function");
  await visit.waitForText("fx-your-function", /BiLSTM, run 2 \d+ \d+\.\d/);
  await save(visit, "page-1440-dark", { width: 1440, height: 900, dark: true, from: "wa-tab-group" });
  // A phone shows its options folded.
  await visit.page.setViewport({ width: 360, height: 1600 });
  await visit.page.reload({ waitUntil: "load" });
  await visit.waitForText("fx-status", /run 2: completed/);
  await save(visit, "page-360", { width: 360, height: 1600 });
}, 600_000);
