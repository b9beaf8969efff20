/**
 * What a network is, as plain data: it can be written to a file, compared, and understood by the
 * GPU engine and by the float64 reference alike. Shapes are (B, C, T): batch, channels, time steps.
 */

import {
  type FieldRules,
  requireFields,
  requireKind,
  requireValue,
  requireValues,
  requireVariant,
  show,
  wholeNumber,
} from "../fields";
import { type LayerLearnable, layerLimits } from "../layers/kind";
import type { ActivationShape } from "../layers/layer";
import type { LossNormalisation } from "../layers/loss/halfmse";
import { kindOf, type LayerSpec, layerKinds } from "../layers/registry";

export interface NetworkSpec {
  readonly input: { readonly channels: number; readonly steps: number };
  readonly layers: readonly LayerSpec[];
  readonly loss: LossNormalisation;
}

/** A learnable of a network: `conv1.weight` (Co, Ci, K), `bn1.scale` (C), `bilstm1.forward.weight_hh` (4H, H) … */
export type LearnableSpec = Omit<LayerLearnable, "initial">;

/** A layer with its name, its shapes and its learnables worked out. */
export interface ResolvedLayer {
  readonly spec: LayerSpec;
  /** `conv1`, `bn1`, `relu1`, `bilstm1`, `drop1`, `fc` (or `fc1`, `fc2` … where there are several). */
  readonly name: string;
  /** Place among the layers of its stem, from 0. */
  readonly ordinal: number;
  readonly input: ActivationShape;
  readonly output: ActivationShape;
  readonly learnables: readonly LearnableSpec[];
}

/** Most layers of a network, and most of what they have: far above any network of this project, and what a file may ask for. */
export const networkLimits = { ...layerLimits, layers: 256, steps: 1 << 20, batch: 1e6 } as const;

/** What the fields of each kind of layer may be. */
export const layerRules: Readonly<Record<string, FieldRules>> = Object.fromEntries(
  Object.entries(layerKinds).map(([kind, { fields }]) => [kind, fields]),
);

export const inputRules = {
  channels: wholeNumber(1, networkLimits.channels),
  steps: wholeNumber(1, networkLimits.steps),
} as const;

export const lossRule = { kind: "choice", choices: ["observations", "observations-and-steps"] } as const;

/**
 * Names every layer, follows channels and time steps through the network and lists the learnables in order.
 * @throws RangeError, TypeError in one line for what is no network
 */
export function resolveLayers(network: NetworkSpec): ResolvedLayer[] {
  requireShape(network);
  const total = (stem: string) => network.layers.filter((layer) => kindOf(layer).stem === stem).length;
  const seen = new Map<string, number>();
  let input: ActivationShape = { channels: network.input.channels, steps: network.input.steps };
  return network.layers.map((spec) => {
    const kind = kindOf(spec);
    const ordinal = seen.get(kind.stem) ?? 0;
    seen.set(kind.stem, ordinal + 1);
    const name = kind.unnumbered && total(kind.stem) === 1 ? kind.stem : `${kind.stem}${ordinal + 1}`;
    requireVariant(name, spec, layerRules, `${name}.`);
    const refusal = kind.refuse?.(spec, input);
    if (refusal !== undefined) throw new RangeError(`${name}: ${refusal}`);
    const output = kind.output(spec, input);
    requireValues(`${name} output `, output, inputRules);
    // What they begin with is no plain data: `initialise` asks the kind for that.
    const learnables = kind.learnables(spec, input).map(({ initial: _, ...own }) => ({
      ...own,
      name: `${name}.${own.name}`,
      group: `${name}.${own.group}`,
    }));
    const resolved = { spec, name, ordinal, input, output, learnables };
    input = output;
    return resolved;
  });
}

/**
 * A layer as a person writes it: of fields that are left out, those that have a default.
 * @throws RangeError, TypeError in one line for what is no layer
 */
export function completeLayer(what: string, given: unknown): LayerSpec {
  const kind = requireKind(what, given, Object.keys(layerKinds)) as LayerSpec["kind"];
  const layer = { ...kindOf({ kind } as LayerSpec).defaults, ...(given as LayerSpec) };
  requireVariant(what, layer, layerRules, `${what}.`);
  return layer;
}

/** What the network gives: channels and time steps of its last layer. */
export const outputOf = (layers: readonly ResolvedLayer[]): ActivationShape =>
  layers[layers.length - 1].output;

/** Names and shapes of a network's learnables and inference statistics. */
export function tensorShapes(layers: readonly ResolvedLayer[]): Map<string, readonly number[]> {
  return new Map(
    layers.flatMap(({ name, spec, output, learnables }) => [
      ...learnables.map((learnable) => [learnable.name, learnable.shape] as const),
      ...(kindOf(spec).statistics?.names ?? []).map((own) => [`${name}.${own}`, [output.channels]] as const),
    ]),
  );
}

function requireShape({ input, layers, loss }: NetworkSpec): void {
  requireFields("input", input, Object.keys(inputRules));
  requireValues("input.", input, inputRules);
  if (!Array.isArray(layers)) throw new TypeError(`layers must be an array of layers, got ${show(layers)}`);
  requireValue("the number of layers", layers.length, wholeNumber(1, networkLimits.layers));
  const kinds = Object.keys(layerKinds);
  for (const [i, layer] of layers.entries()) requireKind(`layers[${i}]`, layer, kinds);
  requireValue("loss", loss, lossRule);
}
