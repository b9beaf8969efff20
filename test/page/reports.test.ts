/** The reports of the command line, as their reader opens them: on a screen and on a phone. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { summariseStudies } from "../../src/calculus";
import { writeReport } from "../../src/cli/report/report";
import { writeStudyReport } from "../../src/cli/study/report";
import { classical, inventCells, settings } from "../calculus/study-cells";
import { inventOutcome } from "../cli/outcome";
import { testDirectory } from "../cli/program";
import { findings } from "./axe";
import { findFaults } from "./faults";
import { showWidth } from "./place";
import { receiveVisitors } from "./visitors";

const visitor = receiveVisitors();

const reports = {
  "of studies": () =>
    writeStudyReport(
      summariseStudies(
        "1",
        settings,
        inventCells(settings, ({ predictor, seed }) => (classical[predictor] ?? 0.3) + 0.01 * seed),
      ),
    ),
  "of a training": () =>
    writeReport({
      title: "Fluxion: cnn and bilstm, preset quick",
      verdict: "In these runs a derivative is more like an image.",
      runs: (["cnn", "bilstm"] as const).map((network) => inventOutcome(network, "quick")),
    }),
};

test.each(Object.entries(reports))(
  "a report %s is in place and found right by axe, with all its parts open",
  async (_, write) => {
    const directory = testDirectory();
    writeFileSync(join(directory, "report.html"), write());
    const visit = await visitor({ site: `${pathToFileURL(directory).href}/`, at: "report.html" });
    await visit.page.$$eval("details", (all) => {
      for (const details of all) details.open = true;
    });
    for (const width of [360, 1440]) {
      await showWidth(visit, width);
      expect.soft(await visit.page.evaluate(findFaults), `${width} pixels`).toEqual([]);
      // Colours and names are the same at every width.
      expect.soft(await findings(visit, width === 360 ? "sizes" : "all"), `${width} pixels`).toEqual([]);
    }
  },
);
