/** States that a visitor brings the page into: what the eye, axe and a narrow window have to find in order. */
import type { Part } from "./axe";
import { until, type Visit } from "./visit";

/** Brings the page from wherever it is into a state, and says how to leave it where others would suffer from it. */
export interface State {
  readonly name: string;
  /** What differs from the states before; missing where it is the whole page. */
  readonly part?: Part;
  readonly enter: (visit: Visit) => Promise<void>;
  readonly leave?: (visit: Visit) => Promise<void>;
}

/** Trains one network of each kind in the page as it stands, so that there is something to see everywhere. */
export async function trainBoth(visit: Visit): Promise<void> {
  for (const [i, network] of (["cnn", "bilstm"] as const).entries()) {
    await visit.choose({ epochs: 4 }, network);
    await visit.press("Train");
    await visit.waitForText("fx-status", new RegExp(`run ${i + 1}: completed`));
  }
  await visit.choose();
  // The recorded runs come last; until then rows move.
  await visit.waitForText("fx-runs", /run 2 .*recorded/);
  await settle(visit);
}

const pressEscape = (visit: Visit): Promise<void> => visit.page.keyboard.press("Escape");

/** Sets every switch, table button or group of this kind. */
async function clickAll(visit: Visit, selector: string): Promise<void> {
  await visit.element(selector);
  for (const each of await visit.page.$$(`>>> ${selector}`)) await visit.click(each);
}

const typeFunction = async (visit: Visit, text: string): Promise<void> => {
  await visit.openTab("Your function", "fx-your-function");
  const field = await visit.find("f(x) =", "textbox");
  await visit.click(field, 3);
  await visit.page.keyboard.sendCharacter(text);
};

const tabs: Part = ["fx-app", "wa-tab-group"];

/**
 * Everything that can stand in a tab, a menu or a dialog once both networks have been trained. What does not exclude
 * each other is seen at once.
 */
export const states: readonly State[] = [
  {
    name: "two runs compared, one about to be deleted, every group of options, an entry that is no value, and tables, residuals and a logarithmic axis",
    enter: async (visit) => {
      await visit.openTab("Runs", "fx-runs");
      await visit.click(await visit.find("Draw run 1 beside the shown run", "checkbox"));
      await visit.waitForText("fx-progress >>> fx-chart", /run 1 · CNN/);
      for (const name of ["Log y", "Residuals"]) await visit.click(await visit.find(name, "switch"));
      await clickAll(visit, "fx-progress >>> #table");
      await clickAll(visit, "fx-predictions >>> #table");
      await visit.waitForText("fx-predictions >>> fx-chart", /prediction − clean derivative/);
      await clickAll(visit, "fx-controls >>> details:not([open]) > summary");
      const seed = await visit.find("Seed", "textbox");
      await visit.click(seed, 3);
      await visit.page.keyboard.type("-123456789012345678901234567890");
      await visit.page.keyboard.press("Tab");
      await visit.waitForText("fx-controls", /Correct Seed to train/);
      await visit.press("Delete run 1");
      await visit.find("Keep", "button");
    },
    leave: async (visit) => {
      await visit.press("Keep");
      await visit.press("Reset Seed to 0");
      await clickAll(visit, "fx-progress >>> #table");
      await clickAll(visit, "fx-predictions >>> #table");
    },
  },
  {
    name: "the list of presets",
    part: ["fx-app", "fx-controls"],
    enter: async (visit) => {
      await visit.click(await visit.find("Preset", "combobox"));
      await visit.find("Moler BiLSTM", "option");
    },
    leave: pressEscape,
  },
  {
    name: "the menu Export",
    part: ["fx-app", "fx-export"],
    enter: async (visit) => {
      await visit.press("Export");
      await visit.find("The whole run (JSON)", "menuitem");
    },
    leave: pressEscape,
  },
  {
    name: "the dialog of shortcuts",
    part: ["fx-app", "fx-header"],
    enter: async (visit) => {
      await visit.press("Shortcuts");
      await visit.find("Use shortcuts", "switch");
    },
    leave: pressEscape,
  },
  {
    name: "an answered function",
    part: tabs,
    enter: async (visit) => {
      await typeFunction(visit, "x*sin(pi*x)");
      await visit.waitForText("fx-your-function", /BiLSTM, run 2 \d+ \d+\.\d/);
    },
  },
  {
    name: "an expression with an error",
    part: tabs,
    enter: async (visit) => {
      await typeFunction(visit, "sin(x) + cos(");
      await visit.waitForText("fx-your-function >>> fx-function-source", /Character/);
    },
    leave: (visit) => typeFunction(visit, "x^5"),
  },
  {
    name: "a drawn function",
    part: tabs,
    enter: async (visit) => {
      await visit.click(await visit.find("Draw it", "radio"));
      await visit.waitForText("fx-your-function", /f as drawn/);
    },
    leave: async (visit) => visit.click(await visit.find("Type it", "radio")),
  },
  {
    name: "the network and its weights",
    part: tabs,
    enter: async (visit) => {
      await visit.openTab("Network", "fx-network");
      await visit.press("Show bilstm1");
      await visit.element("fx-network >>> fx-histogram");
    },
  },
];

/** Waits until nothing on the page moves of itself, in any shadow root. */
export const settle = (visit: Visit): Promise<unknown> =>
  until("the page does not come to rest", async () =>
    (await visit.page.evaluate(() => {
      const roots: (Document | ShadowRoot)[] = [document];
      for (const root of roots)
        for (const element of root.querySelectorAll("*")) {
          if (element.getAnimations().some(({ playState }) => playState === "running")) return true;
          if (element.shadowRoot) roots.push(element.shadowRoot);
        }
      return false;
    }))
      ? undefined
      : true,
  );
