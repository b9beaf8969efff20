/** What builds each kind of layer. Apart from the registry, which is wanted where there are no kernels. */
import { buildConv1d, buildDense } from "./convolution/conv1d";
import type { Activation, BuildContext, Layer } from "./layer";
import { buildBatchNorm } from "./normalisation/batchnorm";
import { buildLayerNorm } from "./normalisation/layernorm";
import { buildDropout } from "./pointwise/dropout";
import { buildLeakyReLU, buildReLU, buildSigmoid, buildTanh } from "./pointwise/elementwise";
import {
  buildAveragePool,
  buildGlobalAveragePool,
  buildGlobalMaxPool,
  buildLastStep,
  buildMaxPool,
} from "./pooling/pool";
import { buildGru, buildLstm } from "./recurrence/recurrent";
import type { BuildLayer, LayerPlace, LayerSpec } from "./registry";

const builders: { readonly [Kind in LayerSpec["kind"]]: BuildLayer<Extract<LayerSpec, { kind: Kind }>> } = {
  conv1d: buildConv1d,
  batchnorm: buildBatchNorm,
  leakyrelu: buildLeakyReLU,
  dense: buildDense,
  lstm: buildLstm,
  bilstm: buildLstm,
  gru: buildGru,
  bigru: buildGru,
  dropout: buildDropout,
  tanh: buildTanh,
  relu: buildReLU,
  sigmoid: buildSigmoid,
  layernorm: buildLayerNorm,
  maxpool: buildMaxPool,
  averagepool: buildAveragePool,
  laststep: buildLastStep,
  globalaveragepool: buildGlobalAveragePool,
  globalmaxpool: buildGlobalMaxPool,
};

/** Builds a layer behind `input`. */
export function buildLayer(context: BuildContext, layer: LayerPlace<LayerSpec>, input: Activation): Layer {
  // Each builder is given its own layers alone.
  const build = builders[layer.spec.kind] as BuildLayer<never> as BuildLayer<LayerSpec>;
  return build(context, layer, input);
}
