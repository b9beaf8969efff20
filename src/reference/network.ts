/** A whole network in float64: forward in training and at inference, and all gradients. */
import { type NetworkSpec, type ResolvedLayer, resolveLayers } from "../engine/network/spec";
import type { DropoutDraw } from "./dropout";
import { type LayerShape, type OwnTensors, referenceOf } from "./registry";

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
  /** (B, Cout, Tout) */
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
    const { measure, draw: mask } = referenceOf(layer.spec);
    const shape = shapeOf(layer, activation);
    for (const [own, values] of Object.entries(measure?.(activation, shape) ?? {}))
      statistics.set(`${layer.name}.${own}`, values);
    if (mask && draw) masks.set(layer.name, mask(layer.spec, shape, draw, layer.ordinal));
    activation = forward(layer, learnables, { statistics, masks }, activation);
  }
  return { prediction: activation, inputs, statistics, masks };
}

/**
 * x (B, C, T) → prediction (B, Cout, Tout) with the given statistics and without dropout.
 * Throws RangeError naming a missing tensor.
 */
export function inferenceForward(
  network: NetworkSpec,
  learnables: Tensors,
  statistics: Tensors,
  x: Float64Array,
): Float64Array {
  return resolveLayers(network).reduce(
    (activation, layer) => forward(layer, learnables, { statistics, masks: new Map() }, activation),
    x,
  );
}

/**
 * Through `inferenceForward`: x (B, C, T), dprediction (B, Cout, Tout) → dx (B, C, T).
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
  for (const [i, layer] of layers.entries()) inputs.push(forward(layer, learnables, state, inputs[i]));
  return layers.reduceRight((dy, layer, i) => {
    const { backward, inferenceBackward = backward } = referenceOf(layer.spec);
    return inferenceBackward(
      layer.spec,
      ownTensors(layer, learnables, state),
      inputs[i],
      dy,
      shapeOf(layer, inputs[i]),
    ).dx;
  }, dprediction);
}

/** dprediction (B, Cout, Tout) → dx (B, C, T) and the gradient of every learnable by name. */
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
    const { spec, name } = layers[i];
    const own = ownTensors(layers[i], learnables, pass);
    const shape = shapeOf(layers[i], pass.inputs[i]);
    const { dx, gradients: found } = referenceOf(spec).backward(spec, own, pass.inputs[i], dy, shape);
    for (const [suffix, gradient] of Object.entries(found)) gradients.set(`${name}.${suffix}`, gradient);
    dy = dx;
  }
  return { dx: dy, gradients };
}

function forward(
  layer: ResolvedLayer,
  learnables: Tensors,
  state: LayerState,
  x: Float64Array,
): Float64Array {
  const own = ownTensors(layer, learnables, state);
  return referenceOf(layer.spec).forward(layer.spec, own, x, shapeOf(layer, x));
}

/** What a layer computes with, by its own names. */
function ownTensors({ name }: ResolvedLayer, learnables: Tensors, state: LayerState): OwnTensors {
  const tensors = new Map([...learnables, ...state.statistics]);
  return { tensor: (own) => tensorOf(tensors, `${name}.${own}`), mask: state.masks.get(name) };
}

function shapeOf({ name, input, output }: ResolvedLayer, x: Float64Array): LayerShape {
  const batch = x.length / (input.channels * input.steps);
  if (!Number.isInteger(batch))
    throw new RangeError(
      `${name}: ${x.length} values are no whole number of (${input.channels}, ${input.steps})`,
    );
  return {
    batch,
    channels: input.channels,
    inputChannels: input.channels,
    outputChannels: output.channels,
    steps: input.steps,
    outputSteps: output.steps,
  };
}

/** The tensor of that name. Throws RangeError where there is none. */
export function tensorOf(tensors: Tensors, name: string): Float64Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new RangeError(`there is no tensor ${name}`);
  return tensor;
}
