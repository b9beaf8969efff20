import { type KernelCall, spread } from "../gpu/kernel";
import type { Slice } from "../gpu/memory";
import { activationLength, type BuildContext, type GradientSums, groupsOf } from "./layer";
import { atLeast, type Variant } from "./variant";

/** Sizes of one convolution, or of its input gradient, which is a convolution with IN and OUT exchanged. */
export interface ConvolutionShape {
  readonly input: number;
  readonly output: number;
  readonly kernel: number;
  /** Zeros on the left; −1 where every tap sees the step after its own. */
  readonly left: number;
}

/** What a convolution reads and writes: x, the weights (Co, Ci, K), y. Without a bias it is an input gradient. */
interface ConvolutionSlices {
  readonly x: Slice;
  readonly weight: Slice;
  readonly bias?: Slice;
  readonly y: Slice;
  /** What is to be summed of y on the way, where y is the gradient of a batch normalisation's output. */
  readonly sums?: GradientSums;
}

/** How an invocation's share is cut, and who loads what for whom. */
interface Tile {
  /** Strips of five steps. */
  readonly strips: 1 | 2 | 4;
  /** Eight output channels, or four. */
  readonly pair: boolean;
  /** Quads share the weights, or x; a workgroup stages both in its memory; or everyone loads for himself. */
  readonly shares: "nothing" | "weights" | "x" | "workgroup";
}

/** Places (b, t) that the plain kernel computes of a sample, from the first to the last. */
const mostPicked = 64;

/** A sample holds a whole curve, with both its ends, or the beginning of a long one. */
const leastSampled = 256;

/** What one dimension of a dispatch holds on every adapter. */
const mostWorkgroups = 65_535;

/** Work from which a product is worth the time its long tile takes to compile on a software adapter. */
const productFlops = 2e7;

const nameOf = ({ strips, pair, shares }: Tile): string => {
  const suffix = { nothing: "", weights: " quads", x: " product", workgroup: " staged" } as const;
  return `${5 * strips}x${pair ? 8 : 4}${suffix[shares]}`;
};

/** Packs the weights (Co, Ci, K), then convolves x to y; an input gradient transposes and flips the weights. */
export function convolution(
  context: BuildContext,
  label: string,
  shape: ConvolutionShape,
  slices: ConvolutionSlices,
): readonly KernelCall[] {
  // Without neighbouring taps the curves of a batch are one long curve.
  const long = shape.kernel === 1;
  const [batch, steps] = long ? [1, context.batch * context.steps] : [context.batch, context.steps];
  const setting: Setting = { context, label, shape, slices, batch, steps };
  const { x, weight, bias, y, sums } = slices;
  const by = (tile: Tile): Variant => ({
    name: nameOf(tile),
    calls: () => packedCalls(setting, tile, 1),
    // Sums of a part would be of no use.
    sample: (part) => packedCalls(setting, tile, part).slice(0, 2),
  });
  const [first, ...others] = tilesFor(setting);
  return context.choose({
    kind: "convolution",
    sizes: `${shape.input} → ${shape.output}, kernel ${shape.kernel}, ${batch} × ${steps}${bias ? "" : ", transposed"}${sums ? ", summed" : ""}`,
    flops: flopsOf(context, shape),
    data: [x, weight, y, ...(bias ? [bias] : [])],
    variants: [by(first), ...others.map(by)],
    plain: {
      name: "plain",
      calls: () => plainCalls(setting),
      sample: (part) => plainCalls(setting, part),
    },
  });
}

interface Setting {
  readonly context: BuildContext;
  readonly label: string;
  readonly shape: ConvolutionShape;
  readonly slices: ConvolutionSlices;
  readonly batch: number;
  readonly steps: number;
}

function packedCalls(setting: Setting, tile: Tile, part: number): KernelCall[] {
  const { context, label, shape, slices, batch, steps } = setting;
  const { x, weight, bias, y, sums } = slices;
  const outPairs = Math.ceil(groupsOf(shape.output) / 2);
  const packedLength = groupsOf(shape.input) * shape.kernel * outPairs * 8;
  const packed = context.memory.storage(`${label}: packed weights`, packedLength * 4);
  const own = tile.pair ? outPairs : groupsOf(shape.output);
  const { lanesT, lanesO } = lanesOf(tile, steps, own);
  const workgroup = tile.shares === "x" ? roundUp(Math.min(32, outPairs), 4) : context.software ? 16 : 64;
  // Two sums, each a vec4f, of every tile of an invocation and group of channels.
  const ownTiles = batch * Math.ceil(steps / (tile.strips * 5));
  const tileSums =
    sums && context.memory.storage(`${label}: sums of tiles`, ownTiles * groupsOf(shape.output) * 8);
  const constants = {
    ...sizesOf(context, shape),
    BATCH: batch,
    STEPS: steps,
    PACKED_LENGTH: packedLength,
    STRIPS: tile.strips,
    WORKGROUP: workgroup,
    LANES_T: lanesT,
    LANES_O: lanesO,
    ...sums?.constants,
    TILE_SUMS_LENGTH: tileSums ? tileSums.size / 16 : 1,
  };
  const conditions = {
    ...plainConditions,
    ...sums?.conditions,
    summed: sums !== undefined,
    quads: tile.shares === "weights" || tile.shares === "x",
    transposed: bias === undefined,
    biased: bias !== undefined,
    pair: tile.pair,
    strips2: tile.strips >= 2,
    strips4: tile.strips >= 4,
    one: shape.input === 1,
    two: shape.input === 2,
  };
  // The units along x that are cut off: workgroups that share a tile's steps or stage them, else invocations.
  const alone = tile.shares === "weights" || tile.shares === "nothing";
  const tileSteps = tile.strips * 5 * (tile.shares === "workgroup" ? lanesT : 1);
  const tiles = batch * Math.ceil(steps / tileSteps);
  // Whole workgroups.
  const covered = atLeast(tiles, sampledPart(setting, part));
  const along = Math.ceil(covered / (alone ? workgroup : 1));
  const share = Math.min(1, (along * (alone ? workgroup : 1)) / tiles);
  const dispatch = (): Pick<KernelCall, "file" | "entry" | "workgroups"> => {
    switch (tile.shares) {
      case "x":
        return { file: "product", entry: "multiply", workgroups: [along, Math.ceil(outPairs / workgroup)] };
      case "workgroup":
        return { file: "staged", entry: "convolve", workgroups: [along, Math.ceil(own / lanesO)] };
      case "weights":
      case "nothing":
        return { file: "conv1d", entry: "convolve", workgroups: [along, own] };
      default:
        throw new RangeError(`unknown tile ${JSON.stringify(tile.shares satisfies never)}`);
    }
  };
  return [
    {
      label: `${label}: pack weights`,
      file: "conv1d",
      entry: "pack",
      // The same pipeline for every tile.
      constants: { ...sizesOf(context, shape), PACKED_LENGTH: packedLength },
      conditions: { ...plainConditions, transposed: bias === undefined },
      bindings: { weight, packing: packed },
      workgroups: spread(packedLength),
    },
    {
      label,
      ...dispatch(),
      constants,
      conditions,
      bindings: {
        x,
        packed,
        y,
        ...(bias && { bias }),
        ...(sums && tileSums && { ...sums.bindings, tileSums }),
      },
      flops: flopsOf(context, shape) * share,
    },
    ...(sums && tileSums ? [sums.gather(tileSums, ownTiles)] : []),
  ];
}

/** The part that a sample takes at least. */
const sampledPart = ({ batch, steps }: Setting, part: number): number =>
  Math.min(1, Math.max(part, Math.min(steps, leastSampled) / (batch * steps)));

/** All of it, or some places of the sample of a part. A tile is one step of one group here. */
function plainCalls(setting: Setting, part?: number): KernelCall[] {
  const { context, label, shape, slices, batch, steps } = setting;
  const { x, weight, bias, y } = slices;
  const groups = groupsOf(shape.output);
  const all = batch * steps;
  const region = part === undefined ? all : Math.max(1, Math.floor(all * sampledPart(setting, part)));
  const picked = part === undefined ? all : Math.min(region, mostPicked);
  // Sums of some places would be of no use.
  const sums = part === undefined ? slices.sums : undefined;
  const tileSums = sums && context.memory.storage(`${label}: sums of tiles`, all * groups * 8);
  return [
    {
      label,
      file: "plain",
      entry: "convolve",
      constants: {
        ...sizesOf(context, shape),
        BATCH: batch,
        STEPS: steps,
        PICKED: picked,
        REGION: region,
        ...sums?.constants,
        TILE_SUMS_LENGTH: tileSums ? tileSums.size / 16 : 1,
      },
      conditions: {
        ...plainConditions,
        ...sums?.conditions,
        summed: sums !== undefined,
        transposed: bias === undefined,
        biased: bias !== undefined,
      },
      bindings: {
        x,
        weight,
        y,
        ...(bias && { bias }),
        ...(sums && tileSums && { ...sums.bindings, tileSums }),
      },
      workgroups: [...spread(picked), groups],
      flops: (flopsOf(context, shape) * picked) / all,
    },
    ...(sums && tileSums ? [sums.gather(tileSums, all)] : []),
  ];
}

/** The tile by the rules, then others worth a try on the device. */
function tilesFor(setting: Setting): readonly [Tile, ...Tile[]] {
  const { context, shape, steps } = setting;
  const { software, subgroups, quads, workgroupBytes } = context;
  const pair = groupsOf(shape.output) > 1;
  const outPairs = Math.ceil(groupsOf(shape.output) / 2);
  const strips = stripsFor(steps, software, flopsOf(context, shape));
  // Whole workgroups share x in product.wgsl, weights in `convolve`.
  const canMultiply = subgroups && shape.kernel === 1 && outPairs >= 4;
  const multiplies = quads && canMultiply && flopsOf(context, shape) >= productFlops;
  const usual: Tile = { strips, pair, shares: quads ? "weights" : "nothing" };
  const product: Tile = { strips: 4, pair: true, shares: "x" };
  const rule = multiplies && fits(setting, product) ? product : usual;
  const tiles: Tile[] = [rule];
  const offer = (tile: Tile) => {
    const own = tile.pair ? outPairs : groupsOf(shape.output);
    const { lanesT, lanesO } = lanesOf(tile, steps, own);
    const staged = 16 * (lanesT * tile.strips * 5 + shape.kernel * (1 + lanesO * (tile.pair ? 8 : 4)));
    if (tile.pair && !pair) return;
    if (tile.shares === "workgroup" && staged > workgroupBytes) return;
    if (tile.shares === "weights" && !subgroups) return;
    if (tile.shares === "x" && !canMultiply) return;
    if (!fits(setting, tile)) return;
    if (tiles.every((known) => nameOf(known) !== nameOf(tile))) tiles.push(tile);
  };
  if (software) {
    // What compiles fast comes first; longer tiles than the rule's take seconds.
    if (quads) for (const each of [2, 1] as const) offer({ strips: each, pair, shares: "weights" });
    for (const each of [strips, 2, 1] as const)
      for (const shares of ["weights", "nothing"] as const) offer({ strips: each, pair, shares });
    offer({ strips: 1, pair: false, shares: "nothing" });
    offer({ strips: 1, pair, shares: "workgroup" });
  } else {
    for (const each of [2, 1] as const)
      for (const shares of ["workgroup", "nothing", "weights"] as const)
        offer({ strips: each, pair, shares });
    offer({ strips: 4, pair: true, shares: "x" });
    for (const shares of ["workgroup", "nothing"] as const) {
      offer({ strips: 4, pair: false, shares });
      offer({ strips: 2, pair: false, shares });
      offer({ strips: 4, pair, shares });
      offer({ strips: 1, pair: false, shares });
    }
  }
  return tiles as [Tile, ...Tile[]];
}

/** Whether all tiles find room in one dimension of a dispatch. Invocations of a workgroup have a tile each, or share one. */
function fits({ batch, steps, shape }: Setting, tile: Tile): boolean {
  const own = tile.pair ? Math.ceil(groupsOf(shape.output) / 2) : groupsOf(shape.output);
  const { lanesT } = lanesOf(tile, steps, own);
  const tiles = (strips: number) => batch * Math.ceil(steps / (5 * strips));
  switch (tile.shares) {
    case "x":
      return tiles(tile.strips) <= mostWorkgroups;
    case "workgroup":
      return tiles(tile.strips * lanesT) <= mostWorkgroups;
    case "weights":
    case "nothing":
      return tiles(tile.strips) <= mostWorkgroups * 32;
    default:
      throw new RangeError(`unknown tile ${JSON.stringify(tile.shares satisfies never)}`);
  }
}

/** Invocations of a staging workgroup along the steps and along the output channels. */
function lanesOf({ strips, pair }: Tile, steps: number, own: number): { lanesT: number; lanesO: number } {
  const lanesO = Math.min(pair ? 16 : 32, own);
  const covered = (lanesT: number) => {
    const tile = lanesT * strips * 5;
    return Math.ceil(steps / tile) * tile;
  };
  // Little may be wasted at the end of the curve, and about 128 invocations suit most adapters.
  const cost = (lanesT: number) => covered(lanesT) * (1 + Math.abs(Math.log2((lanesT * lanesO) / 128)) / 10);
  const choices = Array.from({ length: Math.min(32, Math.floor(256 / lanesO)) }, (_, i) => i + 1);
  return {
    lanesT: choices.reduce((best, lanesT) => (cost(lanesT) < cost(best) ? lanesT : best)),
    lanesO,
  };
}

/**
 * Strips of five steps a thread computes: as many as waste no more than a tenth at the end of the curve. Long tiles take
 * seconds to compile on a software adapter, so only large convolutions get them.
 */
function stripsFor(steps: number, software: boolean, flops: number): 1 | 2 | 4 {
  const longest = software && flops >= 1e8 ? 4 : software && flops >= 1e7 ? 2 : 1;
  const waste = (strips: number) => (Math.ceil(steps / (5 * strips)) * 5 * strips) / steps;
  return ([4, 2] as const).find((strips) => strips <= longest && waste(strips) <= 1.1) ?? 1;
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

export const flopsOf = (
  { batch, steps }: BuildContext,
  { input, output, kernel }: ConvolutionShape,
): number => 2 * batch * steps * input * output * kernel;

/** Every condition of conv1d.wgsl; a call sets those that it means. */
export const plainConditions = {
  quads: false,
  leaky: false,
  summed: false,
  transposed: false,
  biased: false,
  pair: false,
  strips2: false,
  strips4: false,
  one: false,
  two: false,
  taps2: false,
  taps3: false,
  taps4: false,
  taps5: false,
};

/** Constants that every entry of conv1d.wgsl names; a call overrides those its entry uses. */
export const sizesOf = (context: BuildContext, { input, output, kernel, left }: ConvolutionShape) => ({
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
  PICKED: 1,
  PICKED_GROUPS: 1,
  REGION: 1,
  TILE_SUMS_LENGTH: 1,
  CHANNELS: 1,
  STATISTICS_LENGTH: 1,
  SLOPE: 1,
  LANES_T: 1,
  LANES_O: 1,
  SPLITS: 1,
  SPLIT_ROWS: 1,
  TAP_BLOCK: 1,
  WORKGROUP: 64,
});
