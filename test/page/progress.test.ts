/** What must move while a network trains and nobody touches the page. */
import { expect, test } from "vitest";
import { tiny, until, type Visit } from "./visit";
import { receiveVisitors } from "./visitors";

const visitor = receiveVisitors();

const iterationOf = (status: string): number => Number(/Iteration(\d+) of/.exec(status)?.[1]);

/** What the eye finds in the canvases of a panel's charts. */
interface Seen {
  /** Pixels of a chart. */
  readonly pictures: readonly string[];
  /** Ends of the x axes. */
  readonly ends: readonly number[];
}

/**
 * Reads the canvases as they are: a screenshot would scroll the page, which may draw it anew. So would the training's end,
 * before which it must be seen.
 */
async function look({ page }: Visit, panel: string): Promise<Seen> {
  const { phase, ...seen } = await page.$$eval(`>>> ${panel} >>> fx-chart`, (charts) => ({
    pictures: charts.map((chart) => chart.shadowRoot?.querySelector("canvas")?.toDataURL() ?? ""),
    ends: charts.map(({ spec }) => spec.x.range?.[1] ?? 0),
    phase: document.querySelector("fx-app")?.session.phase,
  }));
  expect(phase).toBe("running");
  return seen;
}

test("a training that nobody touches is seen to go on, and the next one begins anew", async () => {
  // Five iterations an epoch: the first is over in a moment, the last is never reached.
  const visit = await visitor({ at: tiny("&epochs=10000") });
  const { page } = visit;
  // What still loads would render the page later.
  await visit.waitForText("fx-runs", /recorded.*recorded/);
  await visit.press("Train");
  await visit.waitForText("fx-status", /run 1: training/);
  const waitFor = (iteration: number): Promise<number> =>
    until(`training does not reach iteration ${iteration}`, async () => {
      const now = iterationOf(await visit.text("fx-status"));
      return now >= iteration ? now : undefined;
    });
  await waitFor(25);
  for (const width of [1440, 360]) {
    await page.setViewport({ width, height: 900 });
    const [progress, predictions] = [await look(visit, "fx-progress"), await look(visit, "fx-predictions")];
    const runs = await visit.text("fx-runs");
    // Beyond the axis as it stands, whatever the machine's speed.
    const reached = await waitFor(2 * Math.max(...progress.ends) + 1);
    await until("the charts end before where training is", async () => {
      const { ends } = await look(visit, "fx-progress");
      return (ends.length === 2 && ends.every((end) => end >= reached)) || undefined;
    });
    for (const [panel, before] of [
      ["fx-progress", progress],
      ["fx-predictions", predictions],
    ] as const)
      await until(`not every chart of ${panel} has moved`, async () => {
        const { pictures } = await look(visit, panel);
        return pictures.every((picture, i) => picture !== before.pictures[i]) || undefined;
      });
    expect(await visit.text("fx-runs")).not.toBe(runs);
  }
  expect(await visit.text("fx-status")).toMatch(/run 1: training/);
  await visit.press("Stop");
  await visit.waitForText("fx-status", /run 1: stopped/);

  // Whatever it shows until it trains: kernels are compiled meanwhile, or are there already.
  const shown = await page.evaluate(async () => {
    const session = document.querySelector("fx-app")?.session;
    const root = document.querySelector("fx-app")?.shadowRoot?.querySelector("fx-status")?.shadowRoot;
    if (!session || !root) throw new Error("there is no status");
    const texts = new Set<string>();
    const watch = new MutationObserver(() => {
      if (session.phase !== "building") return;
      const bar = root.querySelector("wa-progress-bar");
      texts.add(`${root.textContent} ${bar?.value}`.replace(/\s+/g, " ").trim());
    });
    watch.observe(root, { subtree: true, childList: true, characterData: true, attributes: true });
    session.train();
    while (session.phase === "building") await new Promise(requestAnimationFrame);
    watch.disconnect();
    return [...texts];
  });
  const first = shown.find((text) => text.includes("compiling kernels …"));
  expect(first).toMatch(/^compiling kernels … Iteration–Epoch–.*Validation RMSE– 0(\.0)?$/);
  expect(shown.filter((text) => text.includes("run 1"))).toEqual([]);
  await visit.press("Stop");
});
