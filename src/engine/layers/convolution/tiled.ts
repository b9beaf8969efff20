import type { KernelCall } from "../../gpu/kernel";
import type { Slice } from "../../gpu/memory";
import { groupsOf } from "../layer";
import { atLeast } from "../variant";
import { type Convolution, type ConvolutionResult, flopsOf, sizesOf } from "./shape";
import { lanesOf, type Tile } from "./tile";

/** What a tiled sum is given besides its operands. */
interface TiledOptions {
  /** Weights in the order in which `convolve` reads them. */
  readonly packed: Slice;
  /** Of the work, 0 … 1, from the beginning. */
  readonly part: number;
  readonly result: ConvolutionResult;
  /** Equal convolutions side by side, each with weights, x and y of its own, which lie one behind the other. */
  readonly parallel?: number;
}

/** The sum of a convolution as it stands, by a register tile. */
export function tiledCall(
  setting: Convolution,
  tile: Tile,
  { packed, part, result, parallel = 1 }: TiledOptions,
): KernelCall {
  const { context, label, shape, slices, batch, steps } = setting;
  const { x } = slices;
  const outPairs = Math.ceil(groupsOf(shape.output) / 2);
  const own = tile.pair ? outPairs : groupsOf(shape.output);
  const { lanesT, lanesO } = lanesOf(tile, steps, own);
  const workgroup = tile.shares === "x" ? roundUp(Math.min(32, outPairs), 4) : context.software ? 16 : 64;
  // The units along x that are cut off: workgroups that share a tile's steps or stage them, else invocations.
  const alone = tile.shares === "weights" || tile.shares === "nothing";
  const tileSteps = tile.strips * 5 * (tile.shares === "workgroup" ? lanesT : 1);
  const tiles = batch * Math.ceil(steps / tileSteps);
  // Whole workgroups.
  const covered = atLeast(tiles, part);
  const along = Math.ceil(covered / (alone ? workgroup : 1));
  const share = Math.min(1, (along * (alone ? workgroup : 1)) / tiles);
  const dispatch = (): Pick<KernelCall, "file" | "entry" | "workgroups"> => {
    switch (tile.shares) {
      case "x":
        return {
          file: "convolution/product",
          entry: "multiply",
          workgroups: [along, Math.ceil(outPairs / workgroup), parallel],
        };
      case "workgroup":
        return {
          file: "convolution/staged",
          entry: "convolve",
          workgroups: [along, Math.ceil(own / lanesO), parallel],
        };
      case "weights":
      case "nothing":
        return { file: "convolution/conv1d", entry: "convolve", workgroups: [along, own, parallel] };
      default:
        throw new RangeError(`unknown tile ${JSON.stringify(tile.shares satisfies never)}`);
    }
  };
  return {
    label,
    ...dispatch(),
    constants: {
      ...sizesOf(context, shape),
      BATCH: batch,
      STEPS: steps,
      X_LENGTH: x.size / 16,
      PACKED_LENGTH: packed.size / 16,
      STRIPS: tile.strips,
      WORKGROUP: workgroup,
      ...(tile.shares === "workgroup" && { LANES_T: lanesT, LANES_O: lanesO }),
      ...result.constants,
    },
    conditions: {
      ...result.conditions,
      quads: tile.shares === "weights" || tile.shares === "x",
      pair: tile.pair,
      strips2: tile.strips >= 2,
      strips4: tile.strips >= 4,
      one: shape.input === 1,
      two: shape.input === 2,
    },
    bindings: { x, packed, ...result.bindings },
    flops: flopsOf(context, shape) * share,
  };
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;
