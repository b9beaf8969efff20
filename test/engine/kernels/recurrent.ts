import { type LayerValues, layerValues } from "../../../src/check/values";
import type { BiLstmSpec, LstmSpec } from "../../../src/engine/layers/recurrence/definition";

/** A recurrent layer, with channels and steps of its input and the curves of a batch. */
export interface RecurrentCase {
  readonly kind: "lstm" | "bilstm";
  readonly hidden: number;
  readonly inputs: number;
  readonly steps: number;
  readonly batch: number;
}

export const specOf = ({ kind, hidden }: RecurrentCase): LstmSpec | BiLstmSpec => ({ kind, hidden });

/** Normal numbers for everything, of these scales. */
export const recurrentValues = (
  sizes: RecurrentCase,
  scales: { readonly x?: number; readonly weights?: number } = {},
): LayerValues => layerValues(specOf(sizes), [sizes.batch, sizes.inputs, sizes.steps], scales);

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
