import type { KernelCall } from "../gpu/kernel";
import type { Memory, Slice } from "../gpu/memory";
import { Plan } from "../gpu/plan";
import { type Activation, createActivation } from "../layers/layer";
import { halfMseCall, scoreWords } from "../layers/loss/halfmse";
import type { Backpropagation } from "../network/backpropagation";
import { createCursor, cursorCall, gatherCall, gatherLengths } from "../network/batch";
import type { Network } from "../network/network";
import type { SampleSetBuffers } from "./samples";

/** One pass over a set of samples, a batch at a time, wholly on the GPU. */
export interface Pass {
  /** Appends the pass to `encoder`'s compute pass. */
  encode(pass: GPUComputePassEncoder): void;
}

/** A pass that leaves loss and RMSE of its set in `score`. */
export interface Validation extends Pass {
  readonly score: Slice;
}

/** The activation that holds the targets of a batch. */
export function createTarget(network: Network, memory: Memory): Activation {
  return createActivation({ ...network.context, memory }, "target", network.output);
}

/** Loss and RMSE of a set with the inference statistics. */
export async function buildValidation(
  network: Network,
  memory: Memory,
  set: SampleSetBuffers,
  target: Activation,
): Promise<Validation> {
  const { context, spec, output } = network;
  const cursor = createCursor(memory, "validation cursor", network.batch);
  const score = memory.storage("validation score", scoreWords);
  const pass = await buildPass(network, set, cursor, [
    gatherCall(context, set.target, target, cursor),
    ...network.stages.flatMap(({ infer }) => infer),
    halfMseCall(context, spec.loss, output, { cursor, target: target.slice, score }),
  ]);
  return { ...pass, score };
}

/**
 * Takes the inference statistics of all batch normalisations from the training set, as MATLAB R2018b does. Dropout drops
 * nothing here, as at prediction.
 */
export function buildPopulationStatistics(
  network: Network,
  memory: Memory,
  set: SampleSetBuffers,
  backpropagation: Backpropagation,
): Promise<Pass> {
  const cursor = createCursor(memory, "population cursor", network.batch);
  return buildPass(network, set, cursor, [
    ...backpropagation.forwardOverSet(cursor),
    ...backpropagation.pool(cursor),
  ]);
}

async function buildPass(
  network: Network,
  set: SampleSetBuffers,
  cursor: Slice,
  calls: readonly KernelCall[],
): Promise<Pass> {
  const { context, device, input, batch } = network;
  const start = await Plan.build(device, [cursorCall(context, "rewind", set.rows, cursor)]);
  const each = await Plan.build(device, [
    ...gatherLengths(context, set.x, input, cursor),
    gatherCall(context, set.x, input, cursor),
    ...calls,
    cursorCall(context, "advance", set.rows, cursor),
  ]);
  const batches = Math.ceil(set.rows / batch);
  return {
    encode(pass) {
      start.encode(pass);
      for (let i = 0; i < batches; i++) each.encode(pass);
    },
  };
}
