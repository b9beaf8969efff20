import type { Slice } from "../gpu/memory";
import { convolution } from "./convolution";
import type { ConvolutionShape } from "./convolution-shape";
import {
  type Activation,
  type BuildContext,
  createActivation,
  type GradientSums,
  type InputGradient,
  type Layer,
  noCalls,
} from "./layer";
import { weightGradient } from "./weight-gradient";

/**
 * Convolution (shaders/conv1d.wgsl). Its weight is `NAME.weight` (Co, Ci, K), or (Co, Ci) for a dense layer, which is a
 * convolution of kernel 1.
 */
export function buildConv1d(
  context: BuildContext,
  layer: { readonly name: string; readonly outputChannels: number },
  kernel: number,
  input: Activation,
): Layer {
  const { name, outputChannels } = layer;
  const output = createActivation(context, `${name} output`, outputChannels);
  const weight = context.parameter(`${name}.weight`);
  const bias = context.parameter(`${name}.bias`);
  const shape: ConvolutionShape = {
    input: input.channels,
    output: outputChannels,
    kernel,
    left: (kernel - 1) >> 1,
  };
  const infer = convolution(context, `${name} forward`, shape, {
    x: input.slice,
    weight,
    bias,
    y: output.slice,
  });
  const inputGradient = (into: BuildContext, dOutput: Slice, sums?: GradientSums): InputGradient => {
    const dInput = createActivation(into, `${name} input gradient`, input.channels).slice;
    const mirrored = { input: shape.output, output: shape.input, kernel, left: kernel - 1 - shape.left };
    const calls = convolution(into, `${name} input gradient`, mirrored, {
      x: dOutput,
      weight,
      y: dInput,
      sums,
    });
    return { calls, dInput };
  };
  return {
    name,
    output,
    infer,
    inputGradient: (into, dOutput) => inputGradient(into, dOutput),
    train: (training) => ({
      forward: () => infer,
      backward(dOutput, wanted, before) {
        const calls = weightGradient(training, `${name} weight gradient`, shape, {
          x: { slice: input.slice, first: 0 },
          dy: { slice: dOutput, first: 0 },
          dweight: training.gradient(`${name}.weight`),
          dbias: training.gradient(`${name}.bias`),
        });
        if (!wanted) return { calls };
        // On software adapters the sums cost more in the tile than in a pass of their own.
        const sums = context.software ? undefined : before;
        const { calls: toInput, dInput } = inputGradient(training, dOutput, sums);
        return { calls: [...calls, ...toInput], dInput, summed: sums !== undefined };
      },
      commit: noCalls,
      pool: noCalls,
    }),
  };
}
