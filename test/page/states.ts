/** States that a visitor brings the page into: what the eye, axe and a narrow window have to find in order. */
import { waitForKeptRuns } from "./kept";
import { tiny, until, type Visit } from "./visit";

/** Brings the page from wherever it is into a state, and says how to leave it where others would suffer from it. */
export interface State {
  readonly name: string;
  readonly enter: (visit: Visit) => Promise<void>;
  readonly leave?: (visit: Visit) => Promise<void>;
}

/** A link to a tiny network, with a part that is not understood: the page shows a notice. */
export const noticed = tiny("&epochs=20&colour=red");

/** Trains one network of each kind, so that there is something to see everywhere. */
export async function trainBoth(visit: Visit): Promise<void> {
  await train(visit, 1);
  await visit.page.goto(visit.page.url().replace(/\?.*/, tiny("&epochs=4", "bilstm")), { waitUntil: "load" });
  await train(visit, 2);
  await visit.page.goto(visit.page.url().replace(/\?.*/, noticed), { waitUntil: "load" });
  // The recorded runs come last; until then rows move.
  await visit.waitForText("fx-runs", /run 2 .*recorded/);
  await settle(visit);
}

async function train(visit: Visit, run: number): Promise<void> {
  await visit.press("Train");
  await visit.waitForText("fx-status", new RegExp(`run ${run}: completed`));
  await waitForKeptRuns(visit, run);
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

/** Everything that can stand in a tab, a menu or a dialog once both networks have been trained. */
export const states: readonly State[] = [
  {
    name: "two runs compared",
    enter: async (visit) => {
      await visit.openTab("Runs", "fx-runs");
      await visit.click(await visit.find("Draw run 1 beside the shown run", "checkbox"));
      await visit.waitForText("fx-progress >>> fx-chart", /run 1 · CNN/);
    },
  },
  {
    name: "a run about to be deleted",
    enter: async (visit) => {
      await visit.press("Delete run 1");
      await visit.find("Keep", "button");
    },
    leave: (visit) => visit.press("Keep"),
  },
  {
    name: "tables instead of charts, residuals, a logarithmic axis",
    enter: async (visit) => {
      for (const name of ["Log y", "Residuals"]) await visit.click(await visit.find(name, "switch"));
      await clickAll(visit, "fx-progress >>> #table");
      await clickAll(visit, "fx-predictions >>> #table");
      await visit.waitForText("fx-predictions >>> fx-chart", /prediction − clean derivative/);
    },
    leave: async (visit) => {
      await clickAll(visit, "fx-progress >>> #table");
      await clickAll(visit, "fx-predictions >>> #table");
    },
  },
  {
    name: "every group of options",
    enter: (visit) => clickAll(visit, "fx-controls >>> details:not([open]) > summary"),
  },
  {
    name: "an entry that is no value",
    enter: async (visit) => {
      const seed = await visit.find("Seed", "textbox");
      await visit.click(seed, 3);
      await visit.page.keyboard.type("-123456789012345678901234567890");
      await visit.page.keyboard.press("Tab");
      await visit.waitForText("fx-controls", /Correct Seed to train/);
    },
    leave: (visit) => visit.press("Reset Seed to 0"),
  },
  {
    name: "the list of presets",
    enter: async (visit) => {
      await visit.click(await visit.find("Preset", "combobox"));
      await visit.find("Moler BiLSTM", "option");
    },
    leave: pressEscape,
  },
  {
    name: "the menu Export",
    enter: async (visit) => {
      await visit.press("Export");
      await visit.find("The whole run (JSON)", "menuitem");
    },
    leave: pressEscape,
  },
  {
    name: "the dialog of shortcuts",
    enter: async (visit) => {
      await visit.press("Shortcuts");
      await visit.find("Use shortcuts", "switch");
    },
    leave: pressEscape,
  },
  {
    name: "an answered function",
    enter: async (visit) => {
      await typeFunction(visit, "x*sin(pi*x)");
      await visit.waitForText("fx-your-function", /BiLSTM, run 2 \d+ \d+\.\d/);
    },
  },
  {
    name: "an expression with an error",
    enter: async (visit) => {
      await typeFunction(visit, "sin(x) + cos(");
      await visit.waitForText("fx-your-function >>> fx-function-source", /Character/);
    },
    leave: (visit) => typeFunction(visit, "x^5"),
  },
  {
    name: "a drawn function",
    enter: async (visit) => {
      await visit.click(await visit.find("Draw it", "radio"));
      await visit.waitForText("fx-your-function", /f as drawn/);
    },
  },
  {
    name: "the network and its weights",
    enter: async (visit) => {
      await visit.openTab("Network", "fx-network");
      await visit.press("Show bilstm1");
      await visit.element("fx-network >>> fx-histogram");
    },
  },
  {
    name: "measured kernels",
    enter: async (visit) => {
      await visit.openTab("Kernels", "fx-kernels");
      await visit.press("Measure");
      await visit.waitForText("fx-kernels", /A step, as in training/);
      await visit.click(await visit.element("fx-kernels >>> summary"));
    },
  },
  {
    name: "a finished self-test",
    enter: async (visit) => {
      await visit.openTab("Self-test", "fx-self-test");
      await visit.press("Run self-test");
      await visit.waitForText("fx-self-test", /\d+ of \d+ kernels agree/);
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

/** Goes through the states one after the other. */
export async function throughStates(visit: Visit, look: (state: string) => Promise<void>): Promise<void> {
  for (const { name, enter, leave } of states) {
    await enter(visit);
    await settle(visit);
    await look(name);
    await leave?.(visit);
    await settle(visit);
  }
}
