/** The report of a study, as its reader opens it: on a screen and on a phone. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { AxePuppeteer } from "@axe-core/puppeteer";
import { expect, test } from "vitest";
import { writeStudyReport } from "../../src/cli/study/report";
import { summariseStudies } from "../../src/expressions";
import { classical, inventCells, settings } from "../calculus/study-cells";
import { testDirectory } from "../cli/program";
import { findFaults } from "./faults";
import { receiveVisitors } from "./visitors";

const visitor = receiveVisitors();

test("is in place and found right by axe, with all its studies open", async () => {
  const directory = testDirectory();
  const cells = inventCells(settings, ({ predictor, seed }) => (classical[predictor] ?? 0.3) + 0.01 * seed);
  writeFileSync(join(directory, "study.html"), writeStudyReport(summariseStudies("1", settings, cells)));
  const site = `${pathToFileURL(directory).href}/`;
  for (const width of [360, 1440]) {
    const { page } = await visitor({ site, at: "study.html", width });
    await page.$$eval("details", (all) => {
      for (const details of all) details.open = true;
    });
    expect.soft(await page.evaluate(findFaults), `${width} pixels`).toEqual([]);
    const { violations } = await new AxePuppeteer(page).setLegacyMode().analyze();
    expect
      .soft(
        violations.map(({ id, nodes }) => [id, nodes[0].failureSummary]),
        `${width} pixels`,
      )
      .toEqual([]);
  }
});
