import { type KernelCall, spread } from "../gpu/kernel";
import type { Slice } from "../gpu/memory";
import {
  type Activation,
  activationLength,
  type BuildContext,
  createActivation,
  type InputGradient,
  type Layer,
  noCalls,
} from "./layer";

/** Leaky ReLU by itself (shaders/leakyrelu.wgsl); behind a batch normalisation it is fused into that. */
export function buildLeakyReLU(
  context: BuildContext,
  layer: { readonly name: string; readonly slope: number },
  input: Activation,
): Layer {
  const { name, slope } = layer;
  const length = activationLength(input.channels, context);
  const output = createActivation(context, `${name} output`, input.channels);
  const call = (entry: "forward" | "backward", bindings: Record<string, Slice>): KernelCall => ({
    label: `${name} ${entry}`,
    file: "leakyrelu",
    entry,
    constants: { LENGTH: length, SLOPE: slope },
    bindings,
    workgroups: spread(length),
  });
  const infer = [call("forward", { x: input.slice, y: output.slice })];
  const inputGradient = (into: BuildContext, dy: Slice): InputGradient => {
    const dInput = createActivation(into, `${name} input gradient`, input.channels).slice;
    return { calls: [call("backward", { x: input.slice, dy, dx: dInput })], dInput };
  };
  return {
    name,
    output,
    infer,
    inputGradient,
    train: (training) => ({
      forward: () => infer,
      backward: (dy, wanted) => (wanted ? inputGradient(training, dy) : { calls: [] }),
      commit: noCalls,
      pool: noCalls,
    }),
  };
}
