import { describe, expect, test } from "vitest";
import { calculusFunctions } from "../../src/calculus";
import { Brake } from "./brake";
import { tiny, until, type Visit } from "./visit";
import { keepVisitor, receiveVisitors } from "./visitors";

const visitor = receiveVisitors();

const iterationOf = (status: string): number => Number(/Iteration(\d+) of/.exec(status)?.[1]);
const rmseOf = (status: string): number => Number(/Validation RMSE(\S+)/.exec(status)?.[1]);

/** Points drawn in every chart of a panel, by the chart's title. */
const pointsOf = (visit: Visit, panel: string): Promise<Record<string, number>> =>
  visit.page.$$eval(`>>> ${panel} >>> fx-chart`, (charts) =>
    Object.fromEntries(
      charts.map((chart) => [
        chart.shadowRoot?.querySelector(".title")?.textContent?.trim() ?? "",
        Number((chart as HTMLElement).dataset.points),
      ]),
    ),
  );

describe("a visitor trains", () => {
  test("a CNN to its end, and sees it learn", async () => {
    const options = "curves=180&samples=50&filters=8&batch=10&epochs=20";
    const visit = await visitor({ at: `?v=1&preset=quick&network=cnn&${options}` });
    const { page } = visit;
    const brake = await Brake.into(visit);
    await brake.train();
    const picture = async () => (await visit.element("fx-progress >>> fx-chart >>> canvas")).screenshot();
    const early = await picture();
    const before = iterationOf(await visit.text("fx-status"));
    expect(before).toBeLessThan(50);
    const guess = rmseOf(await visit.text("fx-status"));
    await brake.release();

    const status = await visit.waitForText("fx-status", /run 1: completed/);
    expect(Buffer.compare(await picture(), early)).not.toBe(0);
    expect(iterationOf(status)).toBe(300);
    expect(rmseOf(status)).toBeLessThan(0.9 * guess);
    // 300 raw, 300 smoothed, 7 validations (1, 50 … 300) and the final one.
    await until(
      "the charts are not whole",
      async () =>
        Object.values(await pointsOf(visit, "fx-progress")).every((points) => points > 600) || undefined,
    );
    expect(await pointsOf(visit, "fx-progress")).toEqual({ RMSE: 608, Loss: 608 });
    expect(await visit.text('[role="status"]')).toMatch(
      /Training completed after 300 iterations, RMSE \d\.\d+ against the clean derivative\./,
    );

    const plots = await pointsOf(visit, "fx-predictions");
    expect(Object.keys(plots)).toEqual(calculusFunctions.map(({ title }) => title));
    // Fifty targets, and the predictions.
    expect(Object.values(plots)).toEqual(Array(6).fill(100));
    const specs = await page.$$eval(">>> fx-predictions >>> fx-chart", (charts) =>
      charts.map(({ spec: { x, y } }) => ({ x: x.range, y: y.range, ticks: y.ticks })),
    );
    expect(specs).toEqual(
      calculusFunctions.map(({ yLimits, yTicks }) => ({ x: [-1, 1], y: yLimits, ticks: yTicks })),
    );
    const runs = await visit.waitForText("fx-runs", /run 1/);
    expect(runs).toContain("CNN");
  });

  test("a BiLSTM with pauses and single steps, to its end", async () => {
    const visit = await visitor({ at: tiny("&epochs=20", "bilstm", 4) });
    const brake = await Brake.into(visit);
    await brake.train();
    const guess = rmseOf(await visit.text("fx-status"));
    const paused = await brake.pause();
    // Each step is one: nothing has gone on meanwhile.
    for (const further of [1, 2]) {
      await visit.press("Step");
      await visit.waitForText("fx-status", new RegExp(`paused.*Iteration${paused + further} of 100`));
    }
    await visit.press("Resume");
    const status = await visit.waitForText("fx-status", /run 1: completed/);
    expect(iterationOf(status)).toBe(100);
    expect(rmseOf(status)).toBeLessThan(guess);
    await until(
      "the charts are not whole",
      async () =>
        Object.values(await pointsOf(visit, "fx-progress")).every((points) => points > 200) || undefined,
    );
    expect(await pointsOf(visit, "fx-progress")).toEqual({ RMSE: 204, Loss: 204 });
  });
});

describe("a visitor", () => {
  const endless = "&epochs=100000";
  const kept = keepVisitor({ at: tiny(endless) });

  /** Trains what is chosen, and returns the number of its run. */
  async function train(visit: Visit): Promise<number> {
    await visit.press("Train");
    const status = await visit.waitForText("fx-status", /run \d+: training.*Iteration[1-9]/);
    return Number(/run (\d+)/.exec(status)?.[1]);
  }

  async function stop(visit: Visit, run: number): Promise<string> {
    await visit.press("Stop");
    return visit.waitForText("fx-status", new RegExp(`run ${run}: stopped`));
  }

  test("stops a training and keeps what it has learnt", async () => {
    const visit = kept();
    const run = await train(visit);
    const status = await stop(visit, run);
    expect(iterationOf(status)).toBeLessThan(500_000);
    expect(rmseOf(status)).toBeLessThan(2);
    expect(await visit.waitForText("fx-runs", new RegExp(`run ${run}`))).toContain("stopped");
  });

  test("restarts a training with other options", async () => {
    const visit = kept();
    const run = await train(visit);
    const seed = await visit.find("Seed", "textbox");
    await visit.click(seed, 3);
    await visit.page.keyboard.type("7");
    await visit.page.keyboard.press("Tab");
    await visit.waitForText("fx-controls", /Other options are running/);
    await visit.press("Restart");
    await visit.waitForText(".shown", new RegExp(`run ${run + 1} .*seed 7`));
    expect(await visit.text("fx-runs")).toMatch(new RegExp(`run ${run} .*stopped`));
    await visit.waitForText("fx-status", new RegExp(`run ${run + 1}: training`));
    await stop(visit, run + 1);
  });

  test("pauses and resumes faster than the training can follow, and asks meanwhile", async () => {
    const visit = kept();
    const { page } = visit;
    const run = await train(visit);
    // The session's own methods: no hand is so quick.
    const asked = await page.evaluate(async () => {
      const session = document.querySelector("fx-app")?.session;
      if (!session?.experiment) throw new Error("there is nothing to train");
      const { experiment } = session;
      const next = (phase: string) =>
        new Promise<void>((resolve) => {
          const end = session.on("state", () => {
            if (session.phase !== phase) return;
            end();
            resolve();
          });
        });
      for (let i = 0; i < 5; i++) {
        const paused = next("paused");
        session.pause();
        await paused;
        session.resume();
        session.pause();
        session.resume();
      }
      const profile = session.ask({ kind: "profile", experiment });
      session.pause();
      session.resume();
      return (await profile).kernels.length;
    });
    expect(asked).toBeGreaterThan(10);
    const before = iterationOf(await visit.text("fx-status"));
    await until(
      "training does not go on",
      async () => iterationOf(await visit.text("fx-status")) > before + 5 || undefined,
    );
    await stop(visit, run);
  });

  test("hides the tab, which keeps training", async () => {
    const visit = kept();
    const { page } = visit;
    const run = await train(visit);
    const iteration = (): Promise<number> =>
      page.evaluate(() => document.querySelector("fx-app")?.session.active?.history.length ?? 0);
    const visibility = (): Promise<DocumentVisibilityState> => page.evaluate(() => document.visibilityState);
    const session = await page.createCDPSession();
    const { windowId } = await session.send("Browser.getWindowForTarget");
    await session.send("Browser.setWindowBounds", { windowId, bounds: { windowState: "minimized" } });
    await until("the tab is not hidden", async () => (await visibility()) === "hidden" || undefined);
    const before = await iteration();
    await until("training stands still", async () => (await iteration()) > before + 50 || undefined);
    expect(await visibility()).toBe("hidden");
    await session.send("Browser.setWindowBounds", { windowId, bounds: { windowState: "normal" } });
    await stop(visit, run);
  });

  test("trains while a question is being answered: one waits for the other", async () => {
    const visit = kept();
    await visit.choose({ epochs: 2 });
    const order = await visit.page.evaluate(async () => {
      const session = document.querySelector("fx-app")?.session;
      if (!session?.experiment) throw new Error("there is nothing to train");
      const heard: string[] = [];
      const profile = session
        .ask({ kind: "profile", experiment: session.experiment })
        .then(() => heard.push("answered"));
      session.on("progress", () => heard.push("progress"));
      session.train();
      await profile;
      return heard;
    });
    expect(order).toEqual(["answered"]);
    await visit.waitForText("fx-status", /: completed/);
  });
});
