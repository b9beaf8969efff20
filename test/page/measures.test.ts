/** What the page measures and tests of itself is in place and found right by axe. */
import { test } from "vitest";
import { expectInOrder } from "./place";
import { tiny } from "./visit";
import { keepVisitor } from "./visitors";

const kept = keepVisitor({ at: tiny() });
const tabs = ["fx-app", "wa-tab-group"] as const;

test("measured kernels", async () => {
  const visit = kept();
  await visit.openTab("Kernels", "fx-kernels");
  await visit.press("Measure");
  await visit.waitForText("fx-kernels", /A step, as in training/);
  await visit.click(await visit.element("fx-kernels >>> summary"));
  await expectInOrder(visit, "measured kernels", tabs);
});

test("a finished self-test", async () => {
  const visit = kept();
  await visit.openTab("Self-test", "fx-self-test");
  await visit.press("Run self-test");
  await visit.waitForText("fx-self-test", /\d+ of \d+ kernels agree/);
  await expectInOrder(visit, "a finished self-test", tabs);
});
