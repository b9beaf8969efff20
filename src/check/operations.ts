import { FormatError, quote } from "../engine/files/error";
import type { Device } from "../engine/gpu/device";
import { Memory } from "../engine/gpu/memory";
import { Plan } from "../engine/gpu/plan";
import { readWords } from "../engine/gpu/readback";
import { conv1d, dense } from "../engine/layers/convolution/definition";
import { type Activation, chooseKernels, createActivation, type KernelChoice } from "../engine/layers/layer";
import { halfMseCall, type LossNormalisation, scoreWords } from "../engine/layers/loss/halfmse";
import { batchNorm, layerNorm } from "../engine/layers/normalisation/definition";
import { leakyReLU, relu, sigmoid, tanh } from "../engine/layers/pointwise/definition";
import { averagePool, globalAveragePool, lastStep, maxPool } from "../engine/layers/pooling/definition";
import { kindOf, type LayerSpec } from "../engine/layers/registry";
import { Backpropagation } from "../engine/network/backpropagation";
import { createCursor, gatherCall, gatherLengths, scatterCall } from "../engine/network/batch";
import { Network } from "../engine/network/network";
import { type ConformanceCase, choice, input, number, shapedInput } from "./case";
import type { LayerValues } from "./values";

/** Results by the names of the case's outputs. */
export type Outputs = ReadonlyMap<string, Float32Array>;

const normalisations: readonly LossNormalisation[] = ["observations", "observations-and-steps"];

const activations = { relu, sigmoid, tanh } as const;

/** Operations that are a layer's. */
type LayerOperation =
  | Extract<
      LayerSpec["kind"],
      | "conv1d"
      | "dense"
      | "lstm"
      | "bilstm"
      | "gru"
      | "bigru"
      | "batchnorm"
      | "layernorm"
      | "leakyrelu"
      | "maxpool"
      | "averagepool"
      | "laststep"
      | "globalaveragepool"
    >
  | "activation";

/** Runs a layer's case through the kernels of the layer itself. */
export function runLayer(
  device: Device,
  source: ConformanceCase,
  kernels: Partial<KernelChoice>,
): Promise<Outputs> {
  const { spec, values } = layerCase(source);
  return layerGradients(device, spec, values, kernels);
}

/**
 * The layer of a case, and what it computes from.
 * @throws FormatError where it is of no layer, or does not fit it
 */
export function layerCase(source: ConformanceCase): { spec: LayerSpec; values: LayerValues } {
  const x = input(source, "x", 3);
  const [batch, channels, steps] = x.shape;
  const op = source.op as LayerOperation;
  const spec = ((): LayerSpec => {
    switch (op) {
      case "conv1d":
        if (source.config.has("padding")) choice(source, "padding", ["same"]);
        for (const name of ["stride", "dilation"])
          if (source.config.has(name) && number(source, name) !== 1)
            throw new FormatError(source.label, `config ${name}`, "must be 1 in this version");
        return conv1d({ filters: input(source, "weight", 3).shape[0], kernel: number(source, "kernel") });
      case "dense":
        return dense({ outputs: input(source, "weight", 2).shape[0] });
      case "lstm":
      case "bilstm":
        if (source.config.has("gates")) choice(source, "gates", ["ifgo"]);
        return { kind: op, hidden: number(source, "hidden") };
      case "gru":
      case "bigru":
        if (source.config.has("gates")) choice(source, "gates", ["rzn"]);
        if (source.config.has("reset")) choice(source, "reset", ["after"]);
        return { kind: op, hidden: number(source, "hidden") };
      case "batchnorm":
        return batchNorm({ epsilon: number(source, "epsilon") });
      case "layernorm":
        return layerNorm({ epsilon: number(source, "epsilon") });
      case "maxpool":
      case "averagepool": {
        choice(source, "padding", ["valid"]);
        const windows = { size: number(source, "size"), stride: number(source, "stride") };
        return op === "maxpool" ? maxPool(windows) : averagePool(windows);
      }
      case "laststep":
        return lastStep();
      case "globalaveragepool":
        return globalAveragePool();
      case "activation":
        return activations[choice(source, "function", ["relu", "sigmoid", "tanh"])]();
      case "leakyrelu":
        return leakyReLU(number(source, "slope"));
      default:
        throw new FormatError(
          source.label,
          "op",
          `this version makes no layer of ${quote(op satisfies never)}`,
        );
    }
  })();
  const kind = kindOf(spec);
  const shape = { channels, steps };
  const output = kind.output(spec, shape);
  const values = {
    x: { shape: [batch, channels, steps], data: x.data } as const,
    dy: shapedInput(source, "dy", [batch, output.channels, output.steps]),
    learnables: new Map(
      kind.learnables(spec, shape).map(({ name, shape }) => [name, shapedInput(source, name, shape)]),
    ),
  };
  return { spec, values: { ...values, ...lengthsOf(source, batch, steps) } };
}

/** The real steps of each sample, where the case has such. */
export function lengthsOf(source: ConformanceCase, batch: number, steps: number): { lengths?: Uint32Array } {
  const tensor = source.inputs.get("lengths");
  if (tensor === undefined) return {};
  const { dtype, shape, data } = tensor;
  if (
    dtype !== "I32" ||
    shape.join() !== String(batch) ||
    data.some((length) => length < 1 || length > steps)
  )
    throw new FormatError(
      source.label,
      "in.lengths",
      `must be an I32 tensor [${batch}] of 1 to ${steps} steps`,
    );
  return { lengths: Uint32Array.from(data) };
}

/**
 * Forward and backward of one layer: y, dx, and d<learnable> for each; batch normalisation also mean and variance.
 * @param kernels variants of the kernels other than those for the device
 */
export async function layerGradients(
  device: Device,
  spec: LayerSpec,
  values: LayerValues,
  kernels: Partial<KernelChoice> = {},
): Promise<Outputs> {
  const [batch, channels, steps] = values.x.shape;
  const lengths = values.lengths !== undefined;
  const network = await Network.build(
    device,
    { input: { channels, steps }, layers: [spec], loss: "observations", batch, lengths },
    kernels,
  );
  const memory = new Memory(device);
  try {
    const { context, layers, layout, input: activation, output } = network;
    const [{ name }] = layers;
    network.writeLearnables(
      new Map([...values.learnables].map(([key, data]) => [`${name}.${key}`, { data }])),
    );
    const cursor = createCursor(memory, "cursor", batch);
    const backpropagation = new Backpropagation(network, memory, { inputGradient: true, cursor, seed: 0 });
    const rowLengths = values.lengths && memory.upload("row lengths", values.lengths);
    const samples = (label: string, data: Float32Array, { channels, steps, lengths }: Activation) => ({
      slice: memory.upload(label, data),
      rows: batch,
      channels,
      steps,
      ...(lengths && rowLengths && { lengths: rowLengths }),
    });
    const x = samples("x", values.x.data, activation);
    const dOutput = { ...output, slice: backpropagation.dOutput };
    if (!backpropagation.dInput) throw new Error(`${name} computes no gradient of its input`);
    const dInput = { ...activation, slice: backpropagation.dInput };
    const y = memory.storage("y", batch * output.channels * output.steps);
    const dx = memory.storage("dx", batch * channels * steps);
    const plan = await Plan.build(device, [
      ...gatherLengths(context, x, activation, cursor),
      gatherCall(context, x, activation, cursor),
      gatherCall(context, samples("dy", values.dy, output), dOutput, cursor),
      ...backpropagation.forward(cursor),
      ...backpropagation.pool(cursor),
      ...backpropagation.backward,
      scatterCall(context, output, y),
      scatterCall(context, dInput, dx),
    ]);
    plan.submit(device);
    const outputs = new Map([
      ["y", await readWords(device, y)],
      ["dx", await readWords(device, dx)],
    ]);
    for (const { name: learnable } of layout.places)
      outputs.set(
        `d${learnable.slice(name.length + 1)}`,
        await readWords(device, layout.slice(backpropagation.gradients, learnable)),
      );
    const { statistics } = network.stages[0];
    const names = kindOf(spec).statistics?.names ?? [];
    const measured = statistics?.unpack(await readWords(device, statistics.slice)) ?? [];
    for (const [i, name] of names.entries()) outputs.set(name, measured[i]);
    return outputs;
  } finally {
    memory.dispose();
    network.dispose();
  }
}

/** The loss and its gradient. */
export async function runHalfMse(
  device: Device,
  source: ConformanceCase,
  kernels: Partial<KernelChoice>,
): Promise<Outputs> {
  const prediction = input(source, "prediction", 3);
  const [batch, channels, steps] = prediction.shape;
  const memory = new Memory(device);
  try {
    const context = {
      memory,
      batch,
      ...chooseKernels(device, kernels),
      parameter: (name: string): never => {
        throw new RangeError(`there is no learnable ${name} here`);
      },
    };
    const given = lengthsOf(source, batch, steps).lengths;
    const own = given && { lengths: memory.storage("lengths", batch) };
    const activations = ["prediction", "target", "dprediction"].map((label) => ({
      ...createActivation(context, label, { channels, steps }),
      ...own,
    }));
    const [predicted, target, dprediction] = activations;
    const cursor = createCursor(memory, "cursor", batch);
    const score = memory.storage("score", scoreWords);
    const rowLengths = given && { lengths: memory.upload("row lengths", given) };
    const gathered = (name: string) => ({
      slice: memory.upload(name, shapedInput(source, name, prediction.shape)),
      rows: batch,
      channels,
      steps,
      ...rowLengths,
    });
    const gradient = memory.storage("gradient", batch * channels * steps);
    const plan = await Plan.build(device, [
      ...gatherLengths(context, gathered("prediction"), predicted, cursor),
      gatherCall(context, gathered("prediction"), predicted, cursor),
      gatherCall(context, gathered("target"), target, cursor),
      halfMseCall(context, choice(source, "normalise", normalisations), predicted, {
        cursor,
        target: target.slice,
        score,
        dprediction: dprediction.slice,
      }),
      scatterCall(context, dprediction, gradient),
    ]);
    plan.submit(device);
    return new Map([
      ["loss", (await readWords(device, score)).subarray(0, 1)],
      ["dprediction", await readWords(device, gradient)],
    ]);
  } finally {
    memory.dispose();
  }
}
