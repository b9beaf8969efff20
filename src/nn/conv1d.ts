import { type KernelCall, spread } from "../gpu/kernel";
import type { Slice } from "../gpu/memory";
import {
  type Activation,
  activationLength,
  type BuildContext,
  createActivation,
  groupsOf,
  type Layer,
  noCalls,
} from "./layer";

/** Sizes of one convolution, or of its input gradient, which is a convolution with IN and OUT exchanged. */
export interface ConvolutionShape {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  /** Zeros on the left; −1 where every tap sees the step after its own. */
  readonly left: number;
}

/** Groups of four channels of an activation, of which a part may be meant. */
interface Groups {
  readonly slice: Slice;
  /** The first that is meant. */
  readonly first: number;
}

/** Work from which a product is worth the time its long tile takes to compile. */
const productFlops = 2e7;

/** Threads that fill an adapter in the weight gradient; see `splitPlan`. */
const wantedThreads = { software: 8_192, hardware: 65_536 };
const maxSplits = 64;

/**
 * Convolution (shaders/conv1d.wgsl). Its weight is `NAME.weight` (Co, Ci, K), or (Co, Ci) for a dense layer, which is a
 * convolution of kernel 1.
 */
export function buildConv1d(
  context: BuildContext,
  layer: { readonly name: string; readonly outputChannels: number },
  kernel: number,
  input: Activation,
): Layer {
  const { name, outputChannels } = layer;
  const output = createActivation(context, `${name} output`, outputChannels);
  const weight = context.parameter(`${name}.weight`);
  const bias = context.parameter(`${name}.bias`);
  const shape: ConvolutionShape = {
    input: input.channels,
    output: outputChannels,
    kernel,
    left: (kernel - 1) >> 1,
  };
  const infer = convolution(context, `${name} forward`, shape, {
    x: input.slice,
    weight,
    bias,
    y: output.slice,
  });
  return {
    name,
    output,
    infer,
    train: (training) => ({
      forward: () => infer,
      backward(dOutput, wanted) {
        const calls = weightGradient(training, `${name} weight gradient`, shape, {
          x: { slice: input.slice, first: 0 },
          dy: { slice: dOutput, first: 0 },
          dweight: training.gradient(`${name}.weight`),
          dbias: training.gradient(`${name}.bias`),
        });
        if (!wanted) return { calls };
        const dInput = createActivation(training, `${name} input gradient`, input.channels).slice;
        const mirrored = { input: shape.output, output: shape.input, kernel, left: kernel - 1 - shape.left };
        const toInput = convolution(training, `${name} input gradient`, mirrored, {
          x: dOutput,
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

/** Packs the weights (Co, Ci, K), then convolves x to y. Without a bias it is the input gradient: weights transposed and flipped. */
export function convolution(
  context: BuildContext,
  label: string,
  shape: ConvolutionShape,
  slices: { readonly x: Slice; readonly weight: Slice; readonly bias?: Slice; readonly y: Slice },
): KernelCall[] {
  const { x, weight, bias, y } = slices;
  // Without neighbouring taps the curves of a batch are one long curve.
  const [batch, steps] =
    shape.kernel === 1 ? [1, context.batch * context.steps] : [context.batch, context.steps];
  const outGroups = groupsOf(shape.output);
  const outPairs = Math.ceil(outGroups / 2);
  const packedLength = groupsOf(shape.input) * shape.kernel * outPairs * 8;
  const packed = context.memory.storage(`${label}: packed weights`, packedLength * 4);
  // Whole workgroups share x in product.wgsl, weights in `convolve`.
  const isProduct =
    context.quads && shape.kernel === 1 && outPairs >= 4 && flopsOf(context, shape) >= productFlops;
  const strips = isProduct ? 4 : stripsFor(steps, context.software, flopsOf(context, shape));
  const workgroup = isProduct ? roundUp(Math.min(32, outPairs), 4) : context.software ? 32 : 64;
  const tiles = batch * Math.ceil(steps / (strips * 5));
  const constants = {
    ...sizes(context, shape),
    BATCH: batch,
    STEPS: steps,
    PACKED_LENGTH: packedLength,
    STRIPS: strips,
    WORKGROUP: workgroup,
  };
  const conditions = {
    ...noTaps,
    quads: context.quads,
    transposed: bias === undefined,
    biased: bias !== undefined,
    pair: outGroups > 1,
    strips2: strips >= 2,
    strips4: strips >= 4,
  };
  return [
    {
      label: `${label}: pack weights`,
      file: "conv1d",
      entry: "pack",
      constants,
      conditions,
      bindings: { weight, packing: packed },
      workgroups: spread(packedLength),
    },
    {
      label,
      file: isProduct ? "product" : "conv1d",
      entry: isProduct ? "multiply" : "convolve",
      constants,
      conditions,
      bindings: { x, packed, y, ...(bias && { bias }) },
      workgroups: isProduct
        ? [tiles, Math.ceil(outPairs / workgroup)]
        : [Math.ceil(tiles / workgroup), outPairs],
      flops: flopsOf(context, shape),
    },
  ];
}

/** Gradients of the weights (Co, Ci, K) and of the bias (Co) where there is one, from x and dy. */
export function weightGradient(
  context: BuildContext,
  label: string,
  shape: ConvolutionShape,
  slices: { readonly x: Groups; readonly dy: Groups; readonly dweight: Slice; readonly dbias?: Slice },
): KernelCall[] {
  const { x, dy, dweight, dbias } = slices;
  const inGroups = groupsOf(shape.input);
  const tapBlock = tapBlockFor(inGroups, shape.kernel);
  const tapBlocks = Math.ceil(shape.kernel / tapBlock);
  const outPairs = Math.ceil(groupsOf(shape.output) / 2);
  const columns = inGroups * tapBlocks;
  const { splits, rows } = splitPlan(context, outPairs * columns);
  const splitLength = outPairs * 2 * inGroups * tapBlocks * tapBlock * 4 + outPairs * 2;
  const partialLength = splitLength * splits;
  const partial = context.memory.storage(`${label}: partial sums`, partialLength * 4);
  const workgroup = Math.min(32, Math.ceil(columns / 4) * 4);
  const constants = {
    ...sizes(context, shape),
    X_FIRST: x.first,
    Y_FIRST: dy.first,
    X_LENGTH: x.slice.size / 16,
    Y_LENGTH: dy.slice.size / 16,
    TAP_BLOCK: tapBlock,
    SPLITS: splits,
    SPLIT_ROWS: rows,
    PARTIAL_LENGTH: partialLength,
    WORKGROUP: workgroup,
  };
  const conditions = {
    ...noTiles,
    biased: dbias !== undefined,
    quads: context.quads,
    pair: groupsOf(shape.output) > 1,
    taps2: tapBlock >= 2,
    taps3: tapBlock >= 3,
    taps4: tapBlock >= 4,
    taps5: tapBlock >= 5,
  };
  return [
    {
      label,
      file: "conv1d",
      entry: "weight_gradient",
      constants,
      conditions,
      bindings: { x: x.slice, dy: dy.slice, partial },
      workgroups: [Math.ceil(columns / workgroup), splits, outPairs],
      flops: flopsOf(context, shape),
    },
    {
      label: `${label}: add splits`,
      file: "conv1d",
      entry: "reduce_gradient",
      constants,
      conditions,
      bindings: { partials: partial, dweight, ...(dbias && { dbias }) },
      workgroups: spread(splitLength),
    },
  ];
}

/**
 * Taps that one thread of the weight gradient sums, 1 to 5: many share their loads, but few input channels want them
 * spread over the four invocations that compute together. A step costs a thread its taps and about one load.
 */
function tapBlockFor(inGroups: number, kernel: number): number {
  const cost = (taps: number) => Math.ceil((inGroups * Math.ceil(kernel / taps)) / 4) * (taps + 1);
  return [5, 4, 3, 2, 1].reduce(
    (best, taps) => (taps <= kernel && cost(taps) < cost(best) ? taps : best),
    Math.min(5, kernel),
  );
}

/** Cuts the batch so that enough threads run to fill the adapter, each summing whole curves. */
function splitPlan({ batch, software }: BuildContext, threads: number): { splits: number; rows: number } {
  const wanted = Math.ceil(wantedThreads[software ? "software" : "hardware"] / threads);
  const rows = Math.ceil(batch / Math.min(batch, maxSplits, wanted));
  return { splits: Math.ceil(batch / rows), rows };
}

/**
 * Strips of five steps a thread computes: as many as waste no more than a tenth at the end of the curve. Long tiles take
 * seconds to compile on a software adapter, so only large convolutions get them.
 */
function stripsFor(steps: number, software: boolean, flops: number): number {
  const longest = software && flops >= 1e8 ? 4 : software && flops >= 1e7 ? 2 : 1;
  const waste = (strips: number) => (Math.ceil(steps / (5 * strips)) * 5 * strips) / steps;
  return [4, 2].find((strips) => strips <= longest && waste(strips) <= 1.1) ?? 1;
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

const flopsOf = ({ batch, steps }: BuildContext, { input, output, kernel }: ConvolutionShape) =>
  2 * batch * steps * input * output * kernel;

const noTaps = { taps2: false, taps3: false, taps4: false, taps5: false };
const noTiles = { transposed: false, strips2: false, strips4: false };

/** Constants that every entry of the file names; a call overrides those its entry uses. */
const sizes = (context: BuildContext, { input, output, kernel, left }: ConvolutionShape) => ({
  BATCH: context.batch,
  STEPS: context.steps,
  KERNEL: kernel,
  LEFT: left,
  X_FIRST: 0,
  Y_FIRST: 0,
  IN_CHANNELS: input,
  OUT_CHANNELS: output,
  X_LENGTH: activationLength(input, context),
  Y_LENGTH: activationLength(output, context),
  WEIGHT_LENGTH: input * output * kernel,
  PACKED_LENGTH: 1,
  PARTIAL_LENGTH: 1,
  STRIPS: 1,
  SPLITS: 1,
  SPLIT_ROWS: 1,
  TAP_BLOCK: 1,
});
