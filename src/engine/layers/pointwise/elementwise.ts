/** Layers that compute each value from one value: forward and backward of one shader each. */
import { type KernelCall, spread } from "../../gpu/kernel";
import type { Slice } from "../../gpu/memory";
import {
  type Activation,
  activationLength,
  type BuildContext,
  createActivation,
  type InputGradient,
  type Layer,
  unlearning,
} from "../layer";
import type { BuildLayer } from "../registry";
import type { LeakyReLUSpec, ReLUSpec, SigmoidSpec, TanhSpec } from "./definition";

/** Leaky ReLU by itself; behind a batch normalisation it is fused into that. */
export const buildLeakyReLU: BuildLayer<LeakyReLUSpec> = (context, { name, spec }, input) =>
  buildElementwise(context, name, input, {
    file: "pointwise/leakyrelu",
    constants: { SLOPE: spec.slope },
    backwardReads: () => ({ x: input.slice }),
  });

export const buildTanh: BuildLayer<TanhSpec> = (context, { name }, input) =>
  buildElementwise(context, name, input, {
    file: "pointwise/tanh",
    constants: {},
    backwardReads: (output) => ({ result: output.slice }),
  });

export const buildReLU: BuildLayer<ReLUSpec> = (context, { name }, input) =>
  buildElementwise(context, name, input, {
    file: "pointwise/relu",
    constants: {},
    backwardReads: () => ({ x: input.slice }),
  });

export const buildSigmoid: BuildLayer<SigmoidSpec> = (context, { name }, input) =>
  buildElementwise(context, name, input, {
    file: "pointwise/sigmoid",
    constants: { ROWS: context.batch * input.steps, CHANNELS: input.channels },
    backwardReads: (output) => ({ result: output.slice }),
  });

/** A shader with the entries `forward` (x, y) and `backward` (dy, dx, and what it reads besides). */
interface Elementwise {
  readonly file: string;
  readonly constants: Readonly<Record<string, number>>;
  readonly backwardReads: (output: Activation) => Readonly<Record<string, Slice>>;
}

function buildElementwise(
  context: BuildContext,
  name: string,
  input: Activation,
  { file, constants, backwardReads }: Elementwise,
): Layer {
  const length = activationLength(context, input);
  const output = createActivation(context, `${name} output`, input);
  const call = (entry: "forward" | "backward", bindings: Record<string, Slice>): KernelCall => ({
    label: `${name} ${entry}`,
    file,
    entry,
    constants: { LENGTH: length, ...constants },
    bindings,
    workgroups: spread(length),
  });
  const infer = [call("forward", { x: input.slice, y: output.slice })];
  const inputGradient = (into: BuildContext, dy: Slice): InputGradient => {
    const dInput = createActivation(into, `${name} input gradient`, input).slice;
    return { calls: [call("backward", { ...backwardReads(output), dy, dx: dInput })], dInput };
  };
  return unlearning({ name, output, infer, inputGradient });
}
