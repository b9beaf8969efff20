import { describe, expect, test } from "vitest";
import { calculusFunctions } from "../../src/index";
import { tiny, until, type Visit } from "./visit";
import { receiveVisitors } from "./visitors";

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

describe("a visitor trains the quick CNN", () => {
  test("to its end, and sees it learn", async () => {
    const visit = await visitor();
    const { page } = visit;
    await visit.press("Train");
    await visit.waitForText("fx-status", /run 1: training/);
    await visit.waitForText("fx-status", /Iteration[1-9]\d+ of 600/);
    const chart = await visit.element("fx-progress >>> fx-chart >>> canvas");
    const [early, before] = [await chart.screenshot(), iterationOf(await visit.text("fx-status"))];
    const guess = await pointsOf(visit, "fx-progress");
    await visit.waitForText("fx-status", /Iteration[2-5]\d\d of 600/);
    expect(Buffer.compare(await chart.screenshot(), early)).not.toBe(0);
    const later = await pointsOf(visit, "fx-progress");
    // Raw and smoothed, at least, for every further iteration.
    expect(later.RMSE - guess.RMSE).toBeGreaterThan(2 * (200 - before - 100));

    const status = await visit.waitForText("fx-status", /run 1: completed/);
    expect(iterationOf(status)).toBe(600);
    expect(rmseOf(status)).toBeGreaterThan(0.2);
    expect(rmseOf(status)).toBeLessThan(0.7);
    const drawn = await pointsOf(visit, "fx-progress");
    // 600 raw, 600 smoothed, 13 validations (1, 50 … 600) and the final one.
    expect(drawn).toEqual({ RMSE: 1214, Loss: 1214 });
    expect(await visit.text('[role="status"]')).toMatch(
      /Training completed after 600 iterations, RMSE 0\.\d+ against the clean derivative\./,
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
});

describe("a visitor trains the quick BiLSTM", () => {
  test("with pauses and single steps, to its end", async () => {
    const visit = await visitor({ at: "?v=1&preset=quick&network=bilstm" });
    await visit.press("Train");
    await visit.waitForText("fx-status", /Iteration[1-9]\d* of 600/);
    await visit.press("Pause");
    const paused = iterationOf(await visit.waitForText("fx-status", /run 1: paused/));
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(iterationOf(await visit.text("fx-status"))).toBe(paused);
    for (const further of [1, 2]) {
      await visit.press("Step");
      await visit.waitForText("fx-status", new RegExp(`paused.*Iteration${paused + further} of 600`));
    }
    await visit.press("Resume");
    const status = await visit.waitForText("fx-status", /run 1: completed/, 500);
    expect(iterationOf(status)).toBe(600);
    expect(rmseOf(status)).toBeGreaterThan(0.2);
    expect(rmseOf(status)).toBeLessThan(0.7);
    expect(await pointsOf(visit, "fx-progress")).toEqual({ RMSE: 1214, Loss: 1214 });
  });
});

describe("a visitor", () => {
  test("stops a training and keeps what it has learnt", async () => {
    const visit = await visitor();
    await visit.press("Train");
    await visit.waitForText("fx-status", /Iteration[1-9]\d+ of 600/);
    await visit.press("Stop");
    const status = await visit.waitForText("fx-status", /run 1: stopped/);
    expect(iterationOf(status)).toBeLessThan(600);
    expect(rmseOf(status)).toBeLessThan(2);
    expect(await visit.waitForText("fx-runs", /run 1/)).toContain("stopped");
  });

  test("restarts a training with other options", async () => {
    const visit = await visitor({
      at: "?v=1&preset=quick&network=cnn&curves=60&batch=10&epochs=1000",
    });
    await visit.press("Train");
    await visit.waitForText("fx-status", /Iteration[1-9]\d* of 5000/);
    const seed = await visit.find("Seed", "textbox");
    await visit.click(seed, 3);
    await visit.page.keyboard.type("7");
    await visit.page.keyboard.press("Tab");
    await visit.waitForText("fx-controls", /Other options are running/);
    await visit.press("Restart");
    await visit.waitForText(".shown", /run 2 .*seed 7/);
    expect(await visit.text("fx-runs")).toMatch(/run 1 .*stopped/);
    await visit.press("Stop");
    await visit.waitForText("fx-status", /run 2: stopped/);
  });

  test("pauses and resumes faster than the training can follow, and asks meanwhile", async () => {
    const visit = await visitor({ at: tiny("&epochs=5000") });
    const { page } = visit;
    await visit.press("Train");
    await visit.waitForText("fx-status", /run 1: training.*Iteration[1-9]\d* of/);
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
    await visit.press("Stop");
    await visit.waitForText("fx-status", /run 1: stopped/);
  });

  test("trains while a question is being answered: one waits for the other", async () => {
    const visit = await visitor({ at: tiny("&epochs=20") });
    const { page } = visit;
    await until(
      "no adapter",
      async () =>
        (await page.evaluate(() => document.querySelector("fx-app")?.session.gpu.state === "ready")) ||
        undefined,
    );
    const order = await page.evaluate(async () => {
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
    await visit.waitForText("fx-status", /run 1: completed/);
  });
});
