/** What the page measures and tests of itself is in place and found right by axe. */
import { expect, test } from "vitest";
import { selfChecks } from "../../src/check/self-checks";
import { workerOf } from "./brake";
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

test("a self-test that finds kernels wrong", async () => {
  const visit = kept();
  // A driver that is fine at first. That whole self-tests pass is proved without the page.
  await (await workerOf(visit)).evaluate(() => {
    const { createComputePipelineAsync } = GPUDevice.prototype;
    let made = 0;
    GPUDevice.prototype.createComputePipelineAsync = function (descriptor) {
      if (++made > 30) return Promise.reject(new Error("the driver refuses"));
      return createComputePipelineAsync.call(this, descriptor);
    };
  });
  await visit.openTab("Self-test", "fx-self-test");
  await visit.press("Run self-test");
  const text = await visit.waitForText("fx-self-test", /\d+ of \d+ kernels agree/);
  const [agree, all] = (/(\d+) of (\d+) kernels agree/.exec(text) ?? []).slice(1).map(Number);
  expect(agree).toBeGreaterThan(0);
  expect(agree).toBeLessThan(all);
  expect(all).toBe(selfChecks.length);
  expect(text).toContain("Do not trust what this GPU computes here.");
  expect(text).toContain("the driver refuses");
  await expectInOrder(visit, "a finished self-test", tabs);
});
