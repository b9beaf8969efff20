import { type KernelCall, spread } from "../../gpu/kernel";
import type { Slice } from "../../gpu/memory";
import { cellModule, type RecurrentCell } from "./cell";
import { paddedUnits } from "./recurrence";

/** A recurrent layer's sizes. */
export interface RecurrentShape {
  readonly name: string;
  readonly cell: RecurrentCell;
  readonly hidden: number;
  readonly inputs: number;
  readonly directions: readonly string[];
}

/** How the weights of a recurrent layer are brought into the orders in which its kernels want them, and back. */
export interface RecurrentWeights {
  /** Words of `arranged`; of `darranged`, which holds the gradients of weight_hh besides, unless those have their order. */
  readonly arrangedLength: number;
  readonly darrangedLength: number;
  /** Places in either, in words: weight_ih (D·4H, C) from 0 on, the biases (D·4H), and in `darranged` weight_hh (4H, H). */
  readonly inputCount: number;
  readonly bias: number;
  readonly recurrent: (direction: number) => number;
  /** Packed recurrent weights: elements of four lanes each, and the words that they take. */
  readonly packedLength: number;
  readonly packedWords: number;
  readonly arrange: (arranged: Slice) => KernelCall;
  /** By source unit for the forward pass, by target unit (`transposed`) for the backward pass. */
  readonly pack: (packing: Slice, transposed: boolean) => KernelCall;
  /** @param gradient place of a learnable among the gradients */
  readonly restore: (darranged: Slice, gradient: (learnable: string) => Slice) => KernelCall;
}

/**
 * The order of a layer's weights (shaders/recurrence/order.wgsl).
 * @param parameter place of a learnable among the parameters
 * @param half whether packed recurrent weights have 16 bits
 */
export function orderWeights(
  shape: RecurrentShape,
  parameter: (learnable: string) => Slice,
  half: boolean,
): RecurrentWeights {
  const { name, cell, hidden, inputs, directions } = shape;
  const learnables = spanOf(shape, parameter);
  const { inputCount, bias, recurrentStart, stride } = layArranged(shape);
  const darrangedLength = recurrentStart + (cell.sumsApart ? 0 : directions.length * stride);
  const packedLength = directions.length * paddedUnits(hidden) ** 2;
  const call = (entry: string, bindings: Record<string, Slice>, arrangedLength: number): KernelCall => ({
    label: `${name} ${entry.replace("_", " ")}`,
    file: "recurrence/order",
    modules: cellModule(cell),
    entry,
    constants: {
      HIDDEN: hidden,
      INPUTS: inputs,
      ...learnables.constants,
      BIAS_START: bias,
      RECURRENT_START: recurrentStart,
      RECURRENT_STRIDE: stride,
      ARRANGED_LENGTH: arrangedLength,
      RECURRENT_LENGTH: packedLength,
    },
    bindings,
    workgroups: [...spread(learnables.constants.DIRECTION_LENGTH), directions.length],
  });
  return {
    arrangedLength: recurrentStart,
    darrangedLength,
    inputCount,
    bias,
    recurrent: (direction) => recurrentStart + direction * stride,
    packedLength,
    packedWords: packedLength * (half ? 2 : 4),
    arrange: (arranged) => ({
      ...call("arrange_input", { learnables: learnables.slice, arranged }, recurrentStart),
      // All but weight_hh.
      bytes: 2 * 4 * (inputCount + 4 * hidden * directions.length),
    }),
    pack: (packing, transposed) => ({
      ...call("arrange_recurrent", { learnables: learnables.slice, packing }, recurrentStart),
      conditions: { half, transposed },
      workgroups: spread(packedLength),
      bytes: 4 * cell.gates * hidden * hidden * directions.length + packing.size,
    }),
    restore: (darranged, gradient) =>
      call("restore", { darranged, dlearnables: spanOf(shape, gradient).slice }, darrangedLength),
  };
}

/** Where the learnables lie in the order of the products, each where it can be bound by itself. */
function layArranged({ hidden, inputs, directions }: RecurrentShape) {
  const aligned = (words: number) => Math.ceil(words / 64) * 64;
  const inputCount = 4 * hidden * directions.length * inputs;
  const bias = aligned(inputCount);
  return {
    inputCount,
    bias,
    recurrentStart: bias + aligned(4 * hidden * directions.length),
    stride: aligned(4 * hidden * hidden),
  };
}

/** The learnables of all directions lie one behind another, in the same order in each. */
function spanOf({ name, cell, directions }: RecurrentShape, lookup: (learnable: string) => Slice) {
  const at = (direction: string, learnable: string) => lookup(`${name}.${direction}.${learnable}`);
  const [inputBias, recurrentBias = inputBias] = cell.biases;
  const first = at(directions[0], "weight_ih");
  const last = at(directions[directions.length - 1], recurrentBias);
  const words = (slice: Slice) => (slice.offset - first.offset) / 4;
  const size = last.offset + last.size - first.offset;
  return {
    slice: { buffer: first.buffer, offset: first.offset, size },
    constants: {
      LEARNABLES_LENGTH: size / 4,
      DIRECTION_LENGTH: directions.length > 1 ? words(at(directions[1], "weight_ih")) : size / 4,
      RECURRENT_OFFSET: words(at(directions[0], "weight_hh")),
      BIAS_OFFSET: words(at(directions[0], inputBias)),
      RECURRENT_BIAS_OFFSET: words(at(directions[0], recurrentBias)),
    },
  };
}
