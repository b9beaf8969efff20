/** What every library is given: the post's networks, with the same initial learnables and the same batch. */
import { generateCurves, takeCurves } from "../../src/calculus/curves";
import { molerBilstm, molerCnn } from "../../src/calculus/networks";
import type { NetworkName } from "../../src/calculus/options";
import { type NetworkSpec, resolveLayers } from "../../src/engine";
import { initialise } from "../../src/engine/training/initialise";
import type { SampleSet } from "../../src/engine/training/samples";

export interface Task {
  readonly network: NetworkName;
  /** Curves in a step (B). */
  readonly batch: number;
  /** Of the BiLSTM, in the steps; the first loss is always without. */
  readonly dropout: number;
}

/**
 * The rates at which peers learn: CNN by SGD with momentum 0.9, BiLSTM by Adam. They do not clip, so that of the CNN
 * is small enough for its loss to stay finite; the work of a step does not depend on it.
 */
export const learnRates: Readonly<Record<NetworkName, number>> = { cnn: 1e-5, bilstm: 1e-3 };

export const specOf = ({ network, dropout }: Task): NetworkSpec =>
  network === "cnn" ? molerCnn() : molerBilstm({ dropout });

/** An initial learnable, row-major. */
export interface Learnable {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array<ArrayBuffer>;
}

/**
 * In network order, of Glorot's size: with the post's narrow ones a first loss would hardly depend on the network.
 */
export function learnablesOf(task: Task): Learnable[] {
  const spec = specOf(task);
  const values = initialise(spec, "glorot", 0);
  return resolveLayers(spec).flatMap(({ learnables }) =>
    learnables.map(({ name, shape }) => ({ name, shape, data: values.get(name) ?? new Float32Array() })),
  );
}

/** x (B, 2, T) and target (B, 1, T). */
export function batchOf({ batch }: Task): SampleSet {
  const curves = generateCurves({ curves: 6 * Math.ceil(batch / 6) });
  return takeCurves(
    curves,
    Array.from({ length: batch }, (_, row) => row),
  );
}
