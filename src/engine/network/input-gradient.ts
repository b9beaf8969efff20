import type { KernelCall } from "../gpu/kernel";
import { guardMemory, Memory } from "../gpu/memory";
import { createActivation } from "../layers/layer";
import { createCursor, gatherCall, gatherLengths, scatterCall } from "./batch";
import { BatchRunner } from "./batch-runner";
import type { NetworkParts } from "./build";

/**
 * The gradient of a network's prediction with respect to its input: forward as it predicts, then backward through every
 * layer, without the gradients of learnables. Allocates what it needs and frees it again.
 * @param values x (rows, C, T), the gradient of the output (rows, Cout, Tout), and lengths (rows) where there are such
 * @returns (rows, C, T)
 * @throws OutOfMemoryError, KernelError, DisposedError where the network is disposed of meanwhile
 */
export async function inputGradient(
  network: NetworkParts,
  rows: number,
  values: readonly (Float32Array | Uint32Array)[],
): Promise<Float32Array> {
  const { memory: parent } = network.context;
  const { device } = parent;
  const memory = new Memory(device, { name: "the input gradient", parent });
  const dispose = () => memory.dispose();
  try {
    const { runner } = await guardMemory(device, async () => ({
      runner: await buildRunner(memory, network),
      dispose,
    }));
    return await runner.run(rows, values);
  } finally {
    dispose();
  }
}

function buildRunner(memory: Memory, network: NetworkParts): Promise<BatchRunner> {
  const { input, stages, output } = network;
  const context = { ...network.context, memory };
  const { batch } = context;
  const samples = memory.storage("samples to differentiate at", batch * input.channels * input.steps);
  const given = memory.storage("output gradients", batch * output.channels * output.steps);
  const gradients = memory.storage("input gradients", samples.size / 4);
  const cursor = createCursor(memory, "input gradient cursor", batch);
  const lengths =
    input.lengths && memory.upload("lengths to differentiate at", new Uint32Array(batch).fill(1));
  const own = { rows: batch, ...(lengths && { lengths }) };
  const set = { ...input, slice: samples, ...own };
  const dOutput = createActivation(context, "output gradient", output);
  const backward: KernelCall[] = [];
  const dInput = stages.reduceRight((dy, stage) => {
    const pass = stage.inputGradient(context, dy);
    backward.push(...pass.calls);
    return pass.dInput;
  }, dOutput.slice);
  const calls = [
    ...gatherLengths(context, set, input, cursor),
    gatherCall(context, set, input, cursor),
    gatherCall(
      context,
      {
        channels: output.channels,
        steps: output.steps,
        slice: given,
        rows: batch,
        ...(output.lengths && own),
      },
      dOutput,
      cursor,
    ),
    ...stages.flatMap(({ infer }) => infer),
    ...backward,
    scatterCall(context, { ...input, slice: dInput }, gradients),
  ];
  return BatchRunner.build(memory, batch, calls, {
    inputs: [samples, given, ...(lengths ? [lengths] : [])],
    output: gradients,
  });
}
