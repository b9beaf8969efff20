/** The register tiles with which a convolution can be computed. */

import { groupsOf } from "../layer";
import { type Convolution, flopsOf } from "./shape";

/** How an invocation's share is cut, and who loads what for whom. */
export interface Tile {
  /** Strips of five steps. */
  readonly strips: 1 | 2 | 4;
  /** Eight output channels, or four. */
  readonly pair: boolean;
  /** Quads share the weights, or x; a workgroup stages both in its memory; or everyone loads for himself. */
  readonly shares: "nothing" | "weights" | "x" | "workgroup";
}

/** What one dimension of a dispatch holds on every adapter. */
export const mostWorkgroups = 65_535;

/** Work from which a product is worth the time its long tile takes to compile on a software adapter. */
const productFlops = 2e7;

export const nameOf = ({ strips, pair, shares }: Tile): string => {
  const suffix = { nothing: "", weights: " quads", x: " product", workgroup: " staged" } as const;
  return `${5 * strips}x${pair ? 8 : 4}${suffix[shares]}`;
};

/** The tile by the rules, then others worth a try on the device. */
export function tilesFor(setting: Convolution): readonly [Tile, ...Tile[]] {
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
function fits({ batch, steps, shape }: Convolution, tile: Tile): boolean {
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
export function lanesOf(
  { strips, pair }: Tile,
  steps: number,
  own: number,
): { lanesT: number; lanesO: number } {
  const lanesO = Math.min(pair ? 16 : 32, own);
  const covered = (lanesT: number) => {
    const tile = lanesT * strips * 5;
    return Math.ceil(steps / tile) * tile;
  };
  // Little may be wasted at the end of the sample, and about 128 invocations suit most adapters.
  const cost = (lanesT: number) => covered(lanesT) * (1 + Math.abs(Math.log2((lanesT * lanesO) / 128)) / 10);
  const choices = Array.from({ length: Math.min(32, Math.floor(256 / lanesO)) }, (_, i) => i + 1);
  return {
    lanesT: choices.reduce((best, lanesT) => (cost(lanesT) < cost(best) ? lanesT : best)),
    lanesO,
  };
}

/**
 * Strips of five steps a thread computes: as many as waste no more than a tenth at the end of the sample. Long tiles take
 * seconds to compile on a software adapter, so only large convolutions get them.
 */
function stripsFor(steps: number, software: boolean, flops: number): 1 | 2 | 4 {
  const longest = software && flops >= 1e8 ? 4 : software && flops >= 1e7 ? 2 : 1;
  const waste = (strips: number) => (Math.ceil(steps / (5 * strips)) * 5 * strips) / steps;
  return ([4, 2] as const).find((strips) => strips <= longest && waste(strips) <= 1.1) ?? 1;
}
