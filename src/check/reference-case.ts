/** Operations other than layers, with what the float64 reference computes, as conformance cases. */
import type { LossNormalisation } from "../engine/layers/loss/halfmse";
import type { ClipMethod, SolverSpec } from "../engine/training/options";
import { clipGradients } from "../reference/clip";
import { halfMSE } from "../reference/halfmse";
import { addL2, solverStep } from "../reference/solver";
import { sumError, unit } from "./bounds";
import { singles } from "./values";

/** An operation on tensors (test/conformance/README.md) and what it should give. */
export interface ReferenceCase {
  readonly op: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs: ReadonlyMap<
    string,
    { readonly shape: readonly number[]; readonly data: Float32Array<ArrayBuffer> }
  >;
  readonly outputs: ReadonlyMap<string, Float64Array>;
  /** Error allowed, relative to the largest expected value of the tensor. */
  readonly tolerance: number;
}

/** The loss of normal numbers (B, C, T), and its gradient. */
export function halfMseCase(
  shape: readonly [batch: number, channels: number, steps: number],
  normalise: LossNormalisation,
): ReferenceCase {
  const [batch, channels, steps] = shape;
  const prediction = singles(batch * channels * steps, 1);
  const target = singles(prediction.length, 2);
  const exact = [Float64Array.from(prediction), Float64Array.from(target)] as const;
  const { loss, dprediction } = halfMSE(...exact, normalise, { batch, steps });
  return {
    op: "halfmse",
    config: { normalise },
    inputs: new Map([
      ["prediction", { shape, data: prediction }],
      ["target", { shape, data: target }],
    ]),
    outputs: new Map([
      ["loss", Float64Array.of(loss)],
      ["dprediction", dprediction],
    ]),
    // All terms of the sum are positive: the error is relative to the loss itself.
    tolerance: sumError(prediction.length),
  };
}

/** Gradients of several learnables, clipped. */
export function clipCase(
  gradients: ReadonlyMap<string, Float32Array<ArrayBuffer>>,
  method: ClipMethod,
  threshold: number,
): ReferenceCase {
  const exact = new Map(Array.from(gradients, ([name, data]) => [name, Float64Array.from(data)]));
  return {
    op: "clip",
    config: { method, threshold },
    inputs: new Map(Array.from(gradients, ([name, data]) => [name, { shape: [data.length], data }])),
    outputs: clipGradients(exact, threshold, method),
    tolerance: sumError(Math.max(...Array.from(gradients.values(), ({ length }) => length))),
  };
}

const solverSteps = 5;

/**
 * Error of five steps, relative to the largest weight. Sgdm rounds five times a step, RMSProp a dozen times, root and
 * division among them; the quotient of Adam as often, and the mean of five gradients may cancel to a fifth of its terms.
 */
const solverTolerance: Readonly<Record<SolverSpec["kind"], number>> = {
  sgdm: 5 * solverSteps * unit,
  rmsprop: 12 * solverSteps * unit,
  adam: 5 * 12 * solverSteps * unit,
  adamw: 5 * 12 * solverSteps * unit,
};

/** Five steps of a solver from normal numbers by normal numbers. */
export function solverCase(
  solver: SolverSpec,
  { length, l2 }: { readonly length: number; readonly l2: number },
): ReferenceCase {
  const { kind, ...rates } = solver;
  const learnRate = 0.25;
  const start = singles(length, 0);
  const inputs = new Map([["weight", { shape: [length], data: start }]]);
  const outputs = new Map<string, Float64Array>();
  const state = {
    weight: Float64Array.from(start),
    first: new Float64Array(length),
    second: new Float64Array(length),
  };
  for (let iteration = 1; iteration <= solverSteps; iteration++) {
    const data = singles(length, iteration);
    inputs.set(`grad.${iteration}`, { shape: [length], data });
    const gradient = addL2(Float64Array.from(data), state.weight, l2);
    solverStep(solver, state, gradient, { learnRate, iteration, l2Factor: 1 });
    outputs.set(`weight.${iteration}`, state.weight.slice());
  }
  return { op: kind, config: { learnRate, l2, ...rates }, inputs, outputs, tolerance: solverTolerance[kind] };
}
