import { expect, test } from "vitest";
import { until, type Visit } from "./visit";
import { receiveVisitors } from "./visitors";

const visitor = receiveVisitors();

const iteration = (visit: Visit): Promise<number> =>
  visit.page.evaluate(() => document.querySelector("fx-app")?.session.active?.history.length ?? 0);

const visibility = (visit: Visit): Promise<DocumentVisibilityState> =>
  visit.page.evaluate(() => document.visibilityState);

test("while it trains, the page answers a click within 100 ms and has no long task", async () => {
  const visit = await visitor();
  const { page } = visit;
  await visit.press("Train");
  await visit.waitForText("fx-status", /Iteration[1-9]\d+ of 600/);
  await page.evaluate(() => {
    const tasks: number[] = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    }).observe({ type: "longtask" });
    Object.assign(window, { tasks });
  });
  const answers: number[] = [];
  const next = await visit.find("Next curve", "button");
  for (let i = 0; i < 10; i++) {
    // From the click's arrival to the frame after the page has changed.
    const answered = page.evaluate(
      () =>
        new Promise<number>((resolve) =>
          document.addEventListener(
            "click",
            ({ timeStamp }) =>
              requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - timeStamp))),
            { once: true, capture: true },
          ),
        ),
    );
    await next.click();
    answers.push(await answered);
  }
  const tasks = await page.evaluate(() => (window as unknown as { readonly tasks: number[] }).tasks);
  await visit.press("Stop");
  await visit.waitForText("fx-status", /stopped/);
  expect(Math.max(...answers)).toBeLessThan(100);
  expect(Math.max(0, ...tasks)).toBeLessThan(100);
});

test("a hidden tab keeps training", async () => {
  const visit = await visitor();
  const { page } = visit;
  await visit.press("Train");
  await until("training does not begin", async () => (await iteration(visit)) > 0 || undefined);
  const session = await page.createCDPSession();
  const { windowId } = await session.send("Browser.getWindowForTarget");
  await session.send("Browser.setWindowBounds", { windowId, bounds: { windowState: "minimized" } });
  await until("the tab is not hidden", async () => (await visibility(visit)) === "hidden" || undefined);
  const before = await iteration(visit);
  await until("training stands still", async () => (await iteration(visit)) > before + 50 || undefined, 60);
  expect(await visibility(visit)).toBe("hidden");
  await session.send("Browser.setWindowBounds", { windowId, bounds: { windowState: "normal" } });
  await visit.press("Stop");
  await visit.waitForText("fx-status", /stopped/);
});
