import { type KernelCall, spread } from "../gpu/kernel";
import type { Slice } from "../gpu/memory";
import {
  type Activation,
  activationLength,
  type BackwardPass,
  type BuildContext,
  type Layer,
} from "../layers/layer";

/**
 * A layer between sequences of different lengths: zeros behind each of them in its output, and in the gradient that it hands
 * on. Neither is computed along with a neighbour's sums, which would see what stands there before.
 */
export function keepPadding(context: BuildContext, layer: Layer, input: Activation, lengths: Slice): Layer {
  const { name, output, infer } = layer;
  const clear = (label: string, activation: Activation): KernelCall => {
    const length = activationLength(context, activation);
    return {
      label: `${name} ${label}`,
      file: "pointwise/padding",
      entry: "clear",
      constants: { BATCH: context.batch, STEPS: activation.steps, LENGTH: length },
      bindings: { values: activation.slice, lengths },
      workgroups: spread(length),
    };
  };
  const ahead = (calls: readonly KernelCall[]) => [...calls, clear("padding", output)];
  const back = (dInput: Slice) => clear("gradient of the padding", { ...input, slice: dInput });
  return {
    ...layer,
    infer: ahead(infer),
    inputGradient(into, dy) {
      const { calls, dInput } = layer.inputGradient(into, dy);
      return { calls: [...calls, back(dInput)], dInput };
    },
    train(training) {
      const trained = layer.train(training);
      const { forwardOverSet } = trained;
      return {
        ...trained,
        forward: (cursor) => ahead(trained.forward(cursor)),
        ...(forwardOverSet && { forwardOverSet: () => ahead(forwardOverSet()) }),
        // Of what the layer before would have summed nothing is handed on.
        backward(dy, wanted): BackwardPass {
          const { calls, dInput } = trained.backward(dy, wanted);
          return dInput ? { calls: [...calls, back(dInput)], dInput } : { calls };
        },
      };
    },
  };
}
