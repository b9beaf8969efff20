/** What study.html holds. */
import { describe, expect, it } from "vitest";
import type { Cell, StudyName } from "../../src/calculus";
import { escapeMarkup } from "../../src/calculus/markup";
import type { KeptSettings } from "../../src/cli/study/kept";
import { writeStudyReport } from "../../src/cli/study/report";
import { testDirectory } from "./program";
import { hear, listAll, run, runOf, settings } from "./study-run";

hear();

it("the report needs nothing from elsewhere", async () => {
  const summary = await run(testDirectory());
  const page = writeStudyReport(summary);
  expect(page).not.toMatch(/<script|https?:|<link|<img/);
  expect(page).toContain("a&lt;b");
  for (const { answer, verdict } of summary.results) {
    expect(page).toContain(escapeMarkup(answer));
    expect(page).toContain(`</a> ${verdict}</li>`);
  }
});

describe("tables of a report", () => {
  const heads = (page: string): string[] => page.match(/<table class="figures"[\s\S]*?<\/thead>/g) ?? [];

  it.each<[string, readonly StudyName[], (all: readonly Cell[]) => readonly Cell[]]>([
    ["of a whole study", ["unseen", "rules", "inverse"], (all) => all],
    ["of stencils", ["stencil"], (all) => all],
    ["of a study that was stopped", ["unseen"], (all) => all.slice(0, 3)],
    ["of a shard without opponents", ["noise"], (all) => all.filter(({ subject }) => subject === "cnn")],
  ])("%s have the noise floor and predicting zero beside the networks", async (_, names, part) => {
    const of: KeptSettings = { ...settings, studies: names };
    const page = writeStudyReport(await runOf(testDirectory(), of, part(listAll(of))));
    expect(heads(page).length).toBeGreaterThan(0);
    for (const head of heads(page)) {
      expect(head).toContain('<th scope="col">noise floor</th>');
      expect(head).toContain('<th scope="col">predict zero</th>');
    }
  });

  it("say what a set asks, and who the opponents are", async () => {
    const page = writeStudyReport(await run(testDirectory()));
    expect(page).toContain("How far does what was learnt carry to seven functions that were not taught?");
    expect(page).toContain("<li>naive differences: the slope between the neighbours of each sample</li>");
    expect(page).not.toContain("trapezoid rule");
    const inverse: KeptSettings = { ...settings, studies: ["inverse"] };
    const integrals = writeStudyReport(await runOf(testDirectory(), inverse));
    expect(integrals).toContain("<li>trapezoid rule: adds up trapezoids from −1 on</li>");
    expect(integrals).not.toContain("How far does what was learnt carry");
  });
});

it("the report on stencils draws them, each condition for itself", async () => {
  const chosen: KeptSettings = { ...settings, studies: ["stencil"] };
  const page = writeStudyReport(await runOf(testDirectory(), chosen));
  expect(page.match(/Weights over distance: [a-z ]+/g)).toEqual([
    "Weights over distance: as taught",
    "Weights over distance: continuous family",
  ]);
});
