/** Where nothing can be trained, the page says why and what to do, and shows what was recorded elsewhere. */
import { expect, inject, test } from "vitest";
import { insecureHost, launchChrome } from "../../bench/chrome/launch";
import { expectInOrder } from "./place";
import { until, type Visit } from "./visit";
import { keepVisitor, receiveVisitors } from "./visitors";

const isDisabled = async (visit: Visit, button: string): Promise<boolean> =>
  (await visit.find(button, "button")).evaluate((element) =>
    element.matches(":disabled, [aria-disabled=true]"),
  );

/** Points drawn in every chart of a panel. */
const pointsIn = (visit: Visit, panel: string): Promise<number[]> =>
  visit.page.$$eval(`>>> ${panel} >>> fx-chart`, (charts) =>
    charts.map((chart) => Number((chart as HTMLElement).dataset.points)),
  );

/** The page cannot train: it shows the recorded run instead, as such. */
async function expectRecordedRun(visit: Visit): Promise<void> {
  expect(await visit.waitForText("fx-status", /^recorded: completed/)).toMatch(/Iteration(\d+) of \1Epoch/);
  for (const panel of ["fx-progress", "fx-predictions"]) {
    const tag = await visit.element(`${panel} >>> wa-tag`);
    expect(await tag.evaluate(({ textContent }) => textContent)).toBe("recorded");
    const points = await until(`${panel} draws nothing`, async () => {
      const counts = await pointsIn(visit, panel);
      return counts.length > 0 && counts.every((count) => count > 0) ? counts : undefined;
    });
    expect(points).toHaveLength(panel === "fx-progress" ? 2 : 6);
    expect(Math.min(...points)).toBeGreaterThanOrEqual(100);
  }
  expect(await visit.text(".shown")).toContain("recorded");
  expect(await isDisabled(visit, "Train")).toBe(true);
}

const visitor = receiveVisitors();

test("on a page that is not secure", async () => {
  const site = new URL(inject("site"));
  site.hostname = insecureHost;
  const visit = await visitor({ site: site.href });
  expect(await visit.page.evaluate(() => "gpu" in navigator)).toBe(false);
  const notice = await visit.waitForText("fx-notices", /what you see below is a run recorded elsewhere/);
  expect(notice).toMatch(/This browser has no WebGPU.*Nothing can be trained here/);
  expect(notice).toContain("Open the page over https or from localhost");
  await expectRecordedRun(visit);
});

const without = keepVisitor({}, () => launchChrome("none"));

test("without an adapter, in place and found right by axe", async () => {
  const visit = without();
  expect(await visit.page.evaluate(async () => (await navigator.gpu.requestAdapter()) === null)).toBe(true);
  const notice = await visit.waitForText("fx-notices", /what you see below is a run recorded elsewhere/);
  expect(notice).toMatch(
    /The browser offers no GPU.*no WebGPU adapter was found.*Switch hardware acceleration on/,
  );
  await expectRecordedRun(visit);
  await expectInOrder(visit, "no adapter");
});

test("without an adapter, what a typed function comes to is told none the less", async () => {
  const visit = without();
  await visit.openTab("Your function", "fx-your-function");
  expect(await visit.waitForText("fx-your-function", /local least squares/)).toMatch(/RMSE \d/);
});

test("without an adapter, the laboratory shows the recorded studies and says why nothing is measured", async () => {
  const visit = without();
  const panel = "fx-laboratory";
  const recorded = `${panel} >>> fx-recorded-study`;
  await visit.openTab("Laboratory", panel);
  await visit.waitForText(panel, /There is no GPU here/);
  expect(await isDisabled(visit, "Measure my networks")).toBe(true);
  await visit.waitForText(recorded, /recorded by Fluxion \d.* preset \w+.*(Supported|Refuted|Undecided)/);
  // A picture is drawn when it comes into sight.
  const place = await visit.element(`${recorded} >>> fx-placement`);
  await place.evaluate((figure) => figure.scrollIntoView());
  await visit.element(`${recorded} >>> fx-placement >>> .surface svg`);
  await visit.page.$$eval(`>>> ${recorded} >>> details:has(.question)`, (studies) => {
    for (const study of studies) (study as HTMLDetailsElement).open = true;
  });
  await until("not every study is open", () =>
    visit.page.$$eval(
      `>>> ${recorded} >>> details:has(.question)`,
      (studies) => studies.every(({ textContent }) => textContent.includes("Hypothesis")) || undefined,
    ),
  );
  await expectInOrder(visit, "recorded studies", ["fx-app", "wa-tab-group"]);
});
