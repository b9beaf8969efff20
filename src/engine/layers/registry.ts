/** Every kind of layer. A new one is its folder and a line here; the compiler then asks for its builder and its reference. */
import { conv1dKind, denseKind } from "./convolution/definition";
import type { LayerKind } from "./kind";
import type { Activation, ActivationShape, BuildContext, Layer } from "./layer";
import { batchNormKind, layerNormKind } from "./normalisation/definition";
import { dropoutKind, leakyReLUKind, reluKind, sigmoidKind, tanhKind } from "./pointwise/definition";
import {
  averagePoolKind,
  globalAveragePoolKind,
  globalMaxPoolKind,
  lastStepKind,
  maxPoolKind,
} from "./pooling/definition";
import { biGruKind, biLstmKind, gruKind, lstmKind } from "./recurrence/definition";

export const layerKinds = {
  conv1d: conv1dKind,
  batchnorm: batchNormKind,
  leakyrelu: leakyReLUKind,
  dense: denseKind,
  lstm: lstmKind,
  bilstm: biLstmKind,
  gru: gruKind,
  bigru: biGruKind,
  dropout: dropoutKind,
  tanh: tanhKind,
  relu: reluKind,
  sigmoid: sigmoidKind,
  layernorm: layerNormKind,
  maxpool: maxPoolKind,
  averagepool: averagePoolKind,
  laststep: lastStepKind,
  globalaveragepool: globalAveragePoolKind,
  globalmaxpool: globalMaxPoolKind,
} as const;

type Kinds = typeof layerKinds;

/** A layer as plain data. */
export type LayerSpec = {
  [Name in keyof Kinds]: Kinds[Name] extends LayerKind<infer Spec> ? Spec & { readonly kind: Name } : never;
}[keyof Kinds];

/** What there is to know of a layer's kind. */
export const kindOf = ({ kind }: LayerSpec): LayerKind<LayerSpec> =>
  // Each kind is asked of its own layers alone.
  layerKinds[kind] as LayerKind<never> as LayerKind<LayerSpec>;

/** A layer of a network that is to be built. */
export interface LayerPlace<Spec> {
  readonly spec: Spec;
  readonly name: string;
  /** Place among the layers of its stem, from 0. */
  readonly ordinal: number;
  readonly output: ActivationShape;
  /** The layer behind, which may be computed along. */
  readonly following: LayerSpec | undefined;
}

/** Allocates a layer's buffers and decides its dispatches. */
export type BuildLayer<Spec> = (context: BuildContext, layer: LayerPlace<Spec>, input: Activation) => Layer;
