import type { KernelCall } from "../gpu/kernel";
import { guardMemory, Memory } from "../gpu/memory";
import { createCursor, gatherCall, scatterCall } from "./batch";
import { createActivation } from "./layer";
import { Passage } from "./passage";
import type { NetworkParts } from "./stages";

/**
 * The gradient of a network's prediction with respect to its input: forward as it predicts, then backward through every
 * layer, without the gradients of learnables. Allocates what it needs and frees it again.
 * @param values x (rows, C, T) and the gradient of the output (rows, Cout, T)
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
  const { batch, steps } = context;
  const curves = memory.storage("curves to differentiate at", batch * input.channels * steps);
  const given = memory.storage("output gradients", batch * output.channels * steps);
  const gradients = memory.storage("input gradients", curves.size / 4);
  const cursor = createCursor(memory, "input gradient cursor", batch);
  const dOutput = createActivation(context, "output gradient", output.channels);
  const backward: KernelCall[] = [];
  const dInput = stages.reduceRight((dy, stage) => {
    const pass = stage.inputGradient(context, dy);
    backward.push(...pass.calls);
    return pass.dInput;
  }, dOutput.slice);
  const calls = [
    gatherCall(context, { slice: curves, rows: batch, channels: input.channels }, input, cursor),
    gatherCall(context, { slice: given, rows: batch, channels: output.channels }, dOutput, cursor),
    ...stages.flatMap(({ infer }) => infer),
    ...backward,
    scatterCall(context, { slice: dInput, channels: input.channels }, gradients),
  ];
  return Passage.build(memory, batch, calls, { inputs: [curves, given], output: gradients });
}
