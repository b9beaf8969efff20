/** Holds what the GPU answers a training in its worker: however fast it trains, it stands where a test wants it. */
import type { WebWorker } from "puppeteer";
import { until, type Visit } from "./visit";

/** What the training worker remembers for the tests. */
interface Held {
  /** Answers that still arrive. */
  allowed: number;
  waiting: (() => void)[];
  /** The device that was used last and has not been lost. */
  device: GPUDevice | undefined;
  readonly gone: WeakSet<GPUDevice>;
  /** Asks for a snapshot, as the worker does every so many milliseconds. */
  save: (() => void) | undefined;
  interval: number | undefined;
}

/** The worker, once its code runs. */
export const workerOf = (visit: Visit): Promise<WebWorker> =>
  until("there is no training worker", async () => {
    const [worker] = visit.page.workers();
    return (await worker?.evaluate(() => "GPUDevice" in globalThis)) ? worker : undefined;
  });

export class Brake {
  readonly #visit: Visit;
  readonly #worker: WebWorker;

  private constructor(visit: Visit, worker: WebWorker) {
    this.#visit = visit;
    this.#worker = worker;
  }

  /** Puts a brake into the worker that the page has now: it lets all answers through until it is told otherwise. */
  static async into(visit: Visit): Promise<Brake> {
    const worker = await workerOf(visit);
    await worker.evaluate(() => {
      const held: Held = {
        allowed: Number.POSITIVE_INFINITY,
        waiting: [],
        device: undefined,
        gone: new WeakSet(),
        save: undefined,
        interval: undefined,
      };
      Object.assign(globalThis, { held });
      const { mapAsync } = GPUBuffer.prototype;
      GPUBuffer.prototype.mapAsync = async function (...range) {
        if (this.label.startsWith("training results") && --held.allowed < 0)
          await new Promise<void>((resolve) => held.waiting.push(resolve));
        return mapAsync.apply(this, range);
      };
      const { createCommandEncoder } = GPUDevice.prototype;
      GPUDevice.prototype.createCommandEncoder = function (descriptor) {
        if (!held.gone.has(this)) held.device = this;
        return createCommandEncoder.call(this, descriptor);
      };
      const start = globalThis.setInterval;
      const remember = (action: () => void, interval: number): ReturnType<typeof start> => {
        Object.assign(held, { save: action, interval });
        return start(action, interval);
      };
      Object.assign(globalThis, { setInterval: remember });
    });
    return new Brake(visit, worker);
  }

  /** Trains until so many submits have been answered, and returns the number of the run that then stands. */
  async train(answers = 2): Promise<number> {
    await this.hold(answers);
    await this.#visit.press("Train");
    await this.stands();
    const status = await this.#visit.waitForText("fx-status", /run \d+: training.*Iteration[1-9]/);
    return Number(/run (\d+): training/.exec(status)?.[1]);
  }

  /** Pauses where it stands, and returns after which iteration. */
  async pause(): Promise<number> {
    await this.#visit.press("Pause");
    await this.release();
    const status = await this.#visit.waitForText("fx-status", /run \d+: paused/);
    return Number(/Iteration(\d+) of/.exec(status)?.[1]);
  }

  /** Goes on from a pause until so many submits more have been answered. */
  async resume(answers = 1): Promise<void> {
    await this.hold(answers);
    await this.#visit.press("Resume");
    await this.stands();
  }

  /** Waits until training stands. */
  async stands(): Promise<void> {
    await until("training does not stand", () => this.#worker.evaluate(isWaited));
  }

  /** Lets all answers through. */
  async release(): Promise<void> {
    await this.hold(Number.MAX_SAFE_INTEGER);
  }

  /** Has what the interval would have: returns its milliseconds, when training has been kept and stands further on. */
  async saveOnTime(): Promise<number | undefined> {
    const interval = await this.#worker.evaluate(() => {
      const { held } = globalThis as unknown as { held: Held };
      held.save?.();
      return held.interval;
    });
    // Those in flight come back first; what is answered next follows the snapshot.
    await this.hold(1);
    await this.stands();
    return interval;
  }

  /** Loses the device that trains. Each call loses another. */
  async loseDevice(): Promise<void> {
    await until("the training worker uses no device", () =>
      this.#worker.evaluate(() => {
        const { held } = globalThis as unknown as { held: Held };
        if (!held.device) return undefined;
        held.gone.add(held.device);
        held.device.destroy();
        held.device = undefined;
        return true;
      }),
    );
  }

  /** Lets what is held go, and so many answers after it. */
  hold(answers: number): Promise<void> {
    return this.#worker.evaluate((allowed) => {
      const { held } = globalThis as unknown as { held: Held };
      held.allowed = allowed;
      for (const pass of held.waiting.splice(0)) pass();
    }, answers);
  }
}

function isWaited(): true | undefined {
  return (globalThis as unknown as { held: Held }).held.waiting.length > 0 || undefined;
}
