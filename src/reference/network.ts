/** A whole network in float64: forward in training and at inference, and all gradients. */
import { type NetworkSpec, type ResolvedLayer, resolveLayers } from "../nn/spec";
import {
  batchNormBackward,
  batchNormInference,
  batchNormInferenceBackward,
  batchNormStatistics,
} from "./batchnorm";
import { conv1dBackward, conv1dForward } from "./conv1d";
import { denseBackward, denseForward } from "./dense";
import { type DropoutDraw, dropoutMask } from "./dropout";
import { leakyReLUBackward, leakyReLUForward } from "./leakyrelu";
import { biLstmBackward, biLstmForward, type LstmWeights, lstmBackward, lstmForward } from "./lstm";

/** Learnables, gradients or inference statistics by name, each flat in row-major order. */
export type Tensors = ReadonlyMap<string, Float64Array>;

/** What layers go by besides their learnables. */
interface LayerState {
  /** `bn1.mean`, `bn1.variance` (biased) … */
  readonly statistics: Tensors;
  /** `drop1` …: what dropout multiplies by while training. */
  readonly masks: Tensors;
}

/** What the backward pass needs of a forward pass in training: statistics and masks are those of this batch. */
export interface ForwardPass extends LayerState {
  /** (B, Cout, T) */
  readonly prediction: Float64Array;
  /** The input of every layer, in order; the first is x. */
  readonly inputs: readonly Float64Array[];
}

/**
 * x (B, C, T) → prediction with the batch's own statistics and the dropout masks of that draw; without one, nothing is
 * dropped.
 * Throws RangeError naming a missing learnable.
 */
export function trainingForward(
  network: NetworkSpec,
  learnables: Tensors,
  x: Float64Array,
  draw?: DropoutDraw,
): ForwardPass {
  const statistics = new Map<string, Float64Array>();
  const masks = new Map<string, Float64Array>();
  const inputs: Float64Array[] = [];
  let activation = x;
  for (const layer of resolveLayers(network)) {
    inputs.push(activation);
    if (layer.spec.kind === "batchnorm") {
      const { mean, variance } = batchNormStatistics(activation, shapeOf(network, layer, activation));
      statistics.set(`${layer.name}.mean`, mean);
      statistics.set(`${layer.name}.variance`, variance);
    }
    if (layer.spec.kind === "dropout" && draw) {
      const shape = shapeOf(network, layer, activation);
      masks.set(layer.name, dropoutMask(layer.spec.probability, shape, draw, masks.size));
    }
    activation = forward(network, layer, learnables, { statistics, masks }, activation);
  }
  return { prediction: activation, inputs, statistics, masks };
}

/**
 * x (B, C, T) → prediction (B, Cout, T) with the given statistics and without dropout.
 * Throws RangeError naming a missing tensor.
 */
export function inferenceForward(
  network: NetworkSpec,
  learnables: Tensors,
  statistics: Tensors,
  x: Float64Array,
): Float64Array {
  return resolveLayers(network).reduce(
    (activation, layer) => forward(network, layer, learnables, { statistics, masks: new Map() }, activation),
    x,
  );
}

/**
 * Through `inferenceForward`: x (B, C, T), dprediction (B, Cout, T) → dx (B, C, T).
 * Throws RangeError naming a missing tensor.
 */
export function inferenceBackward(
  network: NetworkSpec,
  learnables: Tensors,
  statistics: Tensors,
  x: Float64Array,
  dprediction: Float64Array,
): Float64Array {
  const layers = resolveLayers(network);
  const state: LayerState = { statistics, masks: new Map() };
  const inputs = [x];
  for (const [i, layer] of layers.entries())
    inputs.push(forward(network, layer, learnables, state, inputs[i]));
  return layers.reduceRight((dy, layer, i) => {
    const { spec, name } = layer;
    if (spec.kind === "dropout") return dy;
    if (spec.kind !== "batchnorm") return backward(network, layer, learnables, state, inputs[i], dy).dx;
    const scale = tensorOf(learnables, `${name}.scale`);
    const variance = tensorOf(statistics, `${name}.variance`);
    return batchNormInferenceBackward(dy, scale, variance, spec.epsilon, shapeOf(network, layer, dy));
  }, dprediction);
}

/** dprediction (B, Cout, T) → dx (B, C, T) and the gradient of every learnable by name. */
export function trainingBackward(
  network: NetworkSpec,
  learnables: Tensors,
  pass: ForwardPass,
  dprediction: Float64Array,
): { dx: Float64Array; gradients: Map<string, Float64Array> } {
  const layers = resolveLayers(network);
  const gradients = new Map<string, Float64Array>();
  let dy = dprediction;
  for (let i = layers.length - 1; i >= 0; i--) {
    const result = backward(network, layers[i], learnables, pass, pass.inputs[i], dy);
    for (const [suffix, gradient] of Object.entries(result.gradients))
      gradients.set(`${layers[i].name}.${suffix}`, gradient);
    dy = result.dx;
  }
  return { dx: dy, gradients };
}

function forward(
  network: NetworkSpec,
  layer: ResolvedLayer,
  learnables: Tensors,
  { statistics, masks }: LayerState,
  x: Float64Array,
): Float64Array {
  const { spec, name } = layer;
  const shape = shapeOf(network, layer, x);
  switch (spec.kind) {
    case "conv1d":
      return conv1dForward(x, tensorOf(learnables, `${name}.weight`), tensorOf(learnables, `${name}.bias`), {
        ...shape,
        kernel: spec.kernel,
      });
    case "batchnorm":
      return batchNormInference(
        x,
        tensorOf(learnables, `${name}.scale`),
        tensorOf(learnables, `${name}.offset`),
        tensorOf(statistics, `${name}.mean`),
        tensorOf(statistics, `${name}.variance`),
        spec.epsilon,
        shape,
      );
    case "leakyrelu":
      return leakyReLUForward(x, spec.slope);
    case "dense":
      return denseForward(
        x,
        tensorOf(learnables, `${name}.weight`),
        tensorOf(learnables, `${name}.bias`),
        shape,
      );
    case "lstm":
      return lstmForward(x, lstmWeights(learnables, `${name}.forward`), { ...shape, hidden: spec.hidden });
    case "bilstm": {
      const { hidden } = spec;
      return biLstmForward(x, biLstmWeights(learnables, name), { ...shape, hidden });
    }
    case "dropout": {
      const mask = masks.get(name);
      return mask === undefined ? x : multiply(x, mask);
    }
    default:
      throw new RangeError(`unknown layer ${JSON.stringify(spec satisfies never)}`);
  }
}

function backward(
  network: NetworkSpec,
  layer: ResolvedLayer,
  learnables: Tensors,
  { statistics, masks }: LayerState,
  x: Float64Array,
  dy: Float64Array,
): { readonly dx: Float64Array; readonly gradients: Readonly<Record<string, Float64Array>> } {
  const { spec, name } = layer;
  const shape = shapeOf(network, layer, x);
  switch (spec.kind) {
    case "conv1d": {
      const weight = tensorOf(learnables, `${name}.weight`);
      const { dx, dweight, dbias } = conv1dBackward(dy, x, weight, { ...shape, kernel: spec.kernel });
      return { dx, gradients: { weight: dweight, bias: dbias } };
    }
    case "batchnorm": {
      const scale = tensorOf(learnables, `${name}.scale`);
      const mean = tensorOf(statistics, `${name}.mean`);
      const variance = tensorOf(statistics, `${name}.variance`);
      const { dx, dscale, doffset } = batchNormBackward(dy, x, scale, mean, variance, spec.epsilon, shape);
      return { dx, gradients: { scale: dscale, offset: doffset } };
    }
    case "leakyrelu":
      return { dx: leakyReLUBackward(dy, x, spec.slope), gradients: {} };
    case "dense": {
      const { dx, dweight, dbias } = denseBackward(dy, x, tensorOf(learnables, `${name}.weight`), shape);
      return { dx, gradients: { weight: dweight, bias: dbias } };
    }
    case "lstm": {
      const weights = lstmWeights(learnables, `${name}.forward`);
      const { dx, dweights } = lstmBackward(dy, x, weights, { ...shape, hidden: spec.hidden });
      return { dx, gradients: withPrefix("forward", dweights) };
    }
    case "bilstm": {
      const { hidden } = spec;
      const { dx, dweights } = biLstmBackward(dy, x, biLstmWeights(learnables, name), { ...shape, hidden });
      const { forward, reverse } = dweights;
      return { dx, gradients: { ...withPrefix("forward", forward), ...withPrefix("reverse", reverse) } };
    }
    case "dropout":
      return { dx: multiply(dy, tensorOf(masks, name)), gradients: {} };
    default:
      throw new RangeError(`unknown layer ${JSON.stringify(spec satisfies never)}`);
  }
}

const lstmWeights = (learnables: Tensors, prefix: string): LstmWeights => ({
  weight_ih: tensorOf(learnables, `${prefix}.weight_ih`),
  weight_hh: tensorOf(learnables, `${prefix}.weight_hh`),
  bias: tensorOf(learnables, `${prefix}.bias`),
});

const biLstmWeights = (learnables: Tensors, name: string) => ({
  forward: lstmWeights(learnables, `${name}.forward`),
  reverse: lstmWeights(learnables, `${name}.reverse`),
});

const withPrefix = (prefix: string, { weight_ih, weight_hh, bias }: LstmWeights) => ({
  [`${prefix}.weight_ih`]: weight_ih,
  [`${prefix}.weight_hh`]: weight_hh,
  [`${prefix}.bias`]: bias,
});

function multiply(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value * b[i]);
}

function shapeOf(network: NetworkSpec, layer: ResolvedLayer, x: Float64Array) {
  const { inputChannels, outputChannels } = layer;
  const { steps } = network.input;
  const batch = x.length / (inputChannels * steps);
  if (!Number.isInteger(batch))
    throw new RangeError(
      `${layer.name}: ${x.length} values are no whole number of (${inputChannels}, ${steps})`,
    );
  return { batch, channels: inputChannels, inputChannels, outputChannels, steps };
}

/** The tensor of that name. Throws RangeError where there is none. */
export function tensorOf(tensors: Tensors, name: string): Float64Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new RangeError(`there is no tensor ${name}`);
  return tensor;
}
