import { type KernelCall, spread } from "../gpu/kernel";
import { part, type Slice } from "../gpu/memory";
import { type ConvolutionShape, convolution, weightGradient } from "./conv1d";
import { type Activation, type BuildContext, createActivation, type Layer, noCalls } from "./layer";
import { noTile, paddedUnits, recurrenceCalls } from "./recurrence";
import { directionsOf } from "./spec";

/**
 * LSTM in one direction or both (shaders/lstm.wgsl): the input product of all steps and directions as a convolution of
 * kernel 1, the recurrence, and the gradients of the weights as products over all steps.
 */
export function buildLstm(
  context: BuildContext,
  layer: { readonly name: string; readonly kind: "lstm" | "bilstm"; readonly hidden: number },
  input: Activation,
): Layer {
  const { name, kind, hidden } = layer;
  const directions = directionsOf(kind);
  const units = directions.length * hidden;
  const { batch, steps, memory } = context;
  const span = (lookup: (learnable: string) => Slice) => spanOf(name, directions, lookup);
  const learnables = span(context.parameter);
  const padded = paddedUnits(hidden);
  const recurrentLength = directions.length * padded * padded;
  const output = createActivation(context, `${name} output`, units);
  const gates = createActivation(context, `${name} gates`, 4 * units).slice;
  const cells = memory.storage(`${name} cells`, units * batch * steps);
  // The gradient of weight_hh wants each direction's h in whole groups of four channels.
  const ragged = hidden % 4 !== 0;
  const states = ragged
    ? memory.storage(`${name} states`, directions.length * padded * batch * steps)
    : output.slice;

  const arrangedLayout = layArranged(hidden, input.channels, directions.length);
  const recurrentStart = arrangedLayout.constants.RECURRENT_START;
  // The recurrences of two layers that differ in their inputs alone share their pipelines.
  const recurrenceConstants = {
    ...unused,
    BATCH: batch,
    STEPS: steps,
    HIDDEN: hidden,
    RECURRENT_LENGTH: recurrentLength,
    CELLS: units * batch * steps,
    OUTPUT_LENGTH: output.slice.size / 4,
    STATES_LENGTH: states.size / 4,
  };
  const order = (
    entry: string,
    bindings: Record<string, Slice>,
    arrangedLength = recurrentStart,
  ): KernelCall => ({
    label: `${name} ${entry.replace("_", " ")}`,
    file: "lstm",
    entry,
    constants: {
      ...unused,
      HIDDEN: hidden,
      INPUTS: input.channels,
      ...learnables.constants,
      ...arrangedLayout.constants,
      ARRANGED_LENGTH: arrangedLength,
      RECURRENT_LENGTH: recurrentLength,
    },
    conditions: noTile,
    bindings,
    workgroups: [...spread(learnables.constants.DIRECTION_LENGTH), directions.length],
  });
  const packRecurrent = (packing: Slice, transposed: boolean): KernelCall => ({
    ...order("arrange_recurrent", { learnables: learnables.slice, packing }),
    conditions: { ...noTile, transposed },
    workgroups: spread(recurrentLength),
  });

  const arranged = memory.storage(`${name} arranged`, recurrentStart);
  const weight = part(arranged, 0, arrangedLayout.weights);
  const bias = part(arranged, arrangedLayout.constants.BIAS_START, 4 * units);
  const product: ConvolutionShape = { input: input.channels, output: 4 * units, kernel: 1, left: 0 };
  const packing = memory.storage(`${name} recurrent weights`, recurrentLength * 4);
  const infer = [
    order("arrange_input", { learnables: learnables.slice, arranged }),
    packRecurrent(packing, false),
    ...convolution(context, `${name} input product`, product, { x: input.slice, weight, bias, y: gates }),
    ...recurrenceCalls(context, name, "forward", {
      hidden,
      directions: directions.length,
      ragged,
      constants: recurrenceConstants,
      bindings: { recurrent: packing, gates, cells, y: output.slice, ...(ragged && { states }) },
    }),
  ];
  return {
    name,
    output,
    infer,
    train: (training) => ({
      forward: () => infer,
      backward(dy, wanted) {
        const transposed = training.memory.storage(`${name} transposed weights`, recurrentLength * 4);
        const darranged = training.memory.storage(`${name} arranged gradient`, arrangedLayout.length);
        const calls = [
          packRecurrent(transposed, true),
          ...recurrenceCalls(training, name, "backward", {
            hidden,
            directions: directions.length,
            ragged,
            constants: recurrenceConstants,
            bindings: { recurrent: transposed, gates, cells, dy },
          }),
          ...weightGradient(training, `${name} input weights gradient`, product, {
            x: { slice: input.slice, first: 0 },
            dy: { slice: gates, first: 0 },
            dweight: part(darranged, 0, arrangedLayout.weights),
            dbias: part(darranged, arrangedLayout.constants.BIAS_START, 4 * units),
          }),
          ...directions.flatMap((direction, index) =>
            // h of the step before: in the reverse direction that is the next in time.
            weightGradient(
              training,
              `${name} ${direction} recurrent weights gradient`,
              { input: hidden, output: 4 * hidden, kernel: 1, left: direction === "forward" ? 1 : -1 },
              {
                x: { slice: states, first: (index * (ragged ? padded : hidden)) / 4 },
                dy: { slice: gates, first: index * hidden },
                dweight: part(darranged, arrangedLayout.recurrent(index), 4 * hidden * hidden),
              },
            ),
          ),
          order("restore", { darranged, dlearnables: span(training.gradient).slice }, arrangedLayout.length),
        ];
        if (!wanted) return { calls };
        const dInput = createActivation(training, `${name} input gradient`, input.channels).slice;
        const mirrored = { ...product, input: product.output, output: product.input };
        const toInput = convolution(training, `${name} input gradient`, mirrored, {
          x: gates,
          weight,
          y: dInput,
        });
        return { calls: [...calls, ...toInput], dInput };
      },
      commit: noCalls,
      pool: noCalls,
    }),
  };
}

/** Constants that the files name and a call may not need. */
const unused = {
  BATCH: 1,
  STEPS: 1,
  HIDDEN: 1,
  INPUTS: 1,
  LEARNABLES_LENGTH: 1,
  DIRECTION_LENGTH: 1,
  RECURRENT_OFFSET: 1,
  BIAS_OFFSET: 1,
  BIAS_START: 1,
  RECURRENT_START: 1,
  RECURRENT_STRIDE: 1,
  ARRANGED_LENGTH: 1,
  RECURRENT_LENGTH: 1,
  CELLS: 1,
  OUTPUT_LENGTH: 1,
  STATES_LENGTH: 1,
};

/**
 * Where the learnables lie in the order of the products (`arranged` in the shader), each where it can be bound by itself.
 * Only gradients need the part from RECURRENT_START on.
 */
function layArranged(hidden: number, inputs: number, directions: number) {
  const aligned = (words: number) => Math.ceil(words / 64) * 64;
  const weights = 4 * hidden * directions * inputs;
  const biasStart = aligned(weights);
  const recurrentStart = biasStart + aligned(4 * hidden * directions);
  const stride = aligned(4 * hidden * hidden);
  return {
    weights,
    length: recurrentStart + directions * stride,
    recurrent: (direction: number) => recurrentStart + direction * stride,
    constants: { BIAS_START: biasStart, RECURRENT_START: recurrentStart, RECURRENT_STRIDE: stride },
  };
}

/** The learnables of all directions lie one behind another, in the same order in each. */
function spanOf(name: string, directions: readonly string[], lookup: (learnable: string) => Slice) {
  const at = (direction: string, learnable: string) => lookup(`${name}.${direction}.${learnable}`);
  const first = at(directions[0], "weight_ih");
  const last = at(directions[directions.length - 1], "bias");
  const words = (slice: Slice) => (slice.offset - first.offset) / 4;
  const size = last.offset + last.size - first.offset;
  return {
    slice: { buffer: first.buffer, offset: first.offset, size },
    constants: {
      LEARNABLES_LENGTH: size / 4,
      DIRECTION_LENGTH: directions.length > 1 ? words(at(directions[1], "weight_ih")) : size / 4,
      RECURRENT_OFFSET: words(at(directions[0], "weight_hh")),
      BIAS_OFFSET: words(at(directions[0], "bias")),
    },
  };
}
