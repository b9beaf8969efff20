/** A page on which both networks have been trained: what its states look like, and what is asked of the networks. */
import { describe, expect, test } from "vitest";
import { findFaults } from "./faults";
import { answered, enterFunction } from "./function";
import { expectInOrder, expectInPlace } from "./place";
import { settle, states, trainBoth } from "./states";
import { tiny, until, type Visit } from "./visit";
import { keepVisitor } from "./visitors";

const kept = keepVisitor({ at: tiny("&epochs=9&epochs=20&hidden=4&colour=red&learnRate=1e99") });

let ready: Promise<void> | undefined;

/** The page, with both networks trained. */
async function trained(): Promise<Visit> {
  ready ??= trainBoth(kept());
  await ready;
  return kept();
}

test("a link with options that cannot be reports them and takes the rest", async () => {
  const visit = kept();
  const notice = await visit.waitForText("fx-notices", /Parts of the link were not taken/);
  for (const part of [
    /epochs stands 2 times/,
    /hidden means nothing/,
    /"colour" is no option/,
    /learnRate is "1e99", expected a number/,
  ])
    expect(notice).toMatch(part);
  const form = await visit.page.$$eval(">>> fx-option", (fields) =>
    Object.fromEntries(fields.map(({ option, value }) => [option, String(value)])),
  );
  expect(form).toMatchObject({ filters: "1", epochs: "30", learnRate: "0.01" });
});

describe("with both networks trained", () => {
  for (const { name, part, enter, leave } of states)
    test(`everything is in place and found right by axe: ${name}`, async () => {
      const visit = await trained();
      await enter(visit);
      await settle(visit);
      await expectInOrder(visit, name, part);
      await leave?.(visit);
      await settle(visit);
    });

  test("they answer typed functions beside the truth and least squares", async () => {
    const visit = await trained();
    await visit.openTab("Your function", "fx-your-function");
    let before = "";
    for (const [typed, line] of [
      ["x^5", "f(x) = x ^ 5"],
      ["tanh(3x)", "f(x) = tanh(3 * x)"],
      ["exp(x)", "f(x) = exp(x)"],
    ]) {
      await enterFunction(visit, typed);
      const answers = await answered(visit, line);
      expect(Object.keys(answers)).toEqual([
        "local least squares",
        "matcher",
        "CNN, run 1",
        "BiLSTM, run 2",
        "predict zero",
        "noise floor",
      ]);
      for (const rmse of Object.values(answers)) expect(Number(rmse)).toBeGreaterThan(0);
      expect(Number(answers["local least squares"])).toBeLessThan(Number(answers["predict zero"]));
      expect(JSON.stringify(answers)).not.toBe(before);
      before = JSON.stringify(answers);
    }
    expect(await visit.text("fx-your-function")).toContain("f′(x) = exp(x)");
    const drawn = await visit.page.$eval(">>> fx-your-function >>> fx-chart", ({ spec, data }) =>
      spec.series.map(({ label }, i) => [label, data[i + 1].filter((y) => y !== null).length]),
    );
    // 20 samples for each method; the truth as a fine line, and at the samples.
    expect(drawn.slice(1)).toEqual([
      ["local least squares", 20],
      ["matcher", 20],
      ["CNN, run 1", 20],
      ["BiLSTM, run 2", 20],
    ]);
    expect(drawn[0][0]).toBe("truth");
    expect(drawn[0][1]).toBeGreaterThan(100);
  });

  test("they answer a curve drawn by mouse and by keyboard", async () => {
    const visit = await trained();
    await visit.openTab("Your function", "fx-your-function");
    await visit.click(await visit.find("Draw it", "radio"));
    const text = await visit.waitForText("fx-your-function", /f as drawn, a cubic spline through \d+ points/);
    const [line = ""] = /f as drawn.*?points/.exec(text) ?? [];
    const begun = JSON.stringify(await answered(visit, line));
    const different = (than: string): Promise<string> =>
      until("the new curve is not answered", async () => {
        const answers = JSON.stringify(await answered(visit, line));
        return answers === than ? undefined : answers;
      });

    const surface = await visit.element("fx-drawing >>> svg");
    await surface.scrollIntoView();
    const box = await surface.boundingBox();
    if (!box) throw new Error("the drawing is not shown");
    const { mouse, keyboard } = visit.page;
    await mouse.move(box.x + 0.1 * box.width, box.y + 0.8 * box.height);
    await mouse.down();
    await mouse.move(box.x + 0.9 * box.width, box.y + 0.2 * box.height, { steps: 8 });
    await mouse.up();
    const values = (): Promise<number[]> =>
      visit.page.$eval(">>> fx-drawing", (drawing) => [...drawing.values]);
    const stroke = await values();
    expect(stroke.slice(2, -2)).toEqual([...stroke.slice(2, -2)].sort((a, b) => a - b));
    const byMouse = await different(begun);
    expect(Number(JSON.parse(byMouse)["CNN, run 1"])).toBeGreaterThan(0);

    const knob = await visit.element('fx-drawing >>> circle[tabindex="0"]');
    const height = () => knob.evaluate((circle) => Number(circle.getAttribute("aria-valuenow")));
    const at = await height();
    await knob.evaluate((circle) => (circle as SVGElement).focus());
    for (let i = 0; i < 3; i++) await keyboard.press("ArrowDown");
    expect(await height()).toBeCloseTo(at - 0.15, 10);
    await different(byMouse);
    await keyboard.press("ArrowLeft");
    await keyboard.press("Home");
    expect(await knob.evaluate((circle) => circle.getAttribute("tabindex"))).toBe("-1");
  });
});

test("at 200 % zoom, everything is in place and a network can be trained", async () => {
  const visit = await trained();
  await visit.openTab("Runs", "fx-runs");
  await visit.page.setViewport({ width: 720, height: 450, deviceScaleFactor: 2 });
  await visit.press("Train");
  await visit.waitForText("fx-status", /run 3: completed/);
  await visit.waitForText("fx-runs", /run 3/);
  await settle(visit);
  expect(await visit.page.evaluate(findFaults)).toEqual([]);
  await visit.page.setViewport({ width: 1440, height: 900 });
});

test("what moves of itself moves, and rests for who wants reduced motion", async () => {
  const visit = await trained();
  /** What is animated while the visitor trains, opens a tab, a menu and a dialog, and sets a switch. */
  const moved = async (reducedMotion: boolean): Promise<string[]> => {
    await visit.page.emulateMediaFeatures([
      { name: "prefers-reduced-motion", value: reducedMotion ? "reduce" : "no-preference" },
    ]);
    await visit.openTab("Runs", "fx-runs");
    await settle(visit);
    await watchMotion(visit);
    const [, run] = /run (\d+): completed/.exec(await visit.text("fx-status")) ?? [];
    await visit.press("Train");
    // It may train and be done between two looks.
    await visit.waitForText("fx-status", new RegExp(`run ${Number(run) + 1}: completed`));
    await visit.openTab("Network", "fx-network");
    await visit.click(await visit.find("Log y", "switch"));
    await visit.press("Export");
    await visit.find("The whole run (JSON)", "menuitem");
    await visit.page.keyboard.press("Escape");
    await visit.press("Shortcuts");
    await visit.find("Use shortcuts", "switch");
    await visit.page.keyboard.press("Escape");
    await settle(visit);
    return visit.page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen]);
  };
  expect(await moved(false)).not.toEqual([]);
  expect(await moved(true)).toEqual([]);
});

/** From now on the page counts the animations of all its elements, whatever shadow root they stand in. */
const watchMotion = (visit: Visit): Promise<void> =>
  visit.page.evaluate(() => {
    const seen = new Set<string>();
    Object.assign(window, { seen });
    const look = () => {
      // Another watch has begun.
      if ((window as unknown as { seen: Set<string> }).seen !== seen) return;
      const roots: (Document | ShadowRoot)[] = [document];
      for (const root of roots)
        for (const element of root.querySelectorAll("*")) {
          if (element.shadowRoot) roots.push(element.shadowRoot);
          for (const { effect } of element.getAnimations())
            if (Number(effect?.getComputedTiming().activeDuration) > 1) seen.add(element.localName);
        }
      requestAnimationFrame(look);
    };
    look();
  });

describe("the laboratory, while another network trains,", () => {
  const panel = "fx-laboratory";
  const picture = `${panel} >>> fx-placement`;

  test("gives both networks their places in one picture, and says how they keep rules", async () => {
    const visit = await trained();
    const { page } = visit;
    await visit.choose({ epochs: 100_000 });
    await visit.press("Train");
    const iteration = (): Promise<number> =>
      page.evaluate(() => document.querySelector("fx-app")?.session.active?.history.length ?? 0);
    await until("training does not begin", async () => (await iteration()) > 0 || undefined);
    await visit.openTab("Laboratory", panel);
    await visit.waitForText(panel, /CNN of run \d+ and BiLSTM of run 2\./);
    const score = await page.evaluate(
      () =>
        document
          .querySelector("fx-app")
          ?.session.runs.findLast(({ experiment }) => experiment.network === "cnn")?.outcome?.trained
          ?.evaluation.rmse ?? 0,
    );
    await visit.press("Measure my networks");
    await visit.element(`${panel} >>> wa-progress-bar`);
    const measuring = await visit.waitForText(panel, /Measuring CNN of run \d+ and BiLSTM of run 2 …/);
    // Whoever is measured stays named, whatever becomes of the run.
    await page.evaluate(async () => {
      const session = document.querySelector("fx-app")?.session;
      for (const { id } of session?.runs ?? []) await session?.deleteRun(id);
    });
    const [named = ""] = /Measuring [^…]* …/.exec(measuring) ?? [];
    expect(await visit.text(panel)).toContain(named);
    const before = await iteration();
    await until("training stands still", async () => (await iteration()) > before || undefined);
    await visit.element(`${panel} >>> wa-progress-bar`);
    await visit.press("Stop");
    await visit.waitForText("fx-status", /stopped/);
    await visit.waitForText(panel, /Your networks/);
    await visit.waitForText(panel, /CNN of run \d+\. No BiLSTM was trained on the same curves\./);

    const groups = await page.$eval(`>>> ${picture}`, ({ groups }) =>
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
    const placed = await page.$eval(
      `>>> ${picture}`,
      ({ groups }) => groups[0].rows[0].marks.find(({ predictor }) => predictor === "cnn")?.spread.mean ?? 1,
    );
    expect(placed / score).toBeCloseTo(1, 5);

    // Rows of the table of rules: what stands in each after its rule.
    const rows = await page.$eval(`>>> ${panel}`, ({ renderRoot }) =>
      Array.from(renderRoot.querySelectorAll(".rules tbody tr"), (row) =>
        Array.from(row.querySelectorAll("td"), ({ textContent }) => textContent.trim()),
      ),
    );
    expect(rows).toHaveLength(10);
    for (const row of rows) expect(row).toHaveLength(6);
    expect(new Set(rows.map((row) => row[4]))).toEqual(new Set(["1.000", "0/0"]));
    for (const row of rows) for (const ratio of [row[0], row[1]]) expect(Number(ratio)).toBeGreaterThan(0);

    const surface = await visit.element(`${picture} >>> .surface`);
    await surface.evaluate((element) => (element as HTMLElement).focus());
    await page.keyboard.press("End");
    await visit.waitForText(`${picture} >>> [aria-live]`, /^seven unseen, functions not taught: \w.* \d/);
    await visit.click(await visit.element(`${picture} >>> wa-button`));
    await visit.waitForText(`${picture} >>> table`, /functions taught .*Moler's six [\d.e-]+/);
    await expectInOrder(visit, "measured networks", ["fx-app", "wa-tab-group"]);
    await expectInPlace(visit, "measured networks", [360], "dark");
  });
});
