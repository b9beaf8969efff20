import { describe, expect, test } from "vitest";
import { calculusFunctions } from "../../src/calculus";
import { settle } from "./states";
import { nothing, Typist } from "./typist";
import { until, type Visit } from "./visit";
import { keepVisitor } from "./visitors";

const kept = keepVisitor();

/** The page, with a visitor who has no mouse. */
async function begin(): Promise<readonly [visit: Visit, typist: Typist]> {
  const visit = kept();
  await visit.waitForText("fx-status", /recorded: completed/);
  return [visit, await Typist.begin(visit)];
}

const iterationOf = (status: string): number => Number(/Iteration(\d+) of/.exec(status)?.[1]);

describe("by the keyboard alone, Tab", () => {
  /** What has the focus differs from the same without it. */
  async function isFocusSeen(visit: Visit): Promise<boolean> {
    const clip = await visit.page.evaluate((composed) => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      element?.scrollIntoView({ block: "center" });
      Object.assign(window, { focused: element });
      // The mark may be drawn by the component around it.
      const root = element?.getRootNode();
      const drawn = root instanceof ShadowRoot && root.host.matches(composed) ? root.host : element;
      const { left, top, width, height } = (drawn ?? document.body).getBoundingClientRect();
      return {
        x: Math.max(0, left + scrollX - 5),
        y: Math.max(0, top + scrollY - 5),
        width: Math.max(width, 10) + 10,
        height: Math.min(height, 500) + 10,
      };
    }, "wa-button, wa-checkbox, wa-input, wa-radio, wa-select, wa-switch");
    const shot = async () => {
      // What was just scrolled or left is drawn by then.
      await visit.page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
      );
      return visit.page.screenshot({ clip, captureBeyondViewport: false });
    };
    const withFocus = await shot();
    await visit.page.evaluate(() => (window as unknown as { focused: HTMLElement }).focused.blur());
    const without = await shot();
    await visit.page.evaluate(() => (window as unknown as { focused: HTMLElement }).focused.focus());
    return Buffer.compare(withFocus, without) !== 0;
  }

  const tools = ["button Zoom in", "button Table", "button SVG", "button PNG"];

  test("reaches everything in the order of the page, shows where it is, comes back, and skips to the charts", async () => {
    const [visit, typist] = await begin();
    await visit.page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
    await visit.waitForText("fx-runs", /recorded/);
    const reached: string[] = [];
    const unseen: string[] = [];
    for (;;) {
      await typist.press("Tab");
      const focused = await typist.focused();
      // Behind the last comes the browser itself.
      if (focused === nothing) break;
      reached.push(focused);
      if (!(await isFocusSeen(visit))) unseen.push(focused);
    }
    expect(reached).toEqual([
      "button Skip to the charts",
      "link Self-test",
      "button Shortcuts",
      "radio Auto",
      "combobox Preset",
      "button Train",
      "button Restart",
      "textbox Seed",
      "DisclosureTriangle Data",
      "DisclosureTriangle Network",
      "DisclosureTriangle Solver",
      "textbox Max epochs",
      "textbox Mini-batch size",
      "combobox Shuffle",
      "combobox Solver",
      "textbox Initial learn rate",
      "textbox Momentum",
      "DisclosureTriangle Learn rate schedule",
      "DisclosureTriangle Gradients",
      "DisclosureTriangle Validation",
      "button Export",
      "slider Smoothing",
      "switch Log y",
      ...tools,
      "application RMSE: arrow keys move the cursor, plus and minus zoom",
      ...tools,
      "application Loss: arrow keys move the cursor, plus and minus zoom",
      "switch Residuals",
      "button Next curve",
      ...tools.slice(1),
      ...calculusFunctions.map(({ title }) => `application ${title}: arrow keys move the cursor`),
      "tab Runs",
      "region Table of runs",
      "checkbox Draw recorded BiLSTM beside the shown run",
      "button Show recorded BiLSTM",
      "button Use settings of recorded BiLSTM",
      "button Use settings of recorded CNN",
      "link Licences of the code of others in this page",
    ]);
    expect(unseen).toEqual([]);
    const back: string[] = [];
    for (const _ of reached) {
      await typist.backwards();
      back.push(await typist.focused());
    }
    expect(back).toEqual(reached.toReversed());
    // The first is a link to the charts.
    await typist.press("Enter", "Tab");
    expect(await typist.focused()).toBe("button Export");
  });
});

describe("by the keyboard alone, a visitor", () => {
  test("reads a chart point by point, zooms, and reads its table", async () => {
    const [visit, typist] = await begin();
    const said = () =>
      visit.page.$eval(
        '>>> fx-progress >>> fx-chart >>> [aria-live="polite"]',
        (region) => region.textContent,
      );
    const waitToHear = (pattern: RegExp) =>
      until(`the chart does not say ${pattern}`, async () => {
        const text = (await said()) ?? "";
        return pattern.test(text) ? text : undefined;
      });
    await typist.reach("application RMSE: arrow keys move the cursor, plus and minus zoom");
    await typist.press("ArrowRight");
    const first = await waitToHear(/^iteration 1: /);
    expect(first).toMatch(/^iteration 1: training \d\.\d+, smoothed \d\.\d+, validation \d\.\d+$/);
    expect(await visit.text("fx-progress >>> fx-chart")).toContain("iteration 1 ");
    await typist.press("ArrowRight", "ArrowRight");
    await waitToHear(/^iteration 3: training/);
    await typist.press("ArrowLeft");
    await waitToHear(/^iteration 2: training/);
    await typist.press("PageDown");
    await waitToHear(/^iteration 38: training/);
    await typist.press("End");
    await waitToHear(/^iteration 360: .*final validation 0\.4\d+$/);
    const isWhole = () =>
      visit.page.$eval(">>> fx-progress >>> fx-chart >>> #reset", (button) => button.matches("[disabled]"));
    await typist.press("+");
    await until("the chart does not zoom", async () => ((await isWhole()) ? undefined : true));
    await typist.press("0");
    await until("the chart stays zoomed", async () => ((await isWhole()) ? true : undefined));
    await typist.press("Home");
    await waitToHear(/^iteration 1: /);

    for (let i = 0; i < 3; i++) await typist.backwards();
    expect(await typist.focused()).toBe("button Table");
    await typist.press("Enter");
    await typist.reach("region RMSE, table");
    expect(await visit.text("fx-progress >>> fx-chart")).toMatch(/360 of 360|\d+ of 360 rows/);
    const scrolled = () =>
      visit.page.$eval(">>> fx-progress >>> fx-chart >>> .table", ({ scrollTop }) => scrollTop);
    await typist.press("End");
    await until("the table does not scroll", async () => ((await scrolled()) > 0 ? true : undefined));
  });

  test("goes through the tabs with arrow keys, into each and out of it", async () => {
    const [visit, typist] = await begin();
    await typist.reach("tab Runs");
    const panels = [
      ["Your function", "fx-your-function"],
      ["Laboratory", "fx-laboratory"],
      ["Network", "fx-network"],
      ["Kernels", "fx-kernels"],
      ["Self-test", "fx-self-test"],
    ] as const;
    for (const [name, element] of panels) {
      await typist.press("ArrowRight");
      await typist.waitForFocus(`tab ${name}`);
      await visit.element(element);
    }
    await typist.press("Home");
    await typist.waitForFocus("tab Runs");
    await typist.press("End");
    await typist.waitForFocus("tab Self-test");
    await typist.press("Tab");
    expect(await typist.focused()).toBe("button Run self-test");
    await typist.backwards();
    await typist.press("ArrowLeft");
    await typist.waitForFocus("tab Kernels");
    await typist.press("Tab");
    expect(await typist.focused()).toBe("button Measure");
  });

  test("exports by the menu's keys", async () => {
    const [visit, typist] = await begin();
    await typist.reach("button Export");
    await typist.press("Enter");
    await typist.waitForFocus("menuitem Metrics of every iteration (CSV)");
    await typist.press("ArrowDown");
    await typist.waitForFocus("menuitem Predictions on the test curves (CSV)");
    await typist.press("Escape");
    await typist.waitForFocus("button Export");
    await settle(visit);
    const csv = await visit.save("fluxion-cnn-recorded-metrics.csv", async () => {
      await typist.press("Enter");
      await typist.waitForFocus("menuitem Metrics of every iteration (CSV)");
      await typist.press("Enter");
    });
    expect(csv.toString().trim().split("\n")).toHaveLength(361);
  });

  test("draws a curve with arrow keys, and has it answered", async () => {
    const [visit, typist] = await begin();
    await visit.openTab("Your function", "fx-your-function");
    await visit.waitForText("fx-your-function", /f\(x\) =/);
    await typist.reach("radio Type it");
    await typist.press("ArrowRight");
    await visit.waitForText("fx-your-function", /f as drawn/);
    await typist.reach("slider f at x = 0");
    const before = await visit.text("fx-your-function");
    await typist.press("ArrowDown", "ArrowDown", "ArrowRight");
    expect(await typist.focused()).toBe("slider f at x = 0.17");
    await typist.press("PageUp");
    await until("the drawn curve is not answered anew", async () =>
      (await visit.text("fx-your-function")) === before ? undefined : true,
    );
  });

  test("types the letters of shortcuts into fields without their effect", async () => {
    const [visit, typist] = await begin();
    await typist.reach("textbox Seed");
    await typist.press("End");
    await visit.page.keyboard.type(" .s?r");
    const value = () =>
      visit.page.$eval(
        '>>> fx-controls >>> fx-option >>> input[inputmode="decimal"]',
        (input) => (input as HTMLInputElement).value,
      );
    expect(await value()).toBe("0 .s?r");
    expect(await visit.text("fx-status")).toMatch(/recorded: completed/);
    expect(await typist.isOpen("Keyboard shortcuts")).toBe(false);
    await typist.press(...Array<"Backspace">(5).fill("Backspace"));
    expect(await value()).toBe("0");
  });

  test("opens the list of shortcuts, closes it, and turns them off for good", async () => {
    const [visit, typist] = await begin();
    await typist.reach("button Export");
    await typist.press("?");
    await visit.find("Keyboard shortcuts", "dialog");
    // Nothing behind the dialog is reached.
    const inside = new Set<string>();
    for (let i = 0; i < 6; i++) {
      await typist.press("Tab");
      inside.add(await typist.focused());
    }
    inside.delete(nothing);
    expect([...inside].sort()).toEqual(["button Close", "switch Use shortcuts"]);
    await typist.press("Escape");
    await typist.waitForFocus("button Export");
    expect(await typist.isOpen("Keyboard shortcuts")).toBe(false);

    await typist.press("?");
    await visit.find("Keyboard shortcuts", "dialog");
    await typist.reach("switch Use shortcuts");
    await typist.press("Space", "Escape");
    await typist.waitForFocus("button Export");
    const expectOff = async () => {
      await typist.press("?", "r", ".", "s");
      await typist.reach("slider Smoothing");
      expect(await typist.isOpen("Keyboard shortcuts")).toBe(false);
      expect(await visit.text("fx-status")).toMatch(/recorded: completed/);
    };
    await expectOff();
    await visit.page.reload();
    await visit.waitForText("fx-status", /recorded: completed/);
    await expectOff();

    await visit.page.reload();
    await visit.waitForText("fx-status", /recorded: completed/);
    await typist.reach("button Shortcuts");
    await typist.press("Enter");
    await typist.reach("switch Use shortcuts");
    await typist.press("Space", "Escape");
    await typist.waitForFocus("button Shortcuts");
    await visit.choose({ epochs: 2 });
    await typist.press("r");
    await visit.waitForText("fx-status", /run 1: completed/);
  });

  test("chooses a preset, trains, pauses, steps, restarts and stops", async () => {
    const visit = kept();
    const typist = await Typist.begin(visit);
    await typist.reach("combobox Preset");
    await typist.press("ArrowDown");
    await visit.find("quick BiLSTM", "option");
    await typist.press("End", "Enter");
    await visit.waitForText("fx-controls", /A BiLSTM of/);
    expect(await typist.focused()).toBe("combobox Preset");
    // What follows shows nothing more on a large network.
    await visit.choose({ epochs: 100_000 });
    await typist.reach("button Train");
    await typist.press("Enter");
    const status = await visit.waitForText("fx-status", /run \d+: training.*Iteration[1-9]/);
    const run = Number(/run (\d+)/.exec(status)?.[1]);
    const says = (number: number, state: string) =>
      visit.waitForText("fx-status", new RegExp(`run ${number}: ${state}`));
    await typist.waitForFocus("button Pause");

    // Elsewhere, Space is a shortcut.
    await typist.reach("application RMSE: arrow keys move the cursor, plus and minus zoom");
    await typist.press("Space");
    const paused = iterationOf(await says(run, "paused"));
    await typist.press(".");
    await says(run, `paused.*Iteration${paused + 1} of`);
    await typist.press(".");
    await says(run, `paused.*Iteration${paused + 2} of`);
    await typist.press("Space");
    await says(run, "training");
    await typist.press("Space");
    await says(run, "paused");
    await typist.press("r");
    await says(run + 1, "training.*Iteration[1-9]");
    await typist.press("s");
    await says(run + 1, "stopped by you");
    await typist.press("Space");
    await says(run + 2, "training.*Iteration[1-9]");
    await typist.press("s");
    await says(run + 2, "stopped by you");
  });
});
