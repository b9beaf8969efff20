import { numberIn, requireFields } from "../../fields";
import { type LayerKind, learnable, ones, zeros } from "../kind";
import { type ActivationShape, groupsOf } from "../layer";

/** Batch normalisation over batch and time, biased variance, learnable scale and offset per channel. */
export interface BatchNormSpec {
  readonly kind: "batchnorm";
  readonly epsilon: number;
}

const defaults = { epsilon: 1e-5 } as const;

const fields = { epsilon: numberIn({ above: 0, below: Number.POSITIVE_INFINITY }) } as const;

/** 1e−5, where JavaScript would count zeros. */
const short = (value: number): string =>
  value < 1e-3 ? value.toExponential().replace("-", "−") : String(value);

const scaleAndOffset = (_: unknown, { channels }: ActivationShape) => [
  learnable("scale", [channels], 1, ones),
  learnable("offset", [channels], 1, zeros),
];

export const batchNorm = (options: { epsilon?: number } = {}): BatchNormSpec => {
  requireFields("batchNorm", options, Object.keys(fields));
  return { kind: "batchnorm", ...defaults, ...options };
};

export const batchNormKind: LayerKind<BatchNormSpec> = {
  stem: "bn",
  fields,
  defaults,
  output: (_, input) => input,
  learnables: scaleAndOffset,
  statistics: {
    names: ["mean", "variance"],
    // Mean, correction, variance and inverse deviation of four channels: struct Statistics in batchnorm.wgsl.
    shape: ({ channels }) => [groupsOf(channels), 4, 4],
  },
  describe: ({ epsilon }) => ({ kind: "batch normalisation", detail: `ε ${short(epsilon)}` }),
  tolerance: ({ epsilon }) => ({ kind: "normalisation", over: "batch", epsilon }),
};

/** Layer normalisation over the channels of every time step, biased variance, learnable scale and offset per channel. */
export interface LayerNormSpec {
  readonly kind: "layernorm";
  readonly epsilon: number;
}

export const layerNorm = (options: { epsilon?: number } = {}): LayerNormSpec => {
  requireFields("layerNorm", options, Object.keys(fields));
  return { kind: "layernorm", ...defaults, ...options };
};

export const layerNormKind: LayerKind<LayerNormSpec> = {
  stem: "ln",
  fields,
  defaults,
  output: (_, input) => input,
  learnables: scaleAndOffset,
  describe: ({ epsilon }) => ({ kind: "layer normalisation", detail: `ε ${short(epsilon)}` }),
  tolerance: ({ epsilon }) => ({ kind: "normalisation", over: "channels", epsilon }),
};
