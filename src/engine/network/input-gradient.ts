import type { KernelCall } from "../gpu/kernel";
import { guardMemory, Memory } from "../gpu/memory";
import { createActivation } from "../layers/layer";
import { createCursor, gatherCall, scatterCall } from "./batch";
import type { NetworkParts } from "./build";
import { Passage } from "./passage";

/**
 * The gradient of a network's prediction with respect to its input: forward as it predicts, then backward through every
 * layer, without the gradients of learnables. Allocates what it needs and frees it again.
 * @param values x (rows, C, T) and the gradient of the output (rows, Cout, Tout)
 * @returns (rows, C, T)
 * @throws OutOfMemoryError, KernelError, DisposedError where the network is disposed of meanwhile
 */
export async function inputGradient(
  network: NetworkParts,
  rows: number,
  values: { readonly x: Float32Array; readonly outputGradient: Float32Array },
): Promise<Float32Array> {
  const { memory: parent } = network.context;
  const { device } = parent;
  const memory = new Memory(device, { name: "the input gradient", parent });
  const dispose = () => memory.dispose();
  try {
    const { passage } = await guardMemory(device, async () => ({
      passage: await buildPassage(memory, network),
      dispose,
    }));
    return await passage.run(rows, [values.x, values.outputGradient]);
  } finally {
    dispose();
  }
}

function buildPassage(memory: Memory, network: NetworkParts): Promise<Passage> {
  const { input, stages, output } = network;
  const context = { ...network.context, memory };
  const { batch } = context;
  const samples = memory.storage("samples to differentiate at", batch * input.channels * input.steps);
  const given = memory.storage("output gradients", batch * output.channels * output.steps);
  const gradients = memory.storage("input gradients", samples.size / 4);
  const cursor = createCursor(memory, "input gradient cursor", batch);
  const dOutput = createActivation(context, "output gradient", output);
  const backward: KernelCall[] = [];
  const dInput = stages.reduceRight((dy, stage) => {
    const pass = stage.inputGradient(context, dy);
    backward.push(...pass.calls);
    return pass.dInput;
  }, dOutput.slice);
  const calls = [
    gatherCall(context, { ...input, slice: samples, rows: batch }, input, cursor),
    gatherCall(context, { ...output, slice: given, rows: batch }, dOutput, cursor),
    ...stages.flatMap(({ infer }) => infer),
    ...backward,
    scatterCall(context, { ...input, slice: dInput }, gradients),
  ];
  return Passage.build(memory, batch, calls, { inputs: [samples, given], output: gradients });
}
