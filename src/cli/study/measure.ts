/** One cell of a study, from its data to its measurements. */
import {
  type Cell,
  type CellResult,
  type Condition,
  type Curves,
  classicalPredictors,
  conditionCurves,
  conditionOf,
  type Experiment,
  experimentOf,
  gridsPerFunction,
  hideGrid,
  isFiniteThroughout,
  type Measurements,
  measure,
  networkStencil,
  nothingMeasured,
  type Predictor,
  type SplitCurves,
  type StudySettings,
} from "../../calculus";
import { type Device, DivergedError, Network, OutOfMemoryError, Trainer } from "../../engine";
import { UsageError } from "../errors";
import { ProgressDisplay } from "../progress";

/**
 * Measures a cell. Its result depends on the cell, preset, epochs and adapter alone: kernels are chosen by rules.
 * @param device for networks; the classical opponents need none
 * @throws UsageError where the device cannot hold the training
 */
export async function measureCell(
  cell: Cell,
  settings: Pick<StudySettings, "preset" | "epochs">,
  device: Device | undefined,
): Promise<CellResult> {
  const condition = conditionOf(cell);
  const experiment = experimentOf(cell, condition, settings);
  const { data } = experiment;
  const curves = conditionCurves(condition, data);
  const ask = (predictors: readonly Predictor[]): Promise<Measurements> =>
    measure(condition, data, curves.test, gridsPerFunction(settings.preset), predictors);
  if (cell.subject === "classical")
    return {
      cell,
      ended: "done",
      adapter: null,
      ...(await ask(classicalPredictors(condition, data.noise))),
    };
  if (device === undefined) throw new Error(`${cell.subject} needs a device`);
  const adapter = device.adapter.description;
  try {
    return await withTrained(device, experiment, condition, curves, async (network) => {
      const measured = network && (await ask([predictorOf(cell.subject, network, condition)]));
      return measured !== undefined && isFiniteThroughout(measured)
        ? { cell, ended: "done", adapter, ...measured }
        : { cell, ended: "diverged", adapter, ...nothingMeasured };
    });
  } catch (error) {
    throw error instanceof OutOfMemoryError ? new UsageError(error.message, { cause: error }) : error;
  }
}

/** Trains a network and passes it on, or undefined where it diverged. */
async function withTrained<T>(
  device: Device,
  { spec, training }: Experiment,
  { withoutGrid }: Condition,
  { train, test }: SplitCurves,
  use: (network: Network | undefined) => Promise<T>,
): Promise<T> {
  const seen = (curves: Curves): Curves =>
    withoutGrid ? { ...curves, x: hideGrid(curves.x, curves.samples) } : curves;
  const network = await Network.build(device, { ...spec, batch: training.batch });
  try {
    const trainer = await Trainer.build(network, {
      train: seen(train),
      validation: seen(test),
      options: training,
    });
    try {
      return await use((await isTrained(trainer)) ? network : undefined);
    } finally {
      trainer.dispose();
    }
  } finally {
    network.dispose();
  }
}

/** A trained network as one who answers curves of any number of points. */
function predictorOf(name: string, network: Network, { withoutGrid }: Condition): Predictor {
  const { device, spec, batch } = network;
  const see = (x: Float32Array, samples: number): Float32Array => (withoutGrid ? hideGrid(x, samples) : x);
  return {
    name,
    answer: async ({ x, samples }) => {
      if (samples === spec.input.steps) return network.predict(see(x, samples));
      const other = await Network.build(device, { ...spec, input: { ...spec.input, steps: samples }, batch });
      try {
        other.writeTensors(await network.readTensors());
        return await other.predict(see(x, samples));
      } finally {
        other.dispose();
      }
    },
    stencil: async (question) => {
      const x = see(question.x, question.grid.length);
      return networkStencil(question, await network.inputGradient(x, question.outputGradient));
    },
  };
}

/** Trains to the end; says whether numbers stayed finite. */
async function isTrained(trainer: Trainer): Promise<boolean> {
  const display = new ProgressDisplay(trainer.iterations);
  try {
    for await (const progress of trainer.run()) display.update(progress);
    return true;
  } catch (error) {
    if (error instanceof DivergedError) return false;
    throw error;
  } finally {
    display.stop();
  }
}
