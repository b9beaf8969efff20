import { type BiLstmSpec, type LstmSpec, type NetworkSpec, resolveLayers } from "../../src/nn/spec";
import { trainingBackward, trainingForward } from "../../src/reference/network";
import { type LayerValues, singles } from "./layer";

/** A recurrent layer, with channels and steps of its input and the curves of a batch. */
export interface RecurrentCase {
  readonly kind: "lstm" | "bilstm";
  readonly hidden: number;
  readonly inputs: number;
  readonly steps: number;
  readonly batch: number;
}

export const specOf = ({ kind, hidden }: RecurrentCase): LstmSpec | BiLstmSpec => ({ kind, hidden });

/**
 * Normal numbers for everything. The weights of a row of W_ih and of W_hh have variances that add up to `weights`² each,
 * as those of the bias do, so that sums of any width stay in the curved part of the gates where `weights` and `x` are 1.
 */
export function recurrentValues(
  sizes: RecurrentCase,
  scales: { readonly x?: number; readonly weights?: number } = {},
): LayerValues {
  const { inputs, steps, batch } = sizes;
  const [{ learnables, outputChannels }] = resolveLayers(networkOf(sizes));
  const scaled = (count: number, seed: number, scale = 1) =>
    singles(count, seed).map((value) => scale * value);
  return {
    shape: [batch, inputs, steps],
    x: scaled(batch * inputs * steps, 100, scales.x),
    dy: singles(batch * outputChannels * steps, 101),
    learnables: new Map(
      learnables.map(({ name, shape: [rows, columns = 1] }, seed) => [
        ownName(name),
        scaled(rows * columns, seed, (scales.weights ?? 1) / Math.sqrt(columns)),
      ]),
    ),
  };
}

/** y, dx and the gradient of every learnable in float64, by the names that `runLayer` gives them. */
export function recurrentReference(
  sizes: RecurrentCase,
  { x, dy, learnables }: LayerValues,
): Map<string, Float64Array> {
  const network = networkOf(sizes);
  const exact = new Map(
    Array.from(learnables, ([name, data]) => [`${sizes.kind}1.${name}`, Float64Array.from(data)]),
  );
  const pass = trainingForward(network, exact, Float64Array.from(x));
  const { dx, gradients } = trainingBackward(network, exact, pass, Float64Array.from(dy));
  return new Map([
    ["y", pass.prediction],
    ["dx", dx],
    ...Array.from(gradients, ([name, gradient]) => [`d${ownName(name)}`, gradient] as const),
  ]);
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

const networkOf = (sizes: RecurrentCase): NetworkSpec => ({
  input: { channels: sizes.inputs, steps: sizes.steps },
  layers: [specOf(sizes)],
  loss: "observations",
});

/** `forward.weight_ih` of `lstm1.forward.weight_ih`. */
const ownName = (name: string): string => name.slice(name.indexOf(".") + 1);
