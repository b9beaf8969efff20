import { AxePuppeteer } from "@axe-core/puppeteer";
import { describe, expect, test } from "vitest";
import { launchChrome } from "../../bench/chrome/launch";
import { noticed, settle, throughStates, trainBoth } from "./states";
import { tiny, type Visit } from "./visit";
import { receiveVisitors } from "./visitors";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const tabs = [
  ["Your function", "fx-your-function"],
  ["Laboratory", "fx-laboratory"],
  ["Network", "fx-network"],
  ["Kernels", "fx-kernels"],
  ["Self-test", "fx-self-test"],
  ["Runs", "fx-runs"],
] as const;

/** What axe finds on the page as it stands. */
async function findings(visit: Visit): Promise<readonly string[]> {
  const { violations } = await new AxePuppeteer(visit.page).setLegacyMode().withTags(tags).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target.join(" ")}: ${failureSummary}`),
  );
}

/** Nothing is found in either theme. */
async function expectNothingFound(visit: Visit, state: string): Promise<void> {
  for (const dark of [false, true]) {
    await visit.page.emulateMediaFeatures([
      { name: "prefers-color-scheme", value: dark ? "dark" : "light" },
      { name: "prefers-reduced-motion", value: "reduce" },
    ]);
    await settle(visit);
    expect.soft(await findings(visit), `${state}, ${dark ? "dark" : "light"}`).toEqual([]);
  }
}

const visitor = receiveVisitors();

describe("axe finds", () => {
  test("nothing on the page as it opens, in any tab, and what is broken on purpose", async () => {
    const visit = await visitor();
    await visit.waitForText("fx-status", /recorded: completed/);
    await expectNothingFound(visit, "as it opens");
    for (const [name, element] of tabs) {
      await visit.openTab(name, element);
      await expectNothingFound(visit, `${name}, before anything was trained`);
    }
    // It sees into shadow roots.
    await visit.page.$eval(">>> fx-runs >>> .scroll", (scroll) => scroll.setAttribute("role", "nonsense"));
    expect((await findings(visit)).join()).toContain("aria-roles");
  });

  test("nothing while a network trains, is paused, has been stopped or has diverged", async () => {
    const visit = await visitor({ at: tiny("&epochs=10000") });
    await visit.press("Train");
    await visit.waitForText("fx-status", /Iteration[1-9]/);
    await visit.openTab("Network", "fx-network");
    await visit.press("Show conv1");
    await visit.waitForText("fx-network", /after about/);
    await visit.press("Pause");
    await visit.waitForText("fx-status", /paused/);
    await expectNothingFound(visit, "paused");
    await visit.press("Resume");
    await visit.waitForText("fx-status", /training/);
    await expectNothingFound(visit, "training");
    await visit.press("Stop");
    await visit.waitForText("fx-status", /stopped by you/);
    await expectNothingFound(visit, "stopped");
    await visit.page.goto(visit.page.url().replace(/\?.*/, tiny("&learnRate=1000000&clip=none")), {
      waitUntil: "load",
    });
    await visit.press("Train");
    await visit.waitForText("fx-notices", /Training diverged/);
    await expectNothingFound(visit, "diverged");
  });

  test("nothing in any tab, menu, dialog or table when both networks have been trained", async () => {
    const visit = await visitor({ at: noticed });
    await trainBoth(visit);
    await throughStates(visit, (state) => expectNothingFound(visit, state));
  });
});

describe("without an adapter axe finds", () => {
  const visitorWithout = receiveVisitors(() => launchChrome("none"));

  test("nothing on the page with its recorded run and its advice", async () => {
    const visit = await visitorWithout();
    await visit.waitForText("fx-notices", /The browser offers no GPU/);
    await visit.waitForText("fx-status", /recorded: completed/);
    await expectNothingFound(visit, "no adapter");
  });
});
