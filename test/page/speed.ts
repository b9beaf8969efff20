/** How quickly the page answers, by `npm run bench:page`: best of three, on a machine that does nothing else. */
import { expect, test } from "vitest";
import { answered, enterFunction, noFunctions, refused } from "./function";
import { waitForKeptRuns } from "./kept";
import { longestTask } from "./trace";
import { tiny, until } from "./visit";
import { receiveVisitors } from "./visitors";

const visitor = receiveVisitors();

/** Other programs may take the processor: the best of three attempts counts. */
const bestOfThree = { retry: 2 } as const;

test("the page paints within a second", bestOfThree, async () => {
  const { page } = await visitor();
  const paint = await page.evaluate(
    () =>
      new Promise<number>((resolve) =>
        new PerformanceObserver((list) => {
          for (const { startTime } of list.getEntriesByName("first-contentful-paint")) resolve(startTime);
        }).observe({ type: "paint", buffered: true }),
      ),
  );
  expect(paint).toBeLessThan(1000);
});

test("in training, the page answers a click within 100 ms, and no task is longer", bestOfThree, async () => {
  const visit = await visitor();
  const { page } = visit;
  await visit.press("Train");
  await visit.waitForText("fx-status", /Iteration[1-9]\d+ of 600/);
  const next = await visit.find("Next curve", "button");
  const answers: number[] = [];
  const longest = await longestTask(visit, async () => {
    for (let i = 0; i < 10; i++) {
      // From the click's arrival to the frame after the page has changed.
      const answer = page.evaluate(
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
      answers.push(await answer);
    }
  });
  await visit.press("Stop");
  await visit.waitForText("fx-status", /stopped/);
  expect(longest).toBeLessThan(100);
  expect(Math.max(...answers)).toBeLessThan(100);
});

test("what is no function is told within 350 ms, however long it is", bestOfThree, async () => {
  const visit = await visitor({ at: "#your-function", width: 360, height: 740 });
  // The page waits 150 ms for the next key before it reads.
  for (const [text] of noFunctions) {
    await enterFunction(visit, "x");
    await answered(visit, "f(x) = x");
    expect((await refused(visit, text)).after).toBeLessThan(150 + 200);
  }
});

test(
  "measuring in the laboratory beside a training makes no task longer than 100 ms",
  bestOfThree,
  async () => {
    const visit = await visitor({ at: tiny("&epochs=20") });
    const { page } = visit;
    await visit.press("Train");
    await visit.waitForText("fx-status", /run 1: completed/);
    await waitForKeptRuns(visit, 1);
    await visit.open("?v=1&preset=quick&network=cnn#laboratory");
    await visit.waitForText("fx-laboratory", /CNN of run 1\./);
    await visit.press("Train");
    const iteration = (): Promise<number> =>
      page.evaluate(() => document.querySelector("fx-app")?.session.active?.history.length ?? 0);
    await until("training does not begin", async () => (await iteration()) > 10 || undefined);
    const longest = await longestTask(visit, async () => {
      await visit.press("Measure my networks");
      await visit.element("fx-laboratory >>> wa-progress-bar");
      await visit.waitForText("fx-laboratory", /Your networks/);
    });
    await visit.press("Stop");
    await visit.waitForText("fx-status", /stopped/);
    expect(longest).toBeLessThan(100);
  },
);
