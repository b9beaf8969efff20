import { part, type Slice } from "../../gpu/memory";
import { convolution } from "../convolution/convolution";
import type { ConvolutionShape } from "../convolution/shape";
import { weightGradient } from "../convolution/weight-gradient";
import {
  type Activation,
  type BuildContext,
  createActivation,
  groupsOf,
  type InputGradient,
  type Layer,
  noCalls,
} from "../layer";
import type { LayerPlace } from "../registry";
import { gruCell, lstmCell, type RecurrentCell } from "./cell";
import { type BiGruSpec, type BiLstmSpec, directionsOf, type GruSpec, type LstmSpec } from "./definition";
import { paddedUnits, recurrenceCalls } from "./recurrence";
import { orderWeights } from "./weights";

/** Long short-term memory, in one direction or both. (B, Ci, T) → (B, D·hidden, T) */
export const buildLstm = (
  context: BuildContext,
  layer: LayerPlace<LstmSpec | BiLstmSpec>,
  input: Activation,
): Layer => buildRecurrent(context, lstmCell, layer, input);

/** Gated recurrent units, in one direction or both. (B, Ci, T) → (B, D·hidden, T) */
export const buildGru = (
  context: BuildContext,
  layer: LayerPlace<GruSpec | BiGruSpec>,
  input: Activation,
): Layer => buildRecurrent(context, gruCell, layer, input);

/**
 * A recurrent layer with cells of one kind: the input product of all steps and directions as a convolution of kernel 1, the
 * recurrence, and the gradients of the weights as products over all steps.
 */
function buildRecurrent(
  context: BuildContext,
  cell: RecurrentCell,
  { name, spec }: LayerPlace<LstmSpec | BiLstmSpec | GruSpec | BiGruSpec>,
  input: Activation,
): Layer {
  const { hidden } = spec;
  const directions = directionsOf(spec.kind);
  const units = directions.length * hidden;
  const { batch, memory } = context;
  const { steps, lengths } = input;
  const shape = { name, cell, hidden, inputs: input.channels, directions };
  const half = context.recurrentWeights === "f16";
  const weights = orderWeights(shape, context.parameter, half);
  const padded = paddedUnits(hidden);
  const output = createActivation(context, `${name} output`, { channels: units, steps });
  const gates = createActivation(context, `${name} gates`, { channels: 4 * units, steps }).slice;
  const cells = memory.storage(`${name} cells`, units * batch * steps);
  // The gradient of weight_hh wants each direction's h in whole groups of four channels.
  const ragged = hidden % 4 !== 0;
  const states = ragged
    ? memory.storage(`${name} states`, directions.length * padded * batch * steps)
    : output.slice;
  // Each direction's in whole groups, too.
  const sumGroups = groupsOf(cell.gates * hidden);
  const sumsLength = directions.length * sumGroups * 4 * batch * steps;
  const recurrence = {
    cell,
    hidden,
    steps,
    directions: directions.length,
    ragged,
    half,
    hasLengths: lengths !== undefined,
    // The recurrences of two layers that differ in their inputs alone share their pipelines.
    constants: {
      BATCH: batch,
      STEPS: steps,
      HIDDEN: hidden,
      RECURRENT_LENGTH: weights.packedLength,
      CELLS: units * batch * steps,
      OUTPUT_LENGTH: output.slice.size / 4,
      STATES_LENGTH: states.size / 4,
      SUMS_LENGTH: sumsLength,
    },
  };

  const arranged = memory.storage(`${name} arranged`, weights.arrangedLength);
  const weight = part(arranged, 0, weights.inputCount);
  const bias = part(arranged, weights.bias, 4 * units);
  const product: ConvolutionShape = { input: input.channels, output: 4 * units, kernel: 1, left: 0, steps };
  const packed = memory.storage(`${name} recurrent weights`, weights.packedWords);
  const infer = [
    weights.arrange(arranged),
    ...convolution(context, `${name} input product`, product, { x: input.slice, weight, bias, y: gates }),
    ...recurrenceCalls(context, name, "forward", {
      ...recurrence,
      pack: weights.pack(packed, false),
      bindings: {
        recurrent: packed,
        gates,
        cells,
        y: output.slice,
        ...(ragged && { states }),
        ...(lengths && { lengths }),
      },
    }),
  ];
  /** Leaves in the gates' place the gradients that the products want. */
  const throughTime = (into: BuildContext, dy: Slice) => {
    const transposed = into.memory.storage(`${name} transposed weights`, weights.packedWords);
    const dsums = cell.sumsApart && into.memory.storage(`${name} recurrent sums gradient`, sumsLength);
    const calls = recurrenceCalls(into, name, "backward", {
      ...recurrence,
      pack: weights.pack(transposed, true),
      bindings: {
        recurrent: transposed,
        gates,
        cells,
        dy,
        ...(lengths && { lengths }),
        ...(dsums && { dsums }),
      },
    });
    return { calls, dsums };
  };
  /** From those. */
  const toInput = (into: BuildContext): InputGradient => {
    const dInput = createActivation(into, `${name} input gradient`, input).slice;
    const mirrored = { ...product, input: product.output, output: product.input };
    const calls = convolution(into, `${name} input gradient`, mirrored, { x: gates, weight, y: dInput });
    return { calls, dInput };
  };
  return {
    name,
    output,
    infer,
    inputGradient(into, dy) {
      const backward = throughTime(into, dy);
      const { calls, dInput } = toInput(into);
      return { calls: [...backward.calls, ...calls], dInput };
    },
    train: (training) => ({
      forward: () => infer,
      backward(dy, wanted) {
        const { calls: backward, dsums } = throughTime(training, dy);
        const darranged = training.memory.storage(`${name} arranged gradient`, weights.darrangedLength);
        const calls = [
          ...backward,
          ...weightGradient(training, `${name} input weights gradient`, product, {
            x: { slice: input.slice, first: 0 },
            dy: { slice: gates, first: 0 },
            dweight: part(darranged, 0, weights.inputCount),
            dbias: part(darranged, weights.bias, 4 * units),
          }),
          ...directions.flatMap((direction, index) =>
            // h of the step before: in the reverse direction that is the next in time.
            weightGradient(
              training,
              `${name} ${direction} recurrent weights gradient`,
              {
                input: hidden,
                output: (dsums ? cell.gates : 4) * hidden,
                kernel: 1,
                left: direction === "forward" ? 1 : -1,
                steps,
              },
              {
                x: { slice: states, first: (index * (ragged ? padded : hidden)) / 4 },
                ...(dsums
                  ? {
                      dy: { slice: dsums, first: index * sumGroups },
                      dweight: training.gradient(`${name}.${direction}.weight_hh`),
                    }
                  : {
                      dy: { slice: gates, first: index * hidden },
                      dweight: part(darranged, weights.recurrent(index), 4 * hidden * hidden),
                    }),
              },
            ),
          ),
          weights.restore(darranged, training.gradient),
        ];
        if (!wanted) return { calls };
        const { calls: last, dInput } = toInput(training);
        return { calls: [...calls, ...last], dInput };
      },
      commit: noCalls,
      pool: noCalls,
    }),
  };
}
