import type { Page, WebWorker } from "puppeteer";
import { describe, expect, inject, test } from "vitest";
import { insecureHost, launchChrome } from "../../bench/chrome/launch";
import { readMetricsCsv } from "../../src/formats/csv";
import { waitForKeptIteration } from "./kept";
import { tiny, until, type Visit } from "./visit";
import { receiveVisitors } from "./visitors";

/** Points drawn in every chart of a panel. */
const pointsIn = (visit: Visit, panel: string): Promise<number[]> =>
  visit.page.$$eval(`>>> ${panel} >>> fx-chart`, (charts) =>
    charts.map((chart) => Number((chart as HTMLElement).dataset.points)),
  );

const isDisabled = async (visit: Visit, button: string): Promise<boolean> =>
  (await visit.find(button, "button")).evaluate((element) =>
    element.matches(":disabled, [aria-disabled=true]"),
  );

/** The page cannot train: it shows the recorded run instead, as such. */
async function expectRecordedRun(visit: Visit): Promise<void> {
  expect(await visit.waitForText("fx-status", /^recorded: completed/)).toMatch(/Iteration(\d+) of \1Epoch/);
  for (const panel of ["fx-progress", "fx-predictions"]) {
    const tag = await visit.element(`${panel} >>> wa-tag`);
    expect(await tag.evaluate(({ textContent }) => textContent)).toBe("recorded");
    const points = await until(`${panel} draws nothing`, async () => {
      const counts = await pointsIn(visit, panel);
      return counts.length > 0 && counts.every((count) => count > 0) ? counts : undefined;
    });
    expect(points).toHaveLength(panel === "fx-progress" ? 2 : 6);
    expect(Math.min(...points)).toBeGreaterThanOrEqual(100);
  }
  expect(await visit.text(".shown")).toContain("recorded");
  expect(await isDisabled(visit, "Train")).toBe(true);
}

const visitor = receiveVisitors();

describe("without WebGPU, on a page that is not secure", () => {
  test("the page says what is missing and what to do, and shows the recorded run", async () => {
    const site = new URL(inject("site"));
    site.hostname = insecureHost;
    const visit = await visitor({ site: site.href });
    expect(await visit.page.evaluate(() => "gpu" in navigator)).toBe(false);
    const notice = await visit.waitForText("fx-notices", /what you see below is a run recorded elsewhere/);
    expect(notice).toMatch(/This browser has no WebGPU.*Nothing can be trained here/);
    expect(notice).toContain("Open the page over https or from localhost");
    await expectRecordedRun(visit);
  });
});

describe("without an adapter", () => {
  const visitor = receiveVisitors(() => launchChrome("none"));

  test("the page says what is missing and what to do, and shows the recorded run", async () => {
    const visit = await visitor();
    expect(await visit.page.evaluate(async () => (await navigator.gpu.requestAdapter()) === null)).toBe(true);
    const notice = await visit.waitForText("fx-notices", /what you see below is a run recorded elsewhere/);
    expect(notice).toMatch(
      /The browser offers no GPU.*no WebGPU adapter was found.*Switch hardware acceleration on/,
    );
    await expectRecordedRun(visit);
  });

  test("what a typed function comes to is told none the less", async () => {
    const visit = await visitor({ at: "#your-function" });
    expect(await visit.waitForText("fx-your-function", /local least squares/)).toMatch(/RMSE \d/);
  });
});

const long = tiny("&epochs=600");

/** The worker, once its code runs. */
const workerOf = (visit: Visit): Promise<WebWorker> =>
  until("there is no training worker", async () => {
    const [worker] = visit.page.workers();
    return (await worker?.evaluate(() => "GPUDevice" in globalThis)) ? worker : undefined;
  });

/** What the training worker remembers for the tests. */
interface Watched {
  /** That was used last and has not been lost. */
  device: GPUDevice | undefined;
  readonly gone: WeakSet<GPUDevice>;
}

/** From now on the training worker remembers the device that it uses. */
const watchDevice = async (visit: Visit): Promise<void> =>
  (await workerOf(visit)).evaluate(() => {
    const watched: Watched = { device: undefined, gone: new WeakSet() };
    Object.assign(globalThis, { watched });
    const { createCommandEncoder } = GPUDevice.prototype;
    GPUDevice.prototype.createCommandEncoder = function (descriptor) {
      if (!watched.gone.has(this)) watched.device = this;
      return createCommandEncoder.call(this, descriptor);
    };
  });

/** Each call loses another device. */
async function loseDevice(visit: Visit): Promise<void> {
  const worker = await workerOf(visit);
  await until("the training worker uses no device", () =>
    worker.evaluate(() => {
      const { watched } = globalThis as unknown as { watched: Watched };
      if (!watched.device) return undefined;
      watched.gone.add(watched.device);
      watched.device.destroy();
      watched.device = undefined;
      return true;
    }),
  );
}

const iterationOf = (status: string): number => Number(/Iteration(\d+) of/.exec(status)?.[1]);

/** Waits until training has come this far. */
const trainTo = (visit: Visit, iteration: number): Promise<string> =>
  until(`training does not come to iteration ${iteration}`, async () => {
    const status = await visit.text("fx-status");
    return /run \d+: training/.test(status) && iterationOf(status) >= iteration ? status : undefined;
  });

/** Every iteration of the shown run, as it is exported and as it is drawn. */
async function iterationsOf(visit: Visit, run: number): Promise<{ exported: number[]; drawn: number[] }> {
  const csv = await visit.save(`fluxion-cnn-run-${run}-metrics.csv`, () =>
    visit.export("Metrics of every iteration (CSV)"),
  );
  const drawn = await visit.page.$eval(">>> fx-progress >>> fx-chart", ({ data }) => [...data[0]]);
  return { exported: readMetricsCsv(csv.toString(), "metrics").map(({ iteration }) => iteration), drawn };
}

const upTo = (iterations: number): number[] => Array.from({ length: iterations }, (_, i) => i + 1);

describe("when the device is lost", () => {
  test("in mid-training, it goes on from the last snapshot to the result it would have had", async () => {
    const visit = await visitor({ at: long });
    await watchDevice(visit);
    await visit.press("Train");
    await trainTo(visit, 200);
    await visit.press("Pause");
    const paused = iterationOf(await visit.waitForText("fx-status", /run 1: paused/));
    await visit.press("Resume");
    await trainTo(visit, paused + 200);
    await loseDevice(visit);
    const notice = await visit.waitForText("fx-notices", /The GPU device was lost/);
    const from = Number(/Training goes on from iteration (\d+) on a new device/.exec(notice)?.[1]);
    expect(from).toBeGreaterThanOrEqual(paused);
    await visit.waitForText("fx-status", /run 1: completed.*Iteration3000 of 3000/);
    expect(await iterationsOf(visit, 1)).toEqual({ exported: upTo(3000), drawn: upTo(3000) });
    const model = (run: number) =>
      visit.save(`fluxion-cnn-run-${run}-model.safetensors`, () =>
        visit.export("Trained network (safetensors)"),
      );
    const recovered = await model(1);
    await visit.press("Train");
    await visit.waitForText("fx-status", /run 2: completed/);
    expect(Buffer.compare(await model(2), recovered)).toBe(0);
  });

  test("before the first snapshot, it begins anew", async () => {
    const visit = await visitor({ at: long });
    await watchDevice(visit);
    await visit.press("Train");
    await trainTo(visit, 50);
    await loseDevice(visit);
    await visit.waitForText("fx-notices", /Training goes on from iteration 0 on a new device/);
    await visit.waitForText("fx-status", /run 1: completed/);
    expect(await iterationsOf(visit, 1)).toEqual({ exported: upTo(3000), drawn: upTo(3000) });
  });

  describe("a second time in the same run", () => {
    /** Loses two devices; returns from which iteration on the run had been kept. */
    async function loseTwice(visit: Visit): Promise<number> {
      await watchDevice(visit);
      await visit.press("Train");
      await trainTo(visit, 50);
      await visit.press("Pause");
      const kept = iterationOf(await visit.waitForText("fx-status", /run 1: paused/));
      await visit.press("Resume");
      await trainTo(visit, kept + 50);
      await loseDevice(visit);
      await visit.waitForText("fx-notices", /Training goes on/);
      await trainTo(visit, kept + 50);
      await loseDevice(visit);
      const notice = await visit.waitForText("fx-notices", /The GPU device was lost again/);
      expect(notice).toContain("Close other programs that use the GPU and reload the page");
      expect(await visit.text('[role="status"]')).toBe("The GPU device was lost again.");
      await visit.waitForText("fx-status", /^recorded: completed/);
      return kept;
    }

    test("it stops with advice, and another run can be trained", async () => {
      const visit = await visitor({ at: long });
      await loseTwice(visit);
      await visit.press("Train");
      await visit.waitForText("fx-status", /run 2: completed/);
      expect(await iterationsOf(visit, 2)).toEqual({ exported: upTo(3000), drawn: upTo(3000) });
    });

    test("it stops, and goes on after the reload that is advised", async () => {
      const visit = await visitor({ at: long });
      const kept = await loseTwice(visit);
      await visit.page.reload({ waitUntil: "load" });
      const status = await visit.waitForText("fx-status", /run 1: paused/);
      expect(iterationOf(status)).toBeGreaterThanOrEqual(kept);
      await visit.press("Resume");
      await visit.waitForText("fx-status", /run 1: completed/);
      expect(await iterationsOf(visit, 1)).toEqual({ exported: upTo(3000), drawn: upTo(3000) });
    });
  });

  test("while paused, it stands paused again where it was", async () => {
    const visit = await visitor({ at: long });
    await watchDevice(visit);
    await visit.press("Train");
    await trainTo(visit, 50);
    await visit.press("Pause");
    const paused = iterationOf(await visit.waitForText("fx-status", /run 1: paused/));
    await waitForKeptIteration(visit, paused);
    await loseDevice(visit);
    await visit.waitForText("fx-notices", new RegExp(`Training goes on from iteration ${paused} on`));
    await visit.waitForText("fx-status", new RegExp(`run 1: paused.*Iteration${paused} of`));
    await visit.press("Step");
    await visit.waitForText("fx-status", new RegExp(`run 1: paused.*Iteration${paused + 1} of`));
    await visit.press("Resume");
    await visit.waitForText("fx-status", /run 1: completed/);
    expect(await iterationsOf(visit, 1)).toEqual({ exported: upTo(3000), drawn: upTo(3000) });
  });

  test("while kernels are compiled, they are compiled anew on another", async () => {
    const visit = await visitor({ at: long });
    await (await workerOf(visit)).evaluate(() => {
      const { createComputePipelineAsync } = GPUDevice.prototype;
      GPUDevice.prototype.createComputePipelineAsync = function (descriptor) {
        GPUDevice.prototype.createComputePipelineAsync = createComputePipelineAsync;
        this.destroy();
        return createComputePipelineAsync.call(this, descriptor);
      };
    });
    await visit.press("Train");
    await visit.waitForText("fx-notices", /Training goes on from iteration 0 on a new device/);
    await visit.waitForText("fx-status", /run 1: completed/);
    expect(await iterationsOf(visit, 1)).toEqual({ exported: upTo(3000), drawn: upTo(3000) });
  });

  test("while nothing is trained, the next training has a new one", async () => {
    const visit = await visitor({ at: tiny("&epochs=20") });
    await watchDevice(visit);
    await visit.press("Train");
    await visit.waitForText("fx-status", /run 1: completed/);
    await loseDevice(visit);
    await visit.press("Train");
    await visit.waitForText("fx-status", /run 2: completed/);
    expect(await visit.text("fx-notices")).not.toContain("lost");
  });
});

describe("a training that cannot be", () => {
  /** The page trains other options as if nothing had been. */
  async function expectUsable(visit: Visit): Promise<void> {
    await visit.press("Reset all");
    await visit.press("Train");
    await visit.waitForText("fx-status", /: training.*Iteration[1-9]/);
    await visit.press("Stop");
    await visit.waitForText("fx-status", /: stopped/);
  }

  test("is refused where a network is too wide for any buffer, with advice", async () => {
    const visit = await visitor({ at: "?v=1&preset=quick&network=cnn&filters=4096&kernel=1024" });
    await visit.press("Train");
    const notice = await visit.waitForText("fx-notices", /Out of memory/);
    expect(notice).toMatch(/needs \S+ MiB.*use a smaller batch, a narrower network or fewer curves/);
    await expectUsable(visit);
  });

  test("is refused where the curves do not fit into the page's memory, with advice", async () => {
    const visit = await visitor({ at: tiny("&epochs=20") });
    const worker = await workerOf(visit);
    await worker.evaluate(() => {
      const Own = Float32Array;
      const construct = (target: typeof Own, args: readonly unknown[]): Float32Array => {
        if (Number(args[0]) >= 1000) throw new RangeError("Array buffer allocation failed");
        return Reflect.construct(target, args);
      };
      Object.assign(globalThis, { Own, Float32Array: new Proxy(Own, { construct }) });
    });
    await visit.press("Train");
    const notice = await visit.waitForText("fx-notices", /Out of memory/);
    expect(notice).toMatch(/the curves do not fit into memory.*use fewer or shorter ones/);
    await worker.evaluate(() => {
      const { Own } = globalThis as unknown as { Own: Float32ArrayConstructor };
      Object.assign(globalThis, { Float32Array: Own });
    });
    await expectUsable(visit);
  });

  test("is stopped when it diverges, told where, and listed as diverged", async () => {
    const visit = await visitor({ at: tiny("&learnRate=1000000&clip=none") });
    await visit.press("Train");
    await visit.waitForText("fx-status", /run 1: diverged/);
    const notice = await visit.text("fx-notices");
    expect(notice).toMatch(/Training diverged.*iteration \d+: \S+ .*is not finite/);
    expect(notice).toContain("Try a smaller learning rate or a gradient threshold.");
    expect(await visit.waitForText("fx-runs", /run 1/)).toContain("diverged");
    await expectUsable(visit);
  });
});

describe("a training worker", () => {
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

  test("that breaks in mid-training is told, and another one trains", async () => {
    const visit = await visitor({ at: long });
    await visit.press("Train");
    await trainTo(visit, 50);
    await (await workerOf(visit)).evaluate(() => {
      setTimeout(() => {
        throw new Error("broken on purpose");
      });
    });
    const notice = await visit.waitForText("fx-notices", /Training failed/);
    expect(notice).toMatch(/broken on purpose.*Restart training/);
    await visit.press("Train");
    await visit.waitForText("fx-status", /run 2: completed/);
  });
});
