import { describe, expect, test } from "vitest";
import { findFaults } from "./faults";
import { noticed, settle, throughStates, trainBoth } from "./states";
import { tiny, until, type Visit } from "./visit";
import { receiveVisitors } from "./visitors";

const widths = [360, 768, 1440] as const;

/** Shows the page in a window of this width, when its charts have found their size. */
async function show(visit: Visit, width: number, dark = false): Promise<void> {
  const { page } = visit;
  await page.setViewport({ width, height: 900 });
  await page.emulateMediaFeatures([
    { name: "prefers-color-scheme", value: dark ? "dark" : "light" },
    { name: "prefers-reduced-motion", value: "reduce" },
  ]);
  await until(`the page does not fit itself into ${width} pixels`, () =>
    page
      .evaluate(
        (width) =>
          innerWidth === width &&
          new Promise<true>((resolve) => {
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(true)));
          }),
        width,
      )
      .then((done) => done || undefined),
  );
  await settle(visit);
}

/** Nothing is out of place in a window of any width, in either theme. */
async function expectInPlace(visit: Visit, state: string): Promise<void> {
  for (const width of widths)
    for (const dark of [false, true]) {
      await show(visit, width, dark);
      const faults = await visit.page.evaluate(findFaults);
      expect.soft(faults, `${state}, ${width} pixels, ${dark ? "dark" : "light"}`).toEqual([]);
    }
  await show(visit, 1440);
}

const visitor = receiveVisitors();

describe("at 360, 768 and 1440 pixels, light and dark", () => {
  test("everything is in place as the page opens, and what is put out of place on purpose is found", async () => {
    const visit = await visitor();
    await visit.waitForText("fx-status", /recorded: completed/);
    await expectInPlace(visit, "as it opens");
    await visit.page.$eval(">>> fx-status >>> dd", (figure) => {
      (figure as HTMLElement).style.marginBlockStart = "-1em";
    });
    await visit.page.$eval(">>> fx-header >>> h1", (title) => {
      (title as HTMLElement).style.inlineSize = "2000px";
    });
    const faults = (await visit.page.evaluate(findFaults)).join("\n");
    expect(faults).toMatch(/"Iteration" and .* lie on each other/);
    expect(faults).toMatch(/the page is 20\d\d pixels wide/);
  });

  test("everything is in place in every tab, menu, dialog and table when both networks have been trained", async () => {
    const visit = await visitor({ at: noticed });
    await trainBoth(visit);
    await throughStates(visit, (state) => expectInPlace(visit, state));
  });
});

describe("at 360, 768 and 1440 pixels, whatever is entered,", () => {
  const text = "sin(x)*9.87654321+".repeat(600);

  test("10 kB of text in a field stay in it", async () => {
    expect(text.length).toBeGreaterThan(10_000);
    const visit = await visitor({ at: "#your-function" });
    const { keyboard } = visit.page;
    for (const name of ["f(x) =", "Seed", "Max epochs"]) {
      const field = await visit.find(name, "textbox");
      await visit.click(field, 3);
      await keyboard.sendCharacter(text);
      await keyboard.press("Tab");
    }
    await visit.waitForText("fx-controls", /Correct Max epochs|Correct Seed/);
    await visit.waitForText("fx-your-function >>> fx-function-source", /Character/);
    await expectInPlace(visit, "10 kB of text");
  });

  test("a long link, a long derivative and long numbers break nothing", async () => {
    const long =
      "noise=0.00012345678901234567&learnRate=0.00012345678901234567&seed=4294967295&clip=123456789.123456";
    const visit = await visitor({
      at: `${tiny(`&${long}&epochs=1000000&colour=${"red".repeat(500)}`)}#your-function`,
    });
    await visit.press("Train");
    await visit.waitForText("fx-status", /Iteration[1-9]\d+ of 5000000/);
    const field = await visit.find("f(x) =", "textbox");
    await visit.click(field, 3);
    await visit.page.keyboard.sendCharacter(
      "tanh(1.23456789012345*x)^3*1234.56789012345 + exp(cos(x)*0.123456789012345) + sin(12.3456789*x)^3/0.98765432109",
    );
    await visit.waitForText("fx-your-function", /f\(x\) = tanh/);
    await expectInPlace(visit, "long numbers, training");
    await visit.press("Stop");
    await visit.waitForText("fx-status", /stopped by you/);
    await visit.openTab("Runs", "fx-runs");
    await visit.waitForText("fx-runs", /learn rate 0\.000123456789/);
    await expectInPlace(visit, "long numbers, stopped");
  });
});

test("at 200 % zoom, everything is in place and a network can be trained", async () => {
  const visit = await visitor({ at: tiny("&epochs=20") });
  await visit.page.setViewport({ width: 720, height: 450, deviceScaleFactor: 2 });
  await visit.press("Train");
  await visit.waitForText("fx-status", /run 1: completed/);
  await visit.waitForText("fx-runs", /run 1/);
  await settle(visit);
  expect(await visit.page.evaluate(findFaults)).toEqual([]);
});

describe("what moves of itself", () => {
  /** From now on the page counts the animations of all its elements, whatever shadow root they stand in. */
  const watch = (visit: Visit): Promise<void> =>
    visit.page.evaluate(() => {
      const seen = new Set<string>();
      Object.assign(window, { seen });
      const look = () => {
        const roots: (Document | ShadowRoot)[] = [document];
        for (const root of roots)
          for (const element of root.querySelectorAll("*")) {
            // The small sign that something is being waited for may turn.
            if (element.localName === "wa-spinner") continue;
            if (element.shadowRoot) roots.push(element.shadowRoot);
            for (const { effect } of element.getAnimations())
              if (Number(effect?.getComputedTiming().activeDuration) > 1) seen.add(element.localName);
          }
        requestAnimationFrame(look);
      };
      look();
    });

  const moved = async (reducedMotion: boolean): Promise<string[]> => {
    const visit = await visitor({ at: tiny("&epochs=20") });
    await visit.page.emulateMediaFeatures([
      { name: "prefers-reduced-motion", value: reducedMotion ? "reduce" : "no-preference" },
    ]);
    await watch(visit);
    await visit.press("Train");
    await visit.waitForText("fx-status", /run 1: completed/);
    await visit.openTab("Network", "fx-network");
    await visit.click(await visit.find("Log y", "switch"));
    await visit.press("Export");
    await visit.find("The whole run (JSON)", "menuitem");
    await visit.page.keyboard.press("Escape");
    await visit.press("Shortcuts");
    await visit.find("Use shortcuts", "switch");
    await settle(visit);
    return visit.page.evaluate(() => [...(window as unknown as { seen: Set<string> }).seen]);
  };

  test("moves, and rests for who wants reduced motion", async () => {
    expect(await moved(false)).not.toEqual([]);
    expect(await moved(true)).toEqual([]);
  });
});
