import { type KernelCall, spread } from "../../gpu/kernel";
import type { Slice } from "../../gpu/memory";
import { type BuildContext, groupsOf } from "../layer";
import type { Variant } from "../variant";
import {
  type Convolution,
  type ConvolutionShape,
  type ConvolutionSlices,
  excerptPart,
  flopsOf,
  resultOf,
  sizesOf,
  unsummed,
} from "./shape";
import { nameOf, type Tile, tilesFor } from "./tile";
import { tiledCall } from "./tiled";
import { isWorthTransforming, ranked, toomCookConvolutions } from "./toom-cook";

/** Places (b, t) that the plain kernel computes of an excerpt, from the first to the last. */
const mostPicked = 64;

/** Convolves x to y; an input gradient transposes and flips the weights. */
export function convolution(
  context: BuildContext,
  label: string,
  shape: ConvolutionShape,
  slices: ConvolutionSlices,
): readonly KernelCall[] {
  // Without neighbouring taps the samples of a batch are one long sample.
  const long = shape.kernel === 1;
  const [batch, steps] = long ? [1, context.batch * shape.steps] : [context.batch, shape.steps];
  const whole: Convolution = { context, label, shape, slices, batch, steps };
  const { x, weight, bias, y, sums } = slices;
  const tiled = tilesFor(whole).map((tile) => direct(whole, tile));
  const toomCook = toomCookConvolutions(whole);
  const first = context.software && isWorthTransforming(context, shape) && toomCook.length > 0;
  return context.choose({
    kind: "convolution",
    sizes: `${shape.input} → ${shape.output}, kernel ${shape.kernel}, ${batch} × ${steps}${bias ? "" : ", transposed"}${sums ? ", summed" : ""}`,
    flops: flopsOf(context, shape),
    data: [x, weight, y, ...(bias ? [bias] : [])],
    variants: first ? ranked(toomCook, tiled) : ranked(tiled, toomCook),
    plain: {
      name: "plain",
      calls: () => plainCalls(whole),
      excerpt: (part) => ({ calls: plainCalls(whole, part) }),
    },
  });
}

/** Packs the weights (Co, Ci, K), then computes the sum as it stands. */
function direct(whole: Convolution, tile: Tile): Variant {
  const { context, label, shape, slices, batch, steps } = whole;
  const { weight, bias } = slices;
  const packedLength = groupsOf(shape.input) * shape.kernel * Math.ceil(groupsOf(shape.output) / 2) * 8;
  const pack = (packed: Slice): KernelCall => ({
    label: `${label}: pack weights`,
    file: "convolution/conv1d",
    entry: "pack",
    // The same pipeline for every tile.
    constants: { ...sizesOf(context, shape), PACKED_LENGTH: packedLength },
    conditions: { transposed: bias === undefined },
    bindings: { weight, packing: packed },
    workgroups: spread(packedLength),
  });
  const storage = () => context.memory.storage(`${label}: packed weights`, packedLength * 4);
  return {
    name: nameOf(tile),
    calls() {
      const packed = storage();
      const result = resultOf(whole, batch * Math.ceil(steps / (tile.strips * 5)));
      return [pack(packed), tiledCall(whole, tile, { packed, part: 1, result }), ...result.gather];
    },
    excerpt(part) {
      const packed = storage();
      const setting = unsummed(whole);
      const options = { packed, part: excerptPart(whole, part), result: resultOf(setting, 0) };
      return { prepare: [pack(packed)], calls: [tiledCall(setting, tile, options)] };
    },
  };
}

/** All of it, or some places of the excerpt of a part. A tile is one step of one group here. */
function plainCalls(setting: Convolution, part?: number): KernelCall[] {
  const { context, label, shape, slices, batch, steps } = setting;
  const { x, weight, bias } = slices;
  const groups = groupsOf(shape.output);
  const all = batch * steps;
  const region = part === undefined ? all : Math.max(1, Math.floor(all * excerptPart(setting, part)));
  const picked = part === undefined ? all : Math.min(region, mostPicked);
  // Sums of some places would be of no use.
  const result = resultOf(part === undefined ? setting : unsummed(setting), all);
  return [
    {
      label,
      file: "convolution/plain",
      entry: "convolve",
      constants: {
        ...sizesOf(context, shape),
        BATCH: batch,
        STEPS: steps,
        PICKED: picked,
        REGION: region,
        ...result.constants,
      },
      conditions: {
        ...result.conditions,
        transposed: bias === undefined,
      },
      bindings: { x, weight, ...result.bindings },
      workgroups: [...spread(picked), groups],
      flops: (flopsOf(context, shape) * picked) / all,
    },
    ...result.gather,
  ];
}
