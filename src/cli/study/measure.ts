/** One cell of a study, from its data to its scores. */
import {
  type Cell,
  type CellResult,
  conditionOf,
  experimentOf,
  gridsPerFunction,
  hideGrid,
  type StudySettings,
  scoreOpponents,
  scoreSet,
  studies,
  taughtSet,
  unseenSets,
} from "../../expressions";
import {
  type Device,
  type Experiment,
  generateCurves,
  Network,
  OutOfMemoryError,
  splitCurves,
  Trainer,
  type TrainerConfig,
} from "../../index";
import { UsageError } from "../errors";
import { ProgressDisplay } from "../progress";

/**
 * Measures a cell. Its result depends on the cell, the preset and the adapter alone: kernels are chosen by rules.
 * @param device for networks; the classical opponents need none
 * @throws UsageError where the device cannot hold the training
 */
export async function measureCell(
  cell: Cell,
  { preset }: StudySettings,
  device: Device | undefined,
): Promise<CellResult> {
  const condition = conditionOf(cell, studies);
  const experiment = experimentOf(cell, condition, preset);
  const { data } = experiment;
  const { train, test } = splitCurves(generateCurves(data), data.seed);
  const sets = [taughtSet(test), ...(condition.unseen ? unseenSets(data, gridsPerFunction[preset]) : [])];
  if (cell.subject === "classical") {
    const scores = sets.flatMap((set) => scoreOpponents(set, data.noise));
    return { cell, ended: "done", adapter: null, scores };
  }
  if (device === undefined) throw new Error(`${cell.subject} needs a device`);
  const adapter = device.adapter.description;
  const seen = (x: Float32Array): Float32Array => (condition.withoutGrid ? hideGrid(x, data.samples) : x);
  const { network, trainer } = await build(device, experiment, {
    train: { ...train, x: seen(train.x) },
    validation: { ...test, x: seen(test.x) },
  });
  try {
    if (!(await isTrained(trainer))) return { cell, ended: "diverged", adapter, scores: [] };
    const scores = [];
    for (const set of sets) scores.push(scoreSet(cell.subject, set, await network.predict(seen(set.x))));
    return { cell, ended: "done", adapter, scores };
  } finally {
    trainer.dispose();
    network.dispose();
  }
}

async function build(device: Device, { spec, training }: Experiment, curves: TrainerConfig) {
  try {
    const network = await Network.build(device, { ...spec, batch: training.batch });
    return { network, trainer: await Trainer.build(network, { ...curves, options: training }) };
  } catch (error) {
    if (error instanceof RangeError || error instanceof OutOfMemoryError)
      throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

/** Trains to the end; says whether numbers stayed finite. */
async function isTrained(trainer: Trainer): Promise<boolean> {
  const display = new ProgressDisplay(trainer.iterations);
  try {
    const run = trainer.run();
    for (let next = await run.next(); ; next = await run.next()) {
      if (next.done) return next.value.stopReason !== "diverged";
      display.update(next.value);
    }
  } finally {
    display.stop();
  }
}
