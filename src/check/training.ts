import { FormatError, quote } from "../engine/files/error";
import type { Device } from "../engine/gpu/device";
import { conv1d, dense } from "../engine/layers/convolution/definition";
import type { KernelChoice } from "../engine/layers/layer";
import { batchNorm } from "../engine/layers/normalisation/definition";
import { dropout, leakyReLU } from "../engine/layers/pointwise/definition";
import { biLstm } from "../engine/layers/recurrence/definition";
import { type LayerSpec, layerKinds } from "../engine/layers/registry";
import { Network } from "../engine/network/network";
import { completeLayer, lossRule, type NetworkSpec, outputOf, resolveLayers } from "../engine/network/spec";
import type { TrainerConfig } from "../engine/training/config";
import { trainingRules } from "../engine/training/options";
import { DivergedError, type Progress, type TrainingResult } from "../engine/training/progress";
import { Trainer } from "../engine/training/trainer";
import { type ConformanceCase, choice, input, number, object, shapedInput } from "./case";
import { lengthsOf, type Outputs } from "./operations";
import { readSolver } from "./solver";

/** Trains the case's network on its batches: the loss of every step and the learnables after the last. */
export async function runTraining(
  device: Device,
  source: ConformanceCase,
  kernels: Partial<KernelChoice>,
): Promise<Outputs> {
  const { spec, config, named } = trainingCase(source);
  const { outputs } = await trainOnce(device, spec, { ...config, validation: config.train }, kernels);
  return named(outputs);
}

/** A training as a case has it. */
interface TrainingCase {
  readonly spec: NetworkSpec & { readonly batch: number; readonly lengths: boolean };
  readonly config: Required<Pick<TrainerConfig, "train" | "batches" | "learnables" | "options">>;
  /** Results by the names that the case gives them. */
  readonly named: <T>(outputs: ReadonlyMap<string, T>) => Map<string, T>;
}

/** @throws FormatError where the case does not fit, RangeError for sizes that only the engine can judge */
export function trainingCase(source: ConformanceCase): TrainingCase {
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
  const lengths = lengthsOf(source, rows, steps);
  const spec = {
    input: { channels, steps },
    ...networkOf(source, target.shape[1]),
    batch: batches.shape[1],
    lengths: lengths.lengths !== undefined,
  };
  const layers = resolveLayers(spec);
  // In cases that list their layers all have a number, also where there is one of a kind.
  const numbered = new Map(
    layers.map(({ name, spec: { kind }, ordinal }) => [`${layerKinds[kind].stem}${ordinal + 1}`, name]),
  );
  const ownName = (name: string) => {
    const [layer, ...rest] = name.split(".");
    return [source.config.has("layers") ? (numbered.get(layer) ?? layer) : layer, ...rest].join(".");
  };
  const names = [...source.inputs.keys()].filter((name) => name.startsWith(prefix));
  const learnables = new Map(names.map((name) => [ownName(name.slice(prefix.length)), input(source, name)]));
  const output = outputOf(layers);
  const curves = {
    rows,
    x: x.data,
    target: shapedInput(source, "target", [rows, output.channels, output.steps]),
    ...lengths,
  };
  const learnt = layers.flatMap((layer) => layer.learnables.map(({ name }) => name));
  for (const name of learnables.keys())
    if (!learnt.includes(name))
      throw new FormatError(source.label, `in.init.${name}`, "is no learnable of this network");
  // By the names that the case gives them.
  const given = new Map([...numbered].map(([number, name]) => [name, number]));
  return {
    spec,
    config: { train: curves, batches: Uint32Array.from(batches.data), learnables, options: training },
    named: (outputs) =>
      new Map(
        Array.from(outputs, ([key, values]) => {
          const [what, layer, ...rest] = key.split(".");
          const number = source.config.has("layers") ? given.get(layer) : undefined;
          return [number === undefined ? key : [what, number, ...rest].join("."), values];
        }),
      ),
  };
}

/**
 * Trains to the end: `loss`, `rmse` and `gradientNorm` of every step, `validationLoss` and `validationRmse` of every
 * validation with the final one as the last, `bestIteration` and `bestLoss`, and `final.NAME` of every tensor.
 */
export async function trainOnce(
  device: Device,
  spec: NetworkSpec & { readonly batch: number; readonly lengths?: boolean },
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

/** The layers that a case lists, or one of the post's networks in other sizes, with its loss. */
function networkOf(source: ConformanceCase, outputs: number): Pick<NetworkSpec, "layers" | "loss"> {
  if (source.config.get("network") !== "layers")
    return { layers: layersOf(source, outputs), loss: choice(source, "loss", lossRule.choices) };
  choice(source, "loss", ["halfmse"]);
  const layers = source.config.get("layers");
  if (!Array.isArray(layers))
    throw new FormatError(source.label, "config layers", "must be a list of layers");
  return {
    layers: layers.map((layer: unknown, i) => {
      try {
        return completeLayer(`layers[${i}]`, layer);
      } catch (error) {
        throw new FormatError(source.label, "config", (error as Error).message);
      }
    }),
    loss: choice(source, "normalise", lossRule.choices),
  };
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
