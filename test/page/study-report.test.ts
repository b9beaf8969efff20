/** The report of a study, as its reader opens it: on a screen and on a phone. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { summariseStudies } from "../../src/calculus";
import { writeStudyReport } from "../../src/cli/study/report";
import { classical, inventCells, settings } from "../calculus/study-cells";
import { testDirectory } from "../cli/program";
import { findings } from "./axe";
import { findFaults } from "./faults";
import { showWidth } from "./place";
import { receiveVisitors } from "./visitors";

const visitor = receiveVisitors();

test("is in place and found right by axe, with all its studies open", async () => {
  const directory = testDirectory();
  const cells = inventCells(settings, ({ predictor, seed }) => (classical[predictor] ?? 0.3) + 0.01 * seed);
  writeFileSync(join(directory, "study.html"), writeStudyReport(summariseStudies("1", settings, cells)));
  const site = `${pathToFileURL(directory).href}/`;
  const visit = await visitor({ site, at: "study.html" });
  await visit.page.$$eval("details", (all) => {
    for (const details of all) details.open = true;
  });
  for (const width of [360, 1440]) {
    await showWidth(visit, width);
    expect.soft(await visit.page.evaluate(findFaults), `${width} pixels`).toEqual([]);
    // Colours and names are the same at every width.
    expect.soft(await findings(visit, width === 360 ? "sizes" : "all"), `${width} pixels`).toEqual([]);
  }
});
