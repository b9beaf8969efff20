import { FormatError } from "../formats/error";
import type { Device } from "../gpu/device";
import { Network } from "../nn/network";
import { batchNorm, conv1d, type LossNormalisation, leakyReLU } from "../nn/spec";
import type { ClipMethod } from "../train/options";
import { Trainer } from "../train/trainer";
import { type ConformanceCase, choice, input, number, object, shapedInput } from "./case";
import { type Outputs, readSolver } from "./operations";

/** Trains the case's network on its batches: the loss of every step and the learnables after the last. */
export async function runTraining(device: Device, source: ConformanceCase): Promise<Outputs> {
  const x = input(source, "x", 3);
  const target = input(source, "target", 3);
  const [rows, channels, steps] = x.shape;
  const batches = source.inputs.get("batches");
  if (batches?.dtype !== "I32" || batches.shape.length !== 2)
    throw new FormatError(source.label, "in.batches", "must be an I32 tensor (steps, batch)");
  const filters = number(source, "filters");
  const kernel = number(source, "kernel");
  const block = [
    conv1d({ filters, kernel }),
    batchNorm({ epsilon: number(source, "epsilon") }),
    leakyReLU(number(source, "slope")),
  ];
  const options = object(source, "options");
  const training = {
    solver: readSolver(source, options),
    learnRate: number(source, "learnRate", options),
    l2: number(source, "l2", options),
    clip: number(source, "threshold", options),
    clipMethod: choice<ClipMethod>(source, "gradientThresholdMethod", [
      "l2norm",
      "global-l2norm",
      "absolute-value",
    ]),
  };
  const prefix = "init.";
  const names = [...source.inputs.keys()].filter((name) => name.startsWith(prefix));
  const learnables = new Map(names.map((name) => [name.slice(prefix.length), input(source, name)]));
  const curves = { rows, x: x.data, target: shapedInput(source, "target", [rows, target.shape[1], steps]) };
  const network = await Network.build(device, {
    input: { channels, steps },
    layers: [...block, ...block, conv1d({ filters: target.shape[1], kernel })],
    loss: choice<LossNormalisation>(source, "loss", ["observations", "observations-and-steps"]),
    batch: batches.shape[1],
  });
  try {
    const trainer = await Trainer.build(network, {
      train: curves,
      validation: curves,
      batches: Uint32Array.from(batches.data),
      learnables,
      options: training,
    });
    try {
      const losses: number[] = [];
      for await (const { loss } of trainer.run()) losses.push(loss);
      const outputs = new Map<string, Float32Array>([["loss", Float32Array.from(losses)]]);
      for (const [name, { data }] of await network.readTensors()) outputs.set(`final.${name}`, data);
      return outputs;
    } finally {
      trainer.dispose();
    }
  } finally {
    network.dispose();
  }
}
