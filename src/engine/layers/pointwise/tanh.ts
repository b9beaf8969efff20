import { type KernelCall, spread } from "../../gpu/kernel";
import type { Slice } from "../../gpu/memory";
import {
  type Activation,
  activationLength,
  type BuildContext,
  createActivation,
  type InputGradient,
  type Layer,
  noCalls,
} from "../layer";
import type { LayerPlace } from "../registry";
import type { TanhSpec } from "./definition";

/** Hyperbolic tangent (shaders/pointwise/tanh.wgsl). */
export function buildTanh(context: BuildContext, { name }: LayerPlace<TanhSpec>, input: Activation): Layer {
  const length = activationLength(context, input);
  const output = createActivation(context, `${name} output`, input);
  const call = (entry: "forward" | "backward", bindings: Record<string, Slice>): KernelCall => ({
    label: `${name} ${entry}`,
    file: "pointwise/tanh",
    entry,
    constants: { LENGTH: length },
    bindings,
    workgroups: spread(length),
  });
  const infer = [call("forward", { x: input.slice, y: output.slice })];
  const inputGradient = (into: BuildContext, dy: Slice): InputGradient => {
    const dInput = createActivation(into, `${name} input gradient`, input).slice;
    return { calls: [call("backward", { result: output.slice, dy, dx: dInput })], dInput };
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
