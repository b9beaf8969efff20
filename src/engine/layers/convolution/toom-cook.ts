import { type KernelCall, spread } from "../../gpu/kernel";
import type { Slice } from "../../gpu/memory";
import { type BuildContext, groupsOf } from "../layer";
import type { Excerpt, Variant } from "../variant";
import {
  type Convolution,
  type ConvolutionShape,
  excerptPart,
  flopsOf,
  resultOf,
  sizesOf,
  unsummed,
} from "./shape";
import { mostWorkgroups, nameOf, type Tile, tilesFor } from "./tile";
import { tiledCall } from "./tiled";

/** At which polynomials are evaluated (shaders/convolution/toomcook.wgsl). */
export const points = 8;

/** Steps of a tile. */
const tileSteps = (kernel: number): number => points + 1 - kernel;

export const tilesPerSample = ({ kernel, steps }: ConvolutionShape): number =>
  Math.ceil(steps / tileSteps(kernel));

/** Of its multiplications an algorithm of this kind needs so many. */
export const shareOfMultiplications = (kernel: number): number => points / (tileSteps(kernel) * kernel);

/** Values at all points, [point][group][tile]; tiles of all samples in order. */
export const transformedLength = (context: BuildContext, channels: number, shape: ConvolutionShape): number =>
  points * groupsOf(channels) * context.batch * tilesPerSample(shape);

/** Weights at all points, vec4f over four output channels. */
const weightsLength = ({ input, output }: ConvolutionShape): number =>
  points * groupsOf(input) * Math.ceil(groupsOf(output) / 2) * 8;

/** Whether there is something to save, and room for all tiles in a dispatch and for their values in a buffer. */
export const suitsToomCook = (context: BuildContext, shape: ConvolutionShape): boolean =>
  shape.kernel >= 3 &&
  shape.kernel < points - 1 &&
  Math.min(shape.input, shape.output) >= 4 &&
  context.batch * tilesPerSample(shape) <= 64 * mostWorkgroups &&
  context.memory.allows(transformedLength(context, Math.max(shape.input, shape.output), shape) * 4) &&
  context.memory.allows(weightsLength(shape) * 4);

/** Channels from which the sums weigh more than what it takes to transform their operands. */
const wantedChannels = 32;

/** Work from which more kernels are worth the time they take to compile. */
const wantedFlops = 1e8;

/** Whether it pays to compute a problem of this size so, on an adapter where it pays at all. */
export const isWorthTransforming = (context: BuildContext, shape: ConvolutionShape): boolean =>
  Math.min(shape.input, shape.output) >= wantedChannels && flopsOf(context, shape) >= wantedFlops;

/** Two ways to compute the same, each with its best variant first; behind that of the one, the other's is the first to be tried. */
export const ranked = (
  [first, ...others]: readonly Variant[],
  [rival, ...more]: readonly Variant[],
): readonly [Variant, ...Variant[]] =>
  rival === undefined ? [first, ...others] : [first, rival, ...more, ...others];

/** The convolution by the algorithm of Toom and Cook, with several tiles for its products. */
export function toomCookConvolutions(whole: Convolution): Variant[] {
  const { context, shape } = whole;
  if (!suitsToomCook(context, shape)) return [];
  const tiles = tilesFor(productOf(whole, whole.slices));
  // Where a software adapter shares no loads, ten steps do better than twenty.
  const isFirst = ({ strips }: Tile) => context.software && !context.quads && strips === 2;
  return [...tiles.filter(isFirst), ...tiles.filter((tile) => !isFirst(tile))].slice(0, 3).map((tile) => ({
    name: `toom-cook ${nameOf(tile)}`,
    calls() {
      const { prepare, calls } = toomCookCalls(whole, tile, 1);
      return [...prepare, ...calls];
    },
    excerpt: (part) => toomCookCalls(unsummed(whole), tile, part),
  }));
}

/** The product at every point: a convolution of kernel 1 over all tiles. */
const productOf = (
  whole: Convolution,
  { x, y, weight }: Pick<Convolution["slices"], "x" | "y" | "weight">,
) => ({
  ...whole,
  shape: { ...whole.shape, kernel: 1, left: 0 },
  slices: { x, y, weight },
  batch: 1,
  steps: whole.batch * tilesPerSample(whole.shape),
});

function toomCookCalls(whole: Convolution, tile: Tile, part: number): Required<Excerpt> {
  const { context, label, shape, slices, batch } = whole;
  const { x, weight, bias } = slices;
  const { memory } = context;
  const packedLength = weightsLength(shape);
  const productLength = transformedLength(context, shape.output, shape);
  const packed = memory.storage(`${label}: transformed weights`, packedLength * 4);
  const transformed = memory.scratch("transformed", transformedLength(context, shape.input, shape) * 4);
  const products = memory.scratch("products", productLength * 4);
  const tiles = batch * tilesPerSample(shape);
  // Whole samples.
  const covered = Math.ceil(batch * excerptPart(whole, part)) * tilesPerSample(shape);
  const result = resultOf(whole, tiles);
  const product = productOf(whole, { x: transformed, y: products, weight: packed });
  const transformWeights: KernelCall = {
    label: `${label}: transform weights`,
    file: "convolution/toomcook",
    entry: "transform_weights",
    constants: { ...sizesOf(context, shape), TRANSFORMED_LENGTH: packedLength },
    conditions: { transposed: bias === undefined },
    bindings: { weight, transformed: packed },
    workgroups: spread(packedLength / points),
  };
  return {
    prepare: [transformWeights],
    calls: [
      transformCall(context, label, shape, { operand: "x", slice: x, first: 0, transformed }, covered),
      {
        ...tiledCall(product, tile, {
          packed,
          part: covered / tiles,
          result: resultOf(product, 0),
          parallel: points,
        }),
        flops: flopsOf(context, shape) * (covered / tiles),
        executed: flopsOf(context, shape) * shareOfMultiplications(shape.kernel) * (covered / tiles),
      },
      {
        label: `${label}: interpolate`,
        file: "convolution/toomcook",
        entry: "interpolate",
        constants: {
          ...sizesOf(context, shape),
          ...result.constants,
          TRANSFORMED_LENGTH: productLength,
        },
        conditions: { ...result.conditions },
        bindings: { products, ...result.bindings },
        workgroups: [Math.ceil(covered / 64), groupsOf(shape.output)],
      },
      ...result.gather,
    ],
  };
}

/** What is transformed: x, or the gradient dy; the groups of an activation from `first` on. */
interface Transform {
  readonly operand: "x" | "dy";
  readonly slice: Slice;
  readonly first: number;
  readonly transformed: Slice;
}

/** An operand at all points, from so many tiles on its beginning. */
export function transformCall(
  context: BuildContext,
  label: string,
  shape: ConvolutionShape,
  { operand, slice, first, transformed }: Transform,
  tiles: number,
): KernelCall {
  const isX = operand === "x";
  return {
    label: `${label}: transform ${operand}`,
    file: "convolution/toomcook",
    entry: isX ? "transform_input" : "transform_gradient",
    constants: {
      ...sizesOf(context, shape),
      ...(isX
        ? { X_FIRST: first, X_LENGTH: slice.size / 16 }
        : { Y_FIRST: first, Y_LENGTH: slice.size / 16 }),
      TRANSFORMED_LENGTH: transformed.size / 16,
    },
    bindings: { [operand]: slice, transformed },
    workgroups: [Math.ceil(tiles / 64), groupsOf(isX ? shape.input : shape.output)],
  };
}
