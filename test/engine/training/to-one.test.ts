import { expect, test } from "vitest";
import { batchNorm, dense, lastStep, maxPool, type NetworkSpec } from "../../../src/engine";
import type { LossNormalisation } from "../../../src/engine/layers/loss/halfmse";
import { initialise } from "../../../src/engine/training/initialise";
import { defaultTrainingOptions, type TrainingOptions } from "../../../src/engine/training/options";
import { batchOrder } from "../../../src/engine/training/resolve";
import { trainToEnd } from "../../../src/reference/outcome";
import { expectRelative } from "../kernels/bounds";
import { singles } from "../kernels/layer";
import { train } from "./train";

const batch = 4;
/** Targets have one step where inputs have eleven; the last batch of each set is short. */
const samples = (rows: number, seed: number) => ({
  rows,
  x: singles(rows * 2 * 11, seed),
  target: singles(rows * 3, seed + 1),
});

test.for(["observations", "observations-and-steps"] as const)(
  "from a sequence to one step, loss by %s: every loss, validation and learnable follows the reference",
  async (loss: LossNormalisation) => {
    const spec: NetworkSpec = {
      input: { channels: 2, steps: 11 },
      layers: [batchNorm(), maxPool({ size: 2 }), dense({ outputs: 3 }), lastStep()],
      loss,
    };
    const options: TrainingOptions = { ...defaultTrainingOptions, epochs: 2, batch, learnRate: 0.1 };
    const data = { train: samples(14, 1), validation: samples(6, 3) };
    const { progress, result, tensors } = await train({ spec, batch, config: { ...data, options } });
    const start = initialise(spec, options.initialisation, options.seed);
    const order = batchOrder(14, options);
    const outcome = trainToEnd(spec, options, start, data, [...order, ...order]);
    expectRelative(
      "losses",
      progress.map(({ loss }) => loss),
      outcome.losses,
      1e-5,
    );
    const last = outcome.validations.at(-1);
    expectRelative("validation", [result.validation.loss], [last?.loss ?? 0], 1e-5);
    expectRelative("RMSE", [result.validation.rmse], [last?.rmse ?? 0], 1e-5);
    for (const [name, expected] of outcome.learnables)
      expectRelative(name, tensors.get(name)?.data, expected, 1e-5);
    expect(result.buffersCreatedWhileTraining).toBe(0);
  },
);
