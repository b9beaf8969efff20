import { type KernelCall, spread } from "../../gpu/kernel";
import type { Slice } from "../../gpu/memory";
import {
  type Activation,
  activationLength,
  type BuildContext,
  createActivation,
  type InputGradient,
  type Layer,
  unlearning,
} from "../layer";
import type { BuildLayer, LayerPlace } from "../registry";
import type {
  AveragePoolSpec,
  GlobalAveragePoolSpec,
  GlobalMaxPoolSpec,
  LastStepSpec,
  MaxPoolSpec,
} from "./definition";

export const buildMaxPool: BuildLayer<MaxPoolSpec> = (context, place, input) =>
  buildMax(context, place, input, { first: 0, ...place.spec });

export const buildAveragePool: BuildLayer<AveragePoolSpec> = (context, place, input) =>
  buildAverage(context, place, input, { first: 0, ...place.spec });

/** The mean of a window that holds the last step alone. */
export const buildLastStep: BuildLayer<LastStepSpec> = (context, place, input) =>
  buildAverage(context, place, input, { first: input.steps - 1, size: 1, stride: 1, real: "last" });

export const buildGlobalAveragePool: BuildLayer<GlobalAveragePoolSpec> = (context, place, input) =>
  buildAverage(context, place, input, allOf(input));

export const buildGlobalMaxPool: BuildLayer<GlobalMaxPoolSpec> = (context, place, input) =>
  buildMax(context, place, input, allOf(input));

const allOf = ({ steps }: Activation): Windows => ({ first: 0, size: steps, stride: steps, real: "all" });

/** Windows of `size` steps, `stride` apart, the first from step `first` on (shaders/pooling/windows.wgsl). */
interface Windows {
  readonly first: number;
  readonly size: number;
  readonly stride: number;
  /** Of sequences that have lengths, one window of these of their real steps instead. */
  readonly real?: "all" | "last";
}

type Place = Pick<LayerPlace<unknown>, "name" | "output">;

/** shaders/pooling/maxpool.wgsl */
function buildMax(context: BuildContext, place: Place, input: Activation, windows: Windows): Layer {
  const taken = context.memory.storage(`${place.name} taken`, activationLength(context, place.output) * 4);
  return buildPool(context, place, input, {
    file: "pooling/maxpool",
    windows,
    forwardWrites: { chosen: taken },
    backwardReads: { taken },
  });
}

/** shaders/pooling/averagepool.wgsl */
const buildAverage = (context: BuildContext, place: Place, input: Activation, windows: Windows): Layer =>
  buildPool(context, place, input, {
    file: "pooling/averagepool",
    windows,
    forwardWrites: {},
    backwardReads: {},
  });

/** A shader with the entries `forward` (x, y) and `backward` (dy, dx), and what they write and read besides. */
interface Pool {
  readonly file: string;
  readonly windows: Windows;
  readonly forwardWrites: Readonly<Record<string, Slice>>;
  readonly backwardReads: Readonly<Record<string, Slice>>;
}

function buildPool(
  context: BuildContext,
  { name, output: shape }: Place,
  input: Activation,
  { file, windows, forwardWrites, backwardReads }: Pool,
): Layer {
  const output = createActivation(context, `${name} output`, shape);
  const lengths = windows.real && input.lengths;
  const [xLength, yLength] = [input, output].map((activation) => activationLength(context, activation));
  const call = (
    entry: "forward" | "backward",
    length: number,
    bindings: Record<string, Slice>,
  ): KernelCall => ({
    label: `${name} ${entry}`,
    file,
    entry,
    constants: {
      X_LENGTH: xLength,
      Y_LENGTH: yLength,
      BATCH: context.batch,
      STEPS: input.steps,
      OUT_STEPS: output.steps,
      FIRST: windows.first,
      SIZE: windows.size,
      STRIDE: windows.stride,
    },
    conditions: { lengths: lengths !== undefined, last: windows.real === "last" },
    bindings: { ...bindings, ...(lengths && { lengths }) },
    workgroups: spread(length),
  });
  const infer = [call("forward", yLength, { x: input.slice, y: output.slice, ...forwardWrites })];
  const inputGradient = (into: BuildContext, dy: Slice): InputGradient => {
    const dInput = createActivation(into, `${name} input gradient`, input).slice;
    return { calls: [call("backward", xLength, { ...backwardReads, dy, dx: dInput })], dInput };
  };
  return unlearning({ name, output, infer, inputGradient });
}
