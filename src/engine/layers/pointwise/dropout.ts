import { type KernelCall, spread } from "../../gpu/kernel";
import type { Slice } from "../../gpu/memory";
import { streamKey } from "../../random";
import {
  type Activation,
  activationLength,
  type BuildContext,
  createActivation,
  groupsOf,
  type Layer,
  noCalls,
} from "../layer";
import type { LayerPlace } from "../registry";
import type { DropoutSpec } from "./definition";

/** Dropout (shaders/pointwise/dropout.wgsl). Each of a network draws numbers of its own, by its ordinal. */
export function buildDropout(
  context: BuildContext,
  { name, spec, ordinal }: LayerPlace<DropoutSpec>,
  input: Activation,
): Layer {
  const { probability } = spec;
  const length = activationLength(context, input);
  const output = createActivation(context, `${name} output`, input);
  const sizes = { LENGTH: length, ROWS: context.batch * input.steps, GROUPS: groupsOf(input.channels) };
  const workgroups = spread(length);
  const masked = (label: string, seed: number, x: Slice, y: Slice, cursor: Slice): KernelCall => {
    const [key, stream] = streamKey(seed, "dropout", ordinal);
    return {
      label: `${name} ${label}`,
      file: "pointwise/dropout",
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
    file: "pointwise/dropout",
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
        const dInput = createActivation({ ...context, memory }, `${name} input gradient`, input).slice;
        return { calls: [masked("backward", seed, dOutput, dInput, training)], dInput };
      },
      commit: noCalls,
      pool: noCalls,
    }),
  };
}
