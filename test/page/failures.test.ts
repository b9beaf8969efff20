import type { Page } from "puppeteer";
import { describe, expect, test } from "vitest";
import { readMetricsCsv } from "../../src/calculus/csv";
import { expectFoundRight } from "./axe";
import { Brake, workerOf } from "./brake";
import { waitForKeptIteration } from "./kept";
import { tiny, type Visit } from "./visit";
import { keepVisitor, receiveVisitors } from "./visitors";

/** Five iterations an epoch. */
const iterations = 100;
const link = tiny("&epochs=20");

const isDisabled = async (visit: Visit, button: string): Promise<boolean> =>
  (await visit.find(button, "button")).evaluate((element) =>
    element.matches(":disabled, [aria-disabled=true]"),
  );

/** Every iteration of the shown run, as it is exported and as it is drawn: none is missing. */
async function expectWhole(visit: Visit, run: number): Promise<void> {
  const csv = await visit.save(`fluxion-cnn-run-${run}-metrics.csv`, () =>
    visit.export("Metrics of every iteration (CSV)"),
  );
  const exported = readMetricsCsv(csv.toString(), "metrics").map(({ iteration }) => iteration);
  const drawn = await visit.page.$eval(">>> fx-progress >>> fx-chart", ({ data }) => [...data[0]]);
  const all = Array.from({ length: iterations }, (_, i) => i + 1);
  expect({ exported, drawn }).toEqual({ exported: all, drawn: all });
}

const modelOf = (visit: Visit, run: number): Promise<Buffer> =>
  visit.save(`fluxion-cnn-run-${run}-model.safetensors`, () => visit.export("Trained network (safetensors)"));

/** Takes note of what has been told, so that what comes is new. */
async function dismissAll(visit: Visit): Promise<void> {
  await visit.page.evaluate(() => {
    const session = document.querySelector("fx-app")?.session;
    for (const notice of session?.notices ?? []) session?.dismiss(notice);
  });
}

describe("when the device is lost", () => {
  const kept = keepVisitor({ at: link });
  let brake: Brake | undefined;

  /** A page of no past, and the brake of its worker. */
  async function begin(): Promise<readonly [visit: Visit, brake: Brake]> {
    const visit = kept();
    brake ??= await Brake.into(visit);
    await dismissAll(visit);
    return [visit, brake];
  }

  test("in mid-training, it goes on from the last snapshot to the result it would have had", async () => {
    const [visit, brake] = await begin();
    const run = await brake.train();
    const paused = await brake.pause();
    await brake.resume();
    await brake.loseDevice();
    await brake.release();
    const notice = await visit.waitForText("fx-notices", /The GPU device was lost/);
    const from = Number(/Training goes on from iteration (\d+) on a new device/.exec(notice)?.[1]);
    expect(from).toBeGreaterThanOrEqual(paused);
    await visit.waitForText("fx-status", new RegExp(`run ${run}: completed.*Iteration100 of 100`));
    await expectWhole(visit, run);
    const recovered = await modelOf(visit, run);
    await visit.press("Train");
    await visit.waitForText("fx-status", new RegExp(`run ${run + 1}: completed`));
    expect(Buffer.compare(await modelOf(visit, run + 1), recovered)).toBe(0);
  });

  test("before the first snapshot, it begins anew", async () => {
    const [visit, brake] = await begin();
    const run = await brake.train();
    await brake.loseDevice();
    await brake.release();
    await visit.waitForText("fx-notices", /Training goes on from iteration 0 on a new device/);
    await visit.waitForText("fx-status", new RegExp(`run ${run}: completed`));
    await expectWhole(visit, run);
  });

  test("while kernels are compiled, they are compiled anew on another", async () => {
    const [visit] = await begin();
    const worker = await workerOf(visit);
    await worker.evaluate(() => {
      const { createComputePipelineAsync } = GPUDevice.prototype;
      GPUDevice.prototype.createComputePipelineAsync = function (descriptor) {
        GPUDevice.prototype.createComputePipelineAsync = createComputePipelineAsync;
        this.destroy();
        return createComputePipelineAsync.call(this, descriptor);
      };
    });
    // Sizes for which nothing has been compiled.
    await visit.choose({ batch: 5, epochs: 10 });
    await visit.press("Train");
    await visit.waitForText("fx-notices", /Training goes on from iteration 0 on a new device/);
    const status = await visit.waitForText("fx-status", /run \d+: completed.*Iteration100 of 100/);
    await expectWhole(visit, Number(/run (\d+)/.exec(status)?.[1]));
  });

  test("while nothing is trained, the next training has a new one", async () => {
    const [visit, brake] = await begin();
    await visit.choose({ epochs: 20 });
    const train = async () => {
      const run = await brake.train();
      await brake.release();
      await visit.waitForText("fx-status", new RegExp(`run ${run}: completed`));
    };
    await train();
    await brake.loseDevice();
    await train();
    expect(await visit.text("fx-notices")).not.toContain("lost");
  });

  /** What is said when there is nothing left but a reload. */
  async function expectAdvice(visit: Visit): Promise<void> {
    const notice = await visit.waitForText("fx-notices", /The GPU device was lost again/);
    expect(notice).toContain("Close other programs that use the GPU and reload the page");
    expect(await visit.text('[role="status"]')).toBe("The GPU device was lost again.");
  }

  test("a second time in the same run, it stops with advice, and another run can be trained", async () => {
    const [visit, brake] = await begin();
    await visit.choose({ epochs: 20 });
    const run = await brake.train();
    await brake.loseDevice();
    await brake.hold(2);
    await visit.waitForText("fx-notices", /Training goes on/);
    await brake.stands();
    await brake.loseDevice();
    await brake.release();
    await expectAdvice(visit);
    // The run before is shown.
    await visit.waitForText("fx-status", /: completed/);
    await visit.press("Train");
    await visit.waitForText("fx-status", new RegExp(`run ${run + 1}: completed`));
    await expectWhole(visit, run + 1);
  });

  test("while paused, it stands paused again where it was; lost again, it goes on after the reload that is advised", async () => {
    const [visit, brake] = await begin();
    await visit.choose({ epochs: 20 });
    const run = await brake.train();
    const paused = await brake.pause();
    await waitForKeptIteration(visit, paused);
    await brake.loseDevice();
    await visit.waitForText("fx-notices", new RegExp(`Training goes on from iteration ${paused} on`));
    const standsAt = (iteration: number) => new RegExp(`run ${run}: paused.*Iteration${iteration} of`);
    await visit.waitForText("fx-status", standsAt(paused));
    await visit.press("Step");
    await visit.waitForText("fx-status", standsAt(paused + 1));
    await brake.resume();
    await brake.loseDevice();
    await brake.release();
    await expectAdvice(visit);
    await visit.page.reload({ waitUntil: "load" });
    const status = await visit.waitForText("fx-status", /run \d+: paused/);
    expect(Number(/Iteration(\d+) of/.exec(status)?.[1])).toBeGreaterThanOrEqual(paused);
    const again = Number(/run (\d+)/.exec(status)?.[1]);
    await visit.press("Resume");
    await visit.waitForText("fx-status", new RegExp(`run ${again}: completed`));
    await expectWhole(visit, again);
  });
});

describe("a training that cannot be", () => {
  const kept = keepVisitor({ at: "?v=1&preset=quick&network=cnn&filters=4096&kernel=1024" });

  /** The page trains other options as if nothing had been. */
  async function expectUsable(visit: Visit): Promise<void> {
    await visit.choose({ epochs: 100_000 });
    await visit.press("Train");
    await visit.waitForText("fx-status", /: training.*Iteration[1-9]/);
    await visit.press("Stop");
    await visit.waitForText("fx-status", /: stopped/);
  }

  test("is refused where a network is too wide for any buffer, with advice", async () => {
    const visit = kept();
    await visit.press("Train");
    const notice = await visit.waitForText("fx-notices", /Out of memory/);
    expect(notice).toMatch(/needs \S+ MiB.*use a smaller batch, a narrower network or less data/);
    await visit.press("Reset all");
    const { options } = await visit.page.evaluate(
      () => document.querySelector("fx-app")?.session.settings ?? { options: { seed: 1 } },
    );
    expect(options).toEqual({});
    await expectUsable(visit);
  });

  test("is refused where the curves do not fit into the page's memory, with advice", async () => {
    const visit = kept();
    await dismissAll(visit);
    const worker = await workerOf(visit);
    await worker.evaluate(() => {
      const Own = Float32Array;
      const construct = (target: typeof Own, args: readonly unknown[]): Float32Array => {
        if (Number(args[0]) >= 1000) throw new RangeError("Array buffer allocation failed");
        return Reflect.construct(target, args);
      };
      Object.assign(globalThis, { Own, Float32Array: new Proxy(Own, { construct }) });
    });
    await visit.choose({ epochs: 20 });
    await visit.press("Train");
    const notice = await visit.waitForText("fx-notices", /Out of memory/);
    expect(notice).toMatch(/the curves do not fit into memory.*use fewer or shorter ones/);
    await worker.evaluate(() => {
      const { Own } = globalThis as unknown as { Own: Float32ArrayConstructor };
      Object.assign(globalThis, { Float32Array: Own });
    });
    await expectUsable(visit);
  });

  test("is stopped when it diverges, told where, listed as diverged, and found right by axe", async () => {
    const visit = kept();
    await dismissAll(visit);
    await visit.choose({ learnRate: 1_000_000, clip: "none" });
    await visit.press("Train");
    const status = await visit.waitForText("fx-status", /run \d+: diverged/);
    const notice = await visit.text("fx-notices");
    expect(notice).toMatch(/Training diverged.*iteration \d+: \S+ .*is not finite/);
    expect(notice).toContain("Try a smaller learning rate or a gradient threshold.");
    const [run] = /run \d+/.exec(status) ?? [];
    expect(await visit.waitForText("fx-runs", new RegExp(`${run} `))).toContain("diverged");
    for (const theme of ["light", "dark"] as const) await expectFoundRight(visit, "diverged", theme);
    await expectUsable(visit);
  });

  test("breaks with its worker, is told, and another worker trains", async () => {
    const visit = kept();
    await dismissAll(visit);
    await visit.choose({ epochs: 100_000 });
    await visit.press("Train");
    await visit.waitForText("fx-status", /: training.*Iteration[1-9]/);
    await (await workerOf(visit)).evaluate(() => {
      setTimeout(() => {
        throw new Error("broken on purpose");
      });
    });
    const notice = await visit.waitForText("fx-notices", /Training failed/);
    expect(notice).toMatch(/broken on purpose.*Restart training/);
    await visit.choose({ epochs: 2 });
    await visit.press("Train");
    await visit.waitForText("fx-status", /: completed/);
  });
});

describe("a training worker", () => {
  const visitor = receiveVisitors();
  const refuseWorker = async (page: Page): Promise<void> => {
    await page.setRequestInterception(true);
    page.on("request", (request) =>
      /assets\/worker-/.test(request.url()) ? request.abort("failed") : request.continue(),
    );
  };

  test("that cannot be loaded is told, with advice", async () => {
    const visit = await visitor({ prepare: refuseWorker });
    const notice = await visit.waitForText("fx-notices", /The GPU refused to open/);
    expect(notice).toMatch(/the training worker could not be loaded.*reload this page/);
    expect(await isDisabled(visit, "Train")).toBe(true);
  });
});
