/** The page before anything has been trained, and while something is: everything is in place and found right by axe. */
import { expect, test } from "vitest";
import { findings } from "./axe";
import { Brake } from "./brake";
import { findFaults } from "./faults";
import { expectInOrder, expectInPlace } from "./place";
import { tiny } from "./visit";
import { keepVisitor, receiveVisitors } from "./visitors";

const opened = keepVisitor();
const tabs = [
  ["Your function", "fx-your-function"],
  ["Laboratory", "fx-laboratory"],
  ["Network", "fx-network"],
  ["Kernels", "fx-kernels"],
  ["Self-test", "fx-self-test"],
] as const;

test("as it opens, in both themes", async () => {
  const visit = opened();
  await visit.waitForText("fx-status", /recorded: completed/);
  await visit.waitForText("fx-runs", /recorded/);
  await expectInOrder(visit, "as it opens");
  await expectInPlace(visit, "as it opens", [360, 768, 1440], "dark");
});

test("in every tab", async () => {
  const visit = opened();
  for (const [name, element] of tabs) {
    await visit.openTab(name, element);
    await expectInOrder(visit, `${name}, before anything was trained`, ["fx-app", "wa-tab-group"]);
  }
});

test("with 10 kB of text in its fields, which stay in them", async () => {
  const visit = opened();
  const text = "sin(x)*9.87654321+".repeat(600);
  expect(text.length).toBeGreaterThan(10_000);
  await visit.openTab("Your function", "fx-your-function");
  for (const name of ["f(x) =", "Seed", "Max epochs"]) {
    const field = await visit.find(name, "textbox");
    await visit.click(field, 3);
    await visit.page.keyboard.sendCharacter(text);
    await visit.page.keyboard.press("Tab");
  }
  await visit.waitForText("fx-controls", /Correct Max epochs|Correct Seed/);
  await visit.waitForText("fx-your-function >>> fx-function-source", /Character/);
  await expectInPlace(visit, "10 kB of text");
});

test("what is put out of place or broken on purpose is found", async () => {
  const visit = opened();
  await visit.openTab("Runs", "fx-runs");
  await visit.page.$eval(">>> fx-status >>> dd", (figure) => {
    (figure as HTMLElement).style.marginBlockStart = "-1em";
  });
  await visit.page.$eval(">>> fx-header >>> h1", (title) => {
    (title as HTMLElement).style.inlineSize = "2000px";
  });
  const faults = (await visit.page.evaluate(findFaults)).join("\n");
  expect(faults).toMatch(/"Iteration" and .* lie on each other/);
  expect(faults).toMatch(/the page is 20\d\d pixels wide/);
  // Axe sees into shadow roots, in parts as on the whole, and looks at colours in the dark.
  await visit.page.$eval(">>> fx-runs >>> .scroll", (scroll) => scroll.setAttribute("role", "nonsense"));
  for (const part of [undefined, ["fx-app", "wa-tab-group"] as const])
    expect((await findings(visit, "all", part)).join()).toContain("aria-roles");
  await visit.page.$eval(">>> fx-runs >>> .scroll", (scroll) => {
    (scroll as HTMLElement).style.cssText = "color: #777; background: #888";
  });
  expect((await findings(visit, "colours", ["fx-app", "wa-tab-group"])).join()).toContain("color-contrast");
});

const visitor = receiveVisitors();

test("while a network trains, is paused and has been stopped, with long numbers and a long derivative", async () => {
  const long =
    "noise=0.00012345678901234567&learnRate=0.00012345678901234567&seed=4294967295&clip=123456789.123456";
  const visit = await visitor({
    at: `${tiny(`&${long}&epochs=1000000&colour=${"red".repeat(500)}`)}#your-function`,
  });
  const field = await visit.find("f(x) =", "textbox");
  await visit.click(field, 3);
  await visit.page.keyboard.sendCharacter(
    "tanh(1.23456789012345*x)^3*1234.56789012345 + exp(cos(x)*0.123456789012345) + sin(12.3456789*x)^3/0.98765432109",
  );
  await visit.waitForText("fx-your-function", /f\(x\) = tanh/);
  const brake = await Brake.into(visit);
  await brake.train();
  await expectInOrder(visit, "long numbers, training", ["fx-app", "fx-status"]);
  await brake.release();
  await visit.openTab("Network", "fx-network");
  await visit.press("Show conv1");
  await visit.waitForText("fx-network", /after about/);
  await brake.pause();
  await expectInPlace(visit, "paused");
  await visit.press("Resume");
  await visit.waitForText("fx-status", /training/);
  await visit.press("Stop");
  await visit.waitForText("fx-status", /stopped by you/);
  await visit.openTab("Runs", "fx-runs");
  await visit.waitForText("fx-runs", /learn rate 0\.000123456789/);
  await expectInOrder(visit, "long numbers, stopped");
});
