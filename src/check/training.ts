import { FormatError, quote } from "../engine/files/error";
import type { Device } from "../engine/gpu/device";
import { conv1d, dense } from "../engine/layers/convolution/definition";
import type { KernelChoice } from "../engine/layers/layer";
import { batchNorm } from "../engine/layers/normalisation/definition";
import { dropout, leakyReLU } from "../engine/layers/pointwise/definition";
import { biLstm } from "../engine/layers/recurrence/definition";
import type { LayerSpec } from "../engine/layers/registry";
import { Network } from "../engine/network/network";
import { lossRule, type NetworkSpec, outputOf, resolveLayers } from "../engine/network/spec";
import type { TrainerConfig } from "../engine/training/config";
import { trainingRules } from "../engine/training/options";
import { DivergedError, type Progress, type TrainingResult } from "../engine/training/progress";
import { Trainer } from "../engine/training/trainer";
import { type ConformanceCase, choice, input, number, object, shapedInput } from "./case";
import type { Outputs } from "./operations";
import { readSolver } from "./solver";

/** Trains the case's network on its batches: the loss of every step and the learnables after the last. */
export async function runTraining(
  device: Device,
  source: ConformanceCase,
  kernels: Partial<KernelChoice>,
): Promise<Outputs> {
  const x = input(source, "x", 3);
  const target = input(source, "target", 3);
  const [rows, channels, steps] = x.shape;
  const batches = source.inputs.get("batches");
  if (batches?.dtype !== "I32" || batches.shape.length !== 2)
    throw new FormatError(source.label, "in.batches", "must be an I32 tensor (steps, batch)");
  const options = object(source, "options");
  const solver = readSolver(source, options);
  const { kind: _, ...rates } = solver;
  const known = ["solver", "learnRate", "l2", "threshold", ...Object.keys(rates)];
  for (const name of options.keys())
    if (!known.includes(name))
      throw new FormatError(source.label, "config options", `${solver.kind} knows no ${quote(name)}`);
  const training = {
    solver,
    learnRate: number(source, "learnRate", options),
    l2: number(source, "l2", options),
    clip: number(source, "threshold", options),
    clipMethod: choice(source, "gradientThresholdMethod", trainingRules.clipMethod.choices),
  };
  const prefix = "init.";
  const names = [...source.inputs.keys()].filter((name) => name.startsWith(prefix));
  const learnables = new Map(names.map((name) => [name.slice(prefix.length), input(source, name)]));
  const spec = {
    input: { channels, steps },
    layers: layersOf(source, target.shape[1]),
    loss: choice(source, "loss", lossRule.choices),
    batch: batches.shape[1],
  };
  const layers = resolveLayers(spec);
  const output = outputOf(layers);
  const curves = {
    rows,
    x: x.data,
    target: shapedInput(source, "target", [rows, output.channels, output.steps]),
  };
  const learnt = layers.flatMap((layer) => layer.learnables.map(({ name }) => name));
  for (const name of learnables.keys())
    if (!learnt.includes(name))
      throw new FormatError(source.label, `in.init.${name}`, "is no learnable of this network");
  const { outputs } = await trainOnce(
    device,
    spec,
    {
      train: curves,
      validation: curves,
      batches: Uint32Array.from(batches.data),
      learnables,
      options: training,
    },
    kernels,
  );
  return outputs;
}

/**
 * Trains to the end: `loss`, `rmse` and `gradientNorm` of every step, `validationLoss` and `validationRmse` of every
 * validation with the final one as the last, `bestIteration` and `bestLoss`, and `final.NAME` of every tensor.
 */
export async function trainOnce(
  device: Device,
  spec: NetworkSpec & { readonly batch: number },
  config: TrainerConfig,
  kernels: Partial<KernelChoice> = {},
): Promise<{ readonly outputs: Outputs; readonly result: TrainingResult }> {
  const network = await Network.build(device, spec, kernels);
  try {
    const trainer = await Trainer.build(network, config);
    try {
      const steps: Progress[] = [];
      const result = await runToEnd(trainer, steps);
      const due = steps.flatMap(({ validation }) => (validation ? [validation] : []));
      const validations = [...due, result.validation];
      const outputs = new Map<string, Float32Array>([
        ["loss", Float32Array.from(steps, ({ loss }) => loss)],
        ["rmse", Float32Array.from(steps, ({ rmse }) => rmse)],
        ["gradientNorm", Float32Array.from(steps, ({ gradientNorm }) => gradientNorm)],
        ["validationLoss", Float32Array.from(validations, ({ loss }) => loss)],
        ["validationRmse", Float32Array.from(validations, ({ rmse }) => rmse)],
        ["bestIteration", Float32Array.of(result.best?.iteration ?? Number.NaN)],
        ["bestLoss", Float32Array.of(result.best?.loss ?? Number.NaN)],
      ]);
      for (const [name, { data }] of await network.readTensors()) outputs.set(`final.${name}`, data);
      return { outputs, result };
    } finally {
      trainer.dispose();
    }
  } finally {
    network.dispose();
  }
}

/** Adds every iteration to `steps`. A training that diverges ends like another. */
async function runToEnd(trainer: Trainer, steps: Progress[]): Promise<TrainingResult> {
  try {
    const run = trainer.run();
    let next = await run.next();
    for (; !next.done; next = await run.next()) steps.push(next.value);
    return next.value;
  } catch (error) {
    if (error instanceof DivergedError) return error.result;
    throw error;
  }
}

/** The post's networks in other sizes. */
function layersOf(source: ConformanceCase, outputs: number): LayerSpec[] {
  if (source.config.get("network") === "bilstm") {
    const recurrent = biLstm({ hidden: number(source, "hidden") });
    return [recurrent, dropout(number(source, "dropout")), recurrent, dense({ outputs })];
  }
  const kernel = number(source, "kernel");
  const block = [
    conv1d({ filters: number(source, "filters"), kernel }),
    batchNorm({ epsilon: number(source, "epsilon") }),
    leakyReLU(number(source, "slope")),
  ];
  return [...block, ...block, conv1d({ filters: outputs, kernel })];
}
