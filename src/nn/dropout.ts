import { type KernelCall, spread } from "../gpu/kernel";
import type { Slice } from "../gpu/memory";
import { streamKey } from "../random";
import {
  type Activation,
  activationLength,
  type BuildContext,
  createActivation,
  groupsOf,
  type Layer,
  noCalls,
} from "./layer";

/**
 * Dropout (shaders/dropout.wgsl).
 * @param layer.ordinal place among the dropout layers of the network, from 0: each draws numbers of its own
 */
export function buildDropout(
  context: BuildContext,
  layer: { readonly name: string; readonly probability: number; readonly ordinal: number },
  input: Activation,
): Layer {
  const { name, probability, ordinal } = layer;
  const length = activationLength(input.channels, context);
  const output = createActivation(context, `${name} output`, input.channels);
  const sizes = { LENGTH: length, ROWS: context.batch * context.steps, GROUPS: groupsOf(input.channels) };
  const workgroups = spread(length);
  const masked = (label: string, seed: number, x: Slice, y: Slice, cursor: Slice): KernelCall => {
    const [key, stream] = streamKey(seed, "dropout", ordinal);
    return {
      label: `${name} ${label}`,
      file: "dropout",
      entry: "mask",
      constants: {
        ...sizes,
        SEED: key,
        STREAM: stream,
        THRESHOLD: Math.round(probability * 2 ** 24),
        SCALE: 1 / (1 - probability),
      },
      bindings: { x, y, cursor },
      workgroups,
    };
  };
  const keep: KernelCall = {
    label: `${name} at prediction`,
    file: "dropout",
    entry: "keep",
    constants: { ...sizes, SEED: 0, STREAM: 0, THRESHOLD: 0, SCALE: 1 },
    bindings: { x: input.slice, y: output.slice },
    workgroups,
  };
  return {
    name,
    output,
    infer: [keep],
    inputGradient: (_, dOutput) => ({ calls: [], dInput: dOutput }),
    train: ({ memory, seed, cursor: training }) => ({
      forward: (cursor) => [masked("forward", seed, input.slice, output.slice, cursor)],
      forwardOverSet: () => [keep],
      backward(dOutput, wanted) {
        if (!wanted) return { calls: [] };
        const dInput = createActivation(
          { ...context, memory },
          `${name} input gradient`,
          input.channels,
        ).slice;
        return { calls: [masked("backward", seed, dOutput, dInput, training)], dInput };
      },
      commit: noCalls,
      pool: noCalls,
    }),
  };
}
