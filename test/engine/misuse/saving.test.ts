/** A `checkpoint.save` that never settles. */
import { afterEach, expect, test, vi } from "vitest";
import { Checkpoints } from "../../../src/engine/training/checkpoints";
import { defaultTrainingOptions } from "../../../src/engine/training/options";

afterEach(() => vi.useRealTimers());

const nothing = { learnables: new Map(), statistics: new Map(), moments: new Map() };
const checkpoints = (save: () => void | Promise<void>) =>
  new Checkpoints(
    { save },
    {
      network: { input: { channels: 1, steps: 1 }, layers: [], loss: "observations" },
      options: defaultTrainingOptions,
      rows: { training: 1, validation: 1 },
      data: "0".repeat(64),
      order: Uint32Array.of(0),
    },
    { read: async () => nothing },
    [],
  );
const never = () => new Promise<void>(() => undefined);
/** What became of a promise so far. */
const settled = (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => "saved", String), Promise.resolve().then(() => "waits")]);

test("is waited for until the training is disposed of", async () => {
  const saving = checkpoints(never);
  const saved = saving.save(1, 0);
  await Promise.resolve();
  expect(await settled(saved)).toBe("waits");
  saving.abandon();
  await expect(saved).rejects.toMatchObject({ name: "DisposedError", message: "the Trainer was disposed" });
});

test.each(["before", "while"])(
  "is given half a minute once the training is to stop %s it saves",
  async (when) => {
    vi.useFakeTimers();
    const saving = checkpoints(never);
    if (when === "before") saving.hurry();
    const saved = saving.save(1, 0);
    const outcome = saved.catch((error: Error) => error.message);
    await vi.advanceTimersByTimeAsync(1);
    if (when === "while") saving.hurry();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(await settled(outcome)).toBe("waits");
    await vi.advanceTimersByTimeAsync(2000);
    expect(await outcome).toBe("checkpoint.save has not settled for 30 s since training was to stop");
    expect(vi.getTimerCount()).toBe(0);
  },
);

test("what is saved in time is saved, and leaves no timer", async () => {
  vi.useFakeTimers();
  const saving = checkpoints(() => new Promise((resolve) => setTimeout(resolve, 20_000)));
  saving.hurry();
  const saved = saving.save(1, 0);
  await vi.advanceTimersByTimeAsync(20_000);
  await saved;
  expect(vi.getTimerCount()).toBe(0);
});

test("what save throws is thrown", async () => {
  const refuse = () => {
    throw new Error("no room");
  };
  await expect(checkpoints(refuse).save(1, 0)).rejects.toThrow("no room");
  await expect(checkpoints(async () => refuse()).save(1, 0)).rejects.toThrow("no room");
});
