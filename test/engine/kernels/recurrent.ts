import { expect } from "vitest";
import { layerReference } from "../../../src/check/expected-layer";
import { type LayerValues, layerValues } from "../../../src/check/values";
import type { LayerSpec } from "../../../src/engine";
import type { KernelChoice } from "../../../src/engine/layers/layer";
import { recurrentTolerance } from "../../../src/engine/layers/recurrence/definition";
import { expectRelative } from "./bounds";
import { runLayer } from "./layer";

/** A recurrent layer, with channels and steps of its input and the curves of a batch. */
export interface RecurrentCase {
  readonly kind: "lstm" | "bilstm" | "gru" | "bigru";
  readonly hidden: number;
  readonly inputs: number;
  readonly steps: number;
  readonly batch: number;
}

export const specOf = ({ kind, hidden }: RecurrentCase): LayerSpec => ({ kind, hidden });

/** Normal numbers for everything, of these scales. */
export const recurrentValues = (
  sizes: RecurrentCase,
  scales: { readonly x?: number; readonly weights?: number } = {},
): LayerValues => layerValues(specOf(sizes), [sizes.batch, sizes.inputs, sizes.steps], scales);

/** Compares y, dx and every gradient with the reference. */
export async function expectReference(
  sizes: RecurrentCase,
  kernels: Partial<KernelChoice>,
  values = recurrentValues(sizes),
  allowed: { readonly y: number; readonly gradient: number } = recurrentTolerance,
): Promise<void> {
  const got = await runLayer(specOf(sizes), values, kernels);
  const expected = layerReference(specOf(sizes), values);
  expect([...got.keys()].sort()).toEqual([...expected.keys()].sort());
  for (const [name, tensor] of expected)
    expectRelative(name, got.get(name), tensor, name === "y" ? allowed.y : allowed.gradient);
}

/** The same values with recurrent weights that have a mantissa of 11 bits. */
export const withRoundedWeights = (values: LayerValues): LayerValues => ({
  ...values,
  learnables: new Map(
    Array.from(values.learnables, ([name, data]) => [
      name,
      name.endsWith("weight_hh") ? data.map(toHalf) : data,
    ]),
  ),
});

/** The nearest number with a mantissa of 11 bits. */
function toHalf(value: number): number {
  const last = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 10);
  return Math.round(value / last) * last;
}

/** Every row of T values from its end to its beginning. */
export const reversedTime = (values: Float32Array, { steps }: RecurrentCase): Float32Array =>
  values.map((_, i) => values[i - 2 * (i % steps) + steps - 1]);

/** (B, 2H, T) with the two halves of the channels exchanged. */
export function swappedHalves(values: Float32Array, { hidden, steps }: RecurrentCase): Float32Array {
  const half = hidden * steps;
  return values.map((_, i) => values[i + (i % (2 * half) < half ? half : -half)]);
}

/** What belongs to the forward direction under the names of the reverse, and the other way round. */
export function exchangedDirections<T>(tensors: ReadonlyMap<string, T>): Map<string, T> {
  const renamed = (name: string) =>
    name.replace(/forward|reverse/, (direction) => (direction === "forward" ? "reverse" : "forward"));
  return new Map(Array.from(tensors, ([name, tensor]) => [renamed(name), tensor]));
}
