import type { Device } from "../gpu/device";
import { Memory } from "../gpu/memory";
import { Plan } from "../gpu/plan";
import { readWords } from "../gpu/readback";
import { Backpropagation } from "../nn/backpropagation";
import { createCursor, gatherCall, scatterCall } from "../nn/batch";
import { unpackStatistics } from "../nn/batchnorm";
import { halfMseCall, scoreWords } from "../nn/halfmse";
import { chooseKernels, createActivation, type KernelChoice } from "../nn/layer";
import { Network } from "../nn/network";
import {
  batchNorm,
  conv1d,
  dense,
  directionsOf,
  type LayerSpec,
  type LossNormalisation,
  leakyReLU,
} from "../nn/spec";
import { type ConformanceCase, choice, input, number, shapedInput } from "./case";
import type { LayerValues } from "./values";

/** Results by the names of the case's outputs. */
export type Outputs = ReadonlyMap<string, Float32Array>;

const normalisations: readonly LossNormalisation[] = ["observations", "observations-and-steps"];

/** Runs a layer's case (conv1d, dense, lstm, bilstm, batchnorm, leakyrelu) through the kernels of the layer itself. */
export function runLayer(
  device: Device,
  source: ConformanceCase,
  kernels: Partial<KernelChoice>,
): Promise<Outputs> {
  const x = input(source, "x", 3);
  const [batch, channels, steps] = x.shape;
  const [spec, outputs, shapes] = ((): [LayerSpec, number, Record<string, readonly number[]>] => {
    switch (source.op) {
      case "conv1d": {
        const filters = input(source, "weight", 3).shape[0];
        const kernel = number(source, "kernel");
        if (source.config.has("padding")) choice(source, "padding", ["same"]);
        return [
          conv1d({ filters, kernel }),
          filters,
          { weight: [filters, channels, kernel], bias: [filters] },
        ];
      }
      case "dense": {
        const [count] = input(source, "weight", 2).shape;
        return [dense({ outputs: count }), count, { weight: [count, channels], bias: [count] }];
      }
      case "lstm":
      case "bilstm": {
        const hidden = number(source, "hidden");
        if (source.config.has("gates")) choice(source, "gates", ["ifgo"]);
        const spec = { kind: source.op, hidden } as const;
        const shapes = directionsOf(spec.kind).map((direction) => [
          [`${direction}.weight_ih`, [4 * hidden, channels]],
          [`${direction}.weight_hh`, [4 * hidden, hidden]],
          [`${direction}.bias`, [4 * hidden]],
        ]);
        return [spec, hidden * shapes.length, Object.fromEntries(shapes.flat())];
      }
      case "batchnorm":
        return [
          batchNorm({ epsilon: number(source, "epsilon") }),
          channels,
          { scale: [channels], offset: [channels] },
        ];
      default:
        return [leakyReLU(number(source, "slope")), channels, {}];
    }
  })();
  const values = {
    x: { shape: [batch, channels, steps], data: x.data } as const,
    dy: shapedInput(source, "dy", [batch, outputs, steps]),
    learnables: new Map(
      Object.entries(shapes).map(([name, shape]) => [name, shapedInput(source, name, shape)]),
    ),
  };
  return layerGradients(device, spec, values, kernels);
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
  const network = await Network.build(
    device,
    { input: { channels, steps }, layers: [spec], loss: "observations", batch },
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
    const curves = (label: string, data: Float32Array, count: number) => ({
      slice: memory.upload(label, data),
      rows: batch,
      channels: count,
    });
    const dOutput = { slice: backpropagation.dOutput, channels: output.channels };
    if (!backpropagation.dInput) throw new Error(`${name} computes no gradient of its input`);
    const dInput = { slice: backpropagation.dInput, channels };
    const y = memory.storage("y", batch * output.channels * steps);
    const dx = memory.storage("dx", batch * channels * steps);
    const plan = await Plan.build(device, [
      gatherCall(context, curves("x", values.x.data, channels), activation, cursor),
      gatherCall(context, curves("dy", values.dy, output.channels), dOutput, cursor),
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
    if (statistics) {
      const { mean, variance } = unpackStatistics(await readWords(device, statistics), channels);
      outputs.set("mean", mean);
      outputs.set("variance", variance);
    }
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
      steps,
      ...chooseKernels(device, kernels),
      parameter: (name: string): never => {
        throw new RangeError(`there is no learnable ${name} here`);
      },
    };
    const activations = ["prediction", "target", "dprediction"].map((label) =>
      createActivation(context, label, channels),
    );
    const [predicted, target, dprediction] = activations;
    const cursor = createCursor(memory, "cursor", batch);
    const score = memory.storage("score", scoreWords);
    const gathered = (name: string) => ({
      slice: memory.upload(name, shapedInput(source, name, prediction.shape)),
      rows: batch,
      channels,
    });
    const gradient = memory.storage("gradient", batch * channels * steps);
    const plan = await Plan.build(device, [
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
