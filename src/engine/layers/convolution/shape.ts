/** What every kernel of a convolution is told. */
import type { KernelCall } from "../../gpu/kernel";
import type { Slice } from "../../gpu/memory";
import { activationLength, type BuildContext, type GradientSums, groupsOf } from "../layer";

/** Sizes of one convolution, or of its input gradient, which is a convolution with IN and OUT exchanged. */
export interface ConvolutionShape {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  /** Zeros on the left; −1 where every tap sees the step after its own. */
  readonly left: number;
  /**
   * Of x and of y alike: all kernels of this family rest on it, above all those of kernel 1, to which a batch is one long
   * sample, and those of Toom and Cook. A convolution that gives other steps than it takes needs kernels of its own.
   */
  readonly steps: number;
}

/** What a convolution reads and writes: x, the weights (Co, Ci, K), y. Without a bias it is an input gradient. */
export interface ConvolutionSlices {
  readonly x: Slice;
  readonly weight: Slice;
  readonly bias?: Slice;
  readonly y: Slice;
  /** What is to be summed of y on the way, where y is the gradient of a batch normalisation's output. */
  readonly sums?: GradientSums;
}

/** One convolution of a network: what, of what, on what. */
export interface Convolution {
  readonly context: BuildContext;
  readonly label: string;
  readonly shape: ConvolutionShape;
  readonly slices: ConvolutionSlices;
  readonly batch: number;
  readonly steps: number;
}

/** An excerpt holds a whole sample, with both its ends, or the beginning of a long one. */
const leastExcerpt = 256;

/** The part that an excerpt takes at least. */
export const excerptPart = ({ batch, steps }: Convolution, part: number): number =>
  Math.min(1, Math.max(part, Math.min(steps, leastExcerpt) / (batch * steps)));

/** The same without the sums over y: those of a part would be of no use. */
export const unsummed = (whole: Convolution): Convolution => ({
  ...whole,
  slices: { ...whole.slices, sums: undefined },
});

/** What belongs to y: its bias, and the sums over it where they are wanted. */
export interface ConvolutionResult extends Pick<KernelCall, "constants" | "bindings"> {
  readonly conditions: Readonly<Record<string, boolean>>;
  /** Run behind. */
  readonly gather: readonly KernelCall[];
}

/** @param tiles over which y is summed, of each group of four channels */
export function resultOf({ context, label, shape, slices }: Convolution, tiles: number): ConvolutionResult {
  const { y, bias, sums } = slices;
  const conditions = { ...sums?.conditions, summed: sums !== undefined, biased: bias !== undefined };
  const constants = { Y_LENGTH: y.size / 16 };
  const bindings = { y, ...(bias && { bias }) };
  if (sums === undefined) return { constants, conditions, bindings, gather: [] };
  // Two sums, each a vec4f.
  const words = tiles * groupsOf(shape.output) * 8;
  const tileSums = context.memory.storage(`${label}: sums of tiles`, words);
  return {
    constants: { ...constants, ...sums.constants, TILE_SUMS_LENGTH: words / 4 },
    conditions,
    bindings: { ...bindings, ...sums.bindings, tileSums },
    gather: [sums.gather(tileSums, tiles)],
  };
}

/** Floating-point operations by the definition of the sum, whichever way it is computed. */
export const flopsOf = (
  { batch }: BuildContext,
  { input, output, kernel, steps }: ConvolutionShape,
): number => 2 * batch * steps * input * output * kernel;

/** The sizes that the kernels of a convolution name. */
export const sizesOf = (context: BuildContext, { input, output, kernel, left, steps }: ConvolutionShape) => ({
  BATCH: context.batch,
  STEPS: steps,
  KERNEL: kernel,
  LEFT: left,
  IN_CHANNELS: input,
  OUT_CHANNELS: output,
  X_LENGTH: activationLength(context, { channels: input, steps }),
  Y_LENGTH: activationLength(context, { channels: output, steps }),
  WEIGHT_LENGTH: input * output * kernel,
});
