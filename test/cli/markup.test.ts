/** No text out of a file becomes markup: neither in study.html and report.html nor in an exported SVG. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { html } from "../../src/calculus/markup";
import { spreadOf } from "../../src/calculus/scores";
import { drawRows } from "../../src/charts/rows";
import type { ChartColors, ChartSpec } from "../../src/charts/spec";
import { chartElement, chartToSvg } from "../../src/charts/svg";
import { UsageError } from "../../src/cli/errors";
import { writeReport } from "../../src/cli/report/report";
import { StudyDirectory } from "../../src/cli/study/directory";
import type { KeptSettings } from "../../src/cli/study/kept";
import { inventOutcome } from "./outcome";
import { testDirectory } from "./program";
import { hear, runOf, settings } from "./study-run";

hear();

const planted = `x"></g></svg><script>alert(1)</script><!--' onload='y`;

function expectHarmless(document: string): void {
  expect(document).not.toContain('x"');
  expect(document).not.toContain("<script");
  expect(document).not.toContain("<!--'");
  expect(document).not.toContain("' onload");
}

it("in whatever string of a study's files markup is planted", async () => {
  const path = testDirectory();
  const of: KeptSettings = { ...settings, seeds: 1, studies: ["stencil"] };
  await runOf(path, of);
  let shown = 0;
  for (const file of [
    "study-settings.json",
    ...["cnn", "classical"].map((who) => `cells/as-taught.${who}.seed-0.json`),
  ]) {
    const whole = readFileSync(join(path, file), "utf8");
    for (const string of new Set(whole.match(/"[^"]*"/g))) {
      const text = JSON.stringify(JSON.parse(string) + planted);
      writeFileSync(
        join(path, file),
        whole.replaceAll(string, () => text),
      );
      try {
        new StudyDirectory(path, of).report();
        const page = readFileSync(join(path, "study.html"), "utf8");
        expectHarmless(page);
        if (page.includes("alert(1)")) shown++;
      } catch (error) {
        expect(error).toBeInstanceOf(UsageError);
      }
    }
    writeFileSync(join(path, file), whole);
  }
  // Names of predictors, sets and functions and that of the adapter are shown as text.
  expect(shown).toBeGreaterThan(5);
});

it("in the strings of a training", () => {
  const page = writeReport({ title: planted, verdict: planted, runs: [inventOutcome("cnn", planted)] });
  expect(page).toContain("alert(1)");
  expectHarmless(page);
});

it("in the strings of a chart", () => {
  const token = `--fx-${planted}` as const;
  const spec: ChartSpec = {
    title: planted,
    x: { label: planted },
    y: { label: planted },
    series: [{ label: planted, color: token }],
    references: [{ label: planted, value: 1, color: token }],
  };
  const colors: ChartColors = { of: () => planted, text: planted, ground: planted };
  const svg = chartToSvg(spec, [[1], [1]], { width: 300, height: 200 }, colors);
  const mark = {
    predictor: planted,
    title: planted,
    color: token,
    marker: "dot",
    spread: spreadOf([1]),
  } as const;
  const groups = [{ title: planted, rows: [{ label: planted, marks: [mark] }] }];
  const rows = drawRows({ groups, label: planted, description: planted }).text;
  for (const text of [svg, chartElement(spec, [[1], [1]], { width: 300, height: 200 }).text, rows]) {
    expect(text).toContain("alert(1)");
    expectHarmless(text);
  }
});

it("but markup is, and a list stands line by line", () => {
  const item = (text: string) => html`<li title="${text}">${text}</li>`;
  expect(String(html`<ul>${["<a>", "'b'"].map(item)}${undefined}${1}</ul>`)).toBe(
    '<ul><li title="&lt;a&gt;">&lt;a&gt;</li>\n<li title="&#39;b&#39;">&#39;b&#39;</li>1</ul>',
  );
});
