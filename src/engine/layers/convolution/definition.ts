/** What a convolution is, and the dense layer, which is one of kernel 1. */
import { requireFields, wholeNumber } from "../../fields";
import { type LayerKind, layerLimits, learnable, zeros } from "../kind";

/** 1-D convolution, stride 1, "same" padding: ⌊(kernel−1)/2⌋ zeros left, the rest right. (B, Ci, T) → (B, filters, T) */
export interface Conv1dSpec {
  readonly kind: "conv1d";
  readonly filters: number;
  readonly kernel: number;
}

const conv1dFields = {
  filters: wholeNumber(1, layerLimits.channels),
  kernel: wholeNumber(1, layerLimits.kernel),
} as const;

export const conv1d = (options: { filters: number; kernel: number }): Conv1dSpec => {
  requireFields("conv1d", options, Object.keys(conv1dFields));
  return { kind: "conv1d", ...options };
};

export const conv1dKind: LayerKind<Conv1dSpec> = {
  stem: "conv",
  fields: conv1dFields,
  output: ({ filters }, { steps }) => ({ channels: filters, steps }),
  learnables: ({ filters, kernel }, { channels }) => [
    learnable("weight", [filters, channels, kernel], 1, "weights"),
    learnable("bias", [filters], 0, zeros),
  ],
  describe: ({ filters, kernel }) => ({
    kind: "convolution",
    detail: `${filters} filter${filters === 1 ? "" : "s"} of ${kernel}, same padding`,
  }),
  tolerance: ({ kernel }) => ({ kind: "products", kernel }),
};

/** The same affine map at every time step. (B, Ci, T) → (B, outputs, T) */
export interface DenseSpec {
  readonly kind: "dense";
  readonly outputs: number;
}

const denseFields = { outputs: wholeNumber(1, layerLimits.channels) } as const;

export const dense = (options: { outputs: number }): DenseSpec => {
  requireFields("dense", options, Object.keys(denseFields));
  return { kind: "dense", ...options };
};

export const denseKind: LayerKind<DenseSpec> = {
  stem: "fc",
  unnumbered: true,
  fields: denseFields,
  output: ({ outputs }, { steps }) => ({ channels: outputs, steps }),
  learnables: ({ outputs }, { channels }) => [
    learnable("weight", [outputs, channels], 1, "weights"),
    learnable("bias", [outputs], 0, zeros),
  ],
  describe: ({ outputs }) => ({ kind: "fully connected", detail: `${outputs} at every step` }),
  tolerance: () => ({ kind: "products", kernel: 1 }),
};
