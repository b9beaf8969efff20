import { resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { adam, defaultTrainingOptions, sgdm } from "../../src/engine/training/options";
import { trainReference } from "../../src/reference/training";
import type { Prepared, TimedPeer } from "../page/door";
import { batchOf, learnablesOf, learnRates, specOf, type Task } from "../page/task";
import { Session } from "../session";
import { type PagePath, type Site, servePages } from "../site";

let site: Site;
let session: Session;

beforeAll(async () => {
  site = await servePages(resolve(import.meta.dirname, "../.."), ["peers/tfjs", "peers/jax"]);
  session = new Session(site, "any", (text) => process.stderr.write(`${text}\n`));
});

afterAll(async () => {
  await session.close();
  await site.close();
});

/** The losses of the same training in float64. */
function lossesOf(task: Task, steps: number): number[] {
  const { network, batch } = task;
  const options = {
    ...defaultTrainingOptions,
    // TensorFlow.js adds its ε = 1e-8 after the bias correction, which amounts to about this much before it.
    solver: network === "cnn" ? sgdm() : adam({ epsilon: 4e-10 }),
    learnRate: learnRates[network],
    batch,
    l2: 0,
    clip: Number.POSITIVE_INFINITY,
  };
  const learnables = new Map(learnablesOf(task).map(({ name, data }) => [name, data]));
  const rows = Array.from({ length: batch * steps }, (_, i) => i % batch);
  return [...trainReference(specOf(task), options, learnables, batchOf(task), rows).losses];
}

test.each<[PagePath, Task["network"], number, number]>([
  ["peers/tfjs", "cnn", 3, 3],
  ["peers/jax", "cnn", 3, 3],
  ["peers/tfjs", "bilstm", 1, 1],
])("%s trains the %s of the post: its losses follow the reference", async (page, network, batch, steps) => {
  const task = { network, batch, dropout: 0 };
  const timed: Prepared & TimedPeer = await session.visit(page, page, async (open) => {
    const prepared = await open.evaluate((asked) => window.peer.prepare(asked), task);
    const budget = { least: steps, most: steps, milliseconds: 0 };
    return { ...prepared, ...(await open.evaluate((wanted) => window.peer.time(wanted), budget)) };
  });
  const expected = lossesOf(task, timed.losses.length);
  expect(timed.losses).toHaveLength(1 + steps);
  expect(Math.abs(timed.firstLoss / expected[0] - 1)).toBeLessThan(1e-4);
  for (const [step, loss] of timed.losses.entries())
    expect(Math.abs(loss / expected[step] - 1), `loss of step ${step + 1}`).toBeLessThan(1e-4);
  // The step learns: had it no update, the losses would stay.
  expect(Math.abs(expected[steps] / expected[0] - 1)).toBeGreaterThan(1e-2);
});
