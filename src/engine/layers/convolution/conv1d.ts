import type { Slice } from "../../gpu/memory";
import {
  type Activation,
  type BuildContext,
  createActivation,
  type GradientSums,
  type InputGradient,
  type Layer,
  noCalls,
} from "../layer";
import type { BuildLayer, LayerPlace } from "../registry";
import { convolution } from "./convolution";
import type { Conv1dSpec, DenseSpec } from "./definition";
import type { ConvolutionShape } from "./shape";
import { weightGradient } from "./weight-gradient";

export const buildConv1d: BuildLayer<Conv1dSpec> = (context, layer, input) =>
  buildConvolution(context, layer, layer.spec.kernel, input);

export const buildDense: BuildLayer<DenseSpec> = (context, layer, input) =>
  buildConvolution(context, layer, 1, input);

/**
 * Convolution (shaders/convolution/conv1d.wgsl). Its weight is `NAME.weight` (Co, Ci, K), or (Co, Ci) for a dense layer,
 * which is a convolution of kernel 1.
 */
function buildConvolution(
  context: BuildContext,
  layer: Pick<LayerPlace<unknown>, "name" | "output">,
  kernel: number,
  input: Activation,
): Layer {
  const { name } = layer;
  const output = createActivation(context, `${name} output`, layer.output);
  const weight = context.parameter(`${name}.weight`);
  const bias = context.parameter(`${name}.bias`);
  const shape: ConvolutionShape = {
    input: input.channels,
    output: output.channels,
    kernel,
    left: (kernel - 1) >> 1,
    steps: input.steps,
  };
  const infer = convolution(context, `${name} forward`, shape, {
    x: input.slice,
    weight,
    bias,
    y: output.slice,
  });
  const inputGradient = (into: BuildContext, dOutput: Slice, sums?: GradientSums): InputGradient => {
    const dInput = createActivation(into, `${name} input gradient`, input).slice;
    const left = kernel - 1 - shape.left;
    const mirrored = { ...shape, input: shape.output, output: shape.input, left };
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
