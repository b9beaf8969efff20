/** A whole network in float64: forward in training and at inference, and all gradients. */

import { kindOf } from "../engine/layers/registry";
import { type NetworkSpec, type ResolvedLayer, resolveLayers } from "../engine/network/spec";
import type { DropoutDraw } from "./dropout";
import { type Lengths, layerBackward, layerForward, layerMask, layerStatistics } from "./layer";
import type { OwnTensors } from "./registry";

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
  readonly lengths: Lengths;
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
  lengths?: Lengths,
): ForwardPass {
  const statistics = new Map<string, Float64Array>();
  const masks = new Map<string, Float64Array>();
  const state = { statistics, masks };
  const inputs: Float64Array[] = [];
  let activation = x;
  for (const { layer, lengths: own } of withLengths(network, lengths)) {
    inputs.push(activation);
    for (const [name, values] of Object.entries(layerStatistics(layer, activation, own)))
      statistics.set(`${layer.name}.${name}`, values);
    const mask = layerMask(layer, activation, draw);
    if (mask) masks.set(layer.name, mask);
    activation = layerForward(layer, ownTensors(layer, learnables, state), activation, own);
  }
  return { prediction: activation, inputs, lengths, ...state };
}

/**
 * x (B, C, T) → prediction (B, Cout, Tout) with the given statistics and without dropout.
 * Throws RangeError naming a missing tensor.
 */
export const inferenceForward = (
  network: NetworkSpec,
  learnables: Tensors,
  statistics: Tensors,
  x: Float64Array,
  lengths?: Lengths,
): Float64Array => inferencePass(network, learnables, statistics, x, lengths).prediction;

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
  lengths?: Lengths,
): Float64Array {
  const pass = inferencePass(network, learnables, statistics, x, lengths);
  return backward(network, learnables, pass, dprediction, true).dx;
}

/** dprediction (B, Cout, Tout) → dx (B, C, T) and the gradient of every learnable by name. */
export const trainingBackward = (
  network: NetworkSpec,
  learnables: Tensors,
  pass: ForwardPass,
  dprediction: Float64Array,
) => backward(network, learnables, pass, dprediction, false);

function inferencePass(
  network: NetworkSpec,
  learnables: Tensors,
  statistics: Tensors,
  x: Float64Array,
  lengths: Lengths,
): ForwardPass {
  const state: LayerState = { statistics, masks: new Map() };
  const inputs: Float64Array[] = [];
  let activation = x;
  for (const { layer, lengths: own } of withLengths(network, lengths)) {
    inputs.push(activation);
    activation = layerForward(layer, ownTensors(layer, learnables, state), activation, own);
  }
  return { prediction: activation, inputs, lengths, ...state };
}

function backward(
  network: NetworkSpec,
  learnables: Tensors,
  pass: ForwardPass,
  dprediction: Float64Array,
  inference: boolean,
): { dx: Float64Array; gradients: Map<string, Float64Array> } {
  const gradients = new Map<string, Float64Array>();
  const dx = withLengths(network, pass.lengths).reduceRight((dy, { layer, lengths }, i) => {
    const own = ownTensors(layer, learnables, pass);
    const found = layerBackward(layer, own, { x: pass.inputs[i], dy }, lengths, inference);
    for (const [suffix, gradient] of Object.entries(found.gradients))
      gradients.set(`${layer.name}.${suffix}`, gradient);
    return found.dx;
  }, dprediction);
  return { dx, gradients };
}

/** Whether a network gives one step for a whole sequence. */
export const endsSequence = (layers: readonly ResolvedLayer[]): boolean =>
  layers.some(({ spec }) => kindOf(spec).endsSequence);

/** The layers of a network, and the lengths of what each of them takes. */
function withLengths(network: NetworkSpec, lengths: Lengths) {
  let own = lengths;
  return resolveLayers(network).map((layer) => {
    const taken = { layer, lengths: own };
    if (kindOf(layer.spec).endsSequence) own = undefined;
    return taken;
  });
}

/** What a layer computes with, by its own names. */
function ownTensors({ name }: ResolvedLayer, learnables: Tensors, state: LayerState): OwnTensors {
  const tensors = new Map([...learnables, ...state.statistics]);
  return { tensor: (own) => tensorOf(tensors, `${name}.${own}`), mask: state.masks.get(name) };
}

/** The tensor of that name. Throws RangeError where there is none. */
export function tensorOf(tensors: Tensors, name: string): Float64Array {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new RangeError(`there is no tensor ${name}`);
  return tensor;
}
