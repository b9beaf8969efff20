import { type KernelCall, spread } from "../../gpu/kernel";
import type { Slice } from "../../gpu/memory";
import { type BuildContext, groupsOf } from "../layer";
import { atLeast, type Variant } from "../variant";
import { type Cut, cutsFor, nameOf, rowsOfTiles, toomCookCutsFor } from "./cut";
import { type ConvolutionShape, flopsOf, sizesOf } from "./shape";
import {
  isWorthTransforming,
  points,
  ranked,
  shareOfMultiplications,
  transformCall,
  transformedLength,
} from "./toom-cook";

/** Groups of four channels of an activation, of which a part may be meant. */
interface Groups {
  readonly slice: Slice;
  /** The first that is meant. */
  readonly first: number;
}

/** x, dy, and where the gradients of the weights (Co, Ci, K) and of the bias (Co), if there is one, go. */
interface GradientSlices {
  readonly x: Groups;
  readonly dy: Groups;
  readonly dweight: Slice;
  readonly dbias?: Slice;
}

interface WeightGradient {
  readonly context: BuildContext;
  readonly label: string;
  readonly shape: ConvolutionShape;
  readonly slices: GradientSlices;
}

/** Columns (input group, tap) that the plain kernel computes of an excerpt, at least. */
const leastPicked = 8;

/**
 * How many columns of an excerpt are computed, at equal distances. The distance has no divisor in common with the kernel:
 * else they would be of a few taps alone, and where samples are short those may see nothing but padding. Zeros tell nothing
 * of how large an error may be.
 */
export function pickedColumns(columns: number, kernel: number): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  let picked = leastPicked;
  while (picked < columns && divisor(Math.floor((columns - 1) / (picked - 1)), kernel) > 1) picked++;
  return Math.min(picked, columns);
}

/** Gradients of the weights (Co, Ci, K) and of the bias (Co) where there is one, from x and dy. */
export function weightGradient(
  context: BuildContext,
  label: string,
  shape: ConvolutionShape,
  slices: GradientSlices,
): readonly KernelCall[] {
  const whole: WeightGradient = { context, label, shape, slices };
  const { x, dy, dweight, dbias } = slices;
  const by = (cut: Cut): Variant => ({
    name: nameOf(cut),
    calls: () => splitCalls(whole, cut, 1),
    excerpt: (part) => ({ calls: splitCalls(whole, cut, part) }),
  });
  const direct = cutsFor(context, shape).map(by);
  const toomCook = toomCookCutsFor(context, shape).map((cut) => toomCookGradient(whole, cut));
  const first = context.quads && isWorthTransforming(context, shape) && toomCook.length > 0;
  return context.choose({
    kind: "weight gradient",
    sizes: `${shape.input} → ${shape.output}, kernel ${shape.kernel}, ${context.batch} × ${shape.steps}, ${shape.left} left`,
    flops: flopsOf(context, shape),
    data: [x.slice, dy.slice, dweight, ...(dbias ? [dbias] : [])],
    variants: first ? ranked(toomCook, direct) : ranked(direct, toomCook),
    plain: {
      name: "plain",
      calls: () => [plainCall(whole)],
      excerpt: (part) => ({ calls: [plainCall(whole, part)] }),
    },
  });
}

/** What is summed over: (rows, steps), several such sums side by side in x and dy. */
interface Sum {
  readonly shape: ConvolutionShape;
  readonly rows: number;
  readonly steps: number;
  readonly x: Groups;
  readonly dy: Groups;
  readonly parallel: number;
}

/** Partial sums of each split, [sum][split][place]. */
interface Partial {
  readonly slice: Slice;
  /** vec4f of one split. */
  readonly length: number;
  readonly constants: Readonly<Record<string, number>>;
  readonly call: KernelCall;
}

function partialSums({ context, label, slices }: WeightGradient, cut: Cut, part: number, sum: Sum): Partial {
  const { shape, rows, steps, x, dy, parallel } = sum;
  const inGroups = groupsOf(shape.input);
  const outGroups = groupsOf(shape.output);
  const tapBlocks = Math.ceil(shape.kernel / cut.taps);
  const outPairs = Math.ceil(outGroups / 2);
  const columns = inGroups * tapBlocks;
  const length = outPairs * 2 * columns * cut.taps * 4 + outPairs * 2;
  const slice = context.memory.storage(`${label}: partial sums`, length * parallel * cut.splits * 4);
  const workgroup = Math.min(32, Math.ceil(columns / 4) * 4);
  const pairs = atLeast(outPairs, part);
  const constants = {
    ...sizesOf(context, shape),
    BATCH: rows,
    STEPS: steps,
    X_FIRST: x.first,
    Y_FIRST: dy.first,
    X_LENGTH: x.slice.size / 16,
    Y_LENGTH: dy.slice.size / 16,
    TAP_BLOCK: cut.taps,
    SPLITS: cut.splits,
    SPLIT_ROWS: Math.ceil(rows / cut.splits),
    PARTIAL_LENGTH: slice.size / 16,
    WORKGROUP: workgroup,
  };
  return {
    slice,
    length,
    constants,
    call: {
      label,
      file: "convolution/weightgradient",
      entry: "weight_gradient",
      constants,
      conditions: conditionsOf(cut, slices),
      bindings: { x: x.slice, dy: dy.slice, partial: slice },
      workgroups: [
        Math.ceil(columns / workgroup),
        cut.splits * parallel,
        cut.pair ? pairs : Math.min(outGroups, 2 * pairs),
      ],
      flops: (flopsOf(context, shape) * pairs) / outPairs,
      bytes: (inGroups + outGroups) * rows * steps * parallel * 16 + slice.size,
    },
  };
}

const conditionsOf = (cut: Cut, { dbias }: GradientSlices) => ({
  biased: dbias !== undefined,
  quads: cut.quads,
  pair: cut.pair,
  taps2: cut.taps >= 2,
  taps3: cut.taps >= 3,
  taps4: cut.taps >= 4,
  taps5: cut.taps >= 5,
});

function splitCalls(whole: WeightGradient, cut: Cut, part: number): KernelCall[] {
  const { context, label, shape, slices } = whole;
  const { x, dy, dweight, dbias } = slices;
  const { batch: rows } = context;
  const { steps } = shape;
  const sums = partialSums(whole, cut, part, { shape, rows, steps, x, dy, parallel: 1 });
  return [
    sums.call,
    {
      label: `${label}: add splits`,
      file: "convolution/weightgradient",
      entry: "reduce_gradient",
      constants: sums.constants,
      conditions: conditionsOf(cut, slices),
      bindings: { partials: sums.slice, dweight, ...(dbias && { dbias }) },
      workgroups: spread(sums.length),
    },
  ];
}

/** By the algorithm of Toom and Cook: x and dy at all points, a sum for each, then from points to taps. */
function toomCookGradient(whole: WeightGradient, cut: Cut): Variant {
  const { context, label, shape, slices } = whole;
  const { dweight, dbias } = slices;
  const { rows, steps } = rowsOfTiles(context, shape);
  const excerpt = (part: number) => {
    const x = context.memory.scratch("transformed", transformedLength(context, shape.input, shape) * 4);
    const dy = context.memory.scratch("products", transformedLength(context, shape.output, shape) * 4);
    const sums = partialSums(whole, cut, part, {
      shape: { ...shape, kernel: 1, left: 0 },
      rows,
      steps,
      x: { slice: x, first: 0 },
      dy: { slice: dy, first: 0 },
      parallel: points,
    });
    const flops = (sums.call.flops ?? 0) * shape.kernel;
    const transform = (operand: "x" | "dy", transformed: Slice) =>
      transformCall(context, label, shape, { operand, ...slices[operand], transformed }, rows * steps);
    return {
      prepare: [transform("x", x), transform("dy", dy)],
      calls: [
        { ...sums.call, flops, executed: flops * shareOfMultiplications(shape.kernel) },
        {
          label: `${label}: interpolate`,
          file: "convolution/toomcook",
          entry: "interpolate_gradient",
          constants: { ...sizesOf(context, shape), SPLITS: cut.splits, PARTIAL_LENGTH: sums.slice.size / 16 },
          conditions: conditionsOf(cut, slices),
          bindings: { partials: sums.slice, dweight, ...(dbias && { dbias }) },
          workgroups: spread(sums.length),
        },
      ],
    };
  };
  return {
    name: `toom-cook ${nameOf(cut)}`,
    calls() {
      const { prepare, calls } = excerpt(1);
      return [...prepare, ...calls];
    },
    excerpt,
  };
}

/** All of it, or some columns and groups of the excerpt of a part, the first and the last among them. */
function plainCall({ context, label, shape, slices }: WeightGradient, part?: number): KernelCall {
  const { x, dy, dweight, dbias } = slices;
  const columns = groupsOf(shape.input) * shape.kernel;
  const groups = groupsOf(shape.output);
  const region = part === undefined ? groups : Math.min(groups, 2 * atLeast(Math.ceil(groups / 2), part));
  const picked = part === undefined ? columns : pickedColumns(columns, shape.kernel);
  const pickedGroups = part === undefined ? groups : Math.min(region, 2);
  return {
    label,
    file: "convolution/plain",
    entry: "weight_gradient",
    constants: {
      ...sizesOf(context, shape),
      ...placesOf(slices),
      PICKED: picked,
      PICKED_GROUPS: pickedGroups,
      REGION: region,
    },
    conditions: { biased: dbias !== undefined },
    bindings: { x: x.slice, dy: dy.slice, dweight, ...(dbias && { dbias }) },
    workgroups: [Math.ceil(picked / 8), 1, pickedGroups],
    flops: (flopsOf(context, shape) * picked * pickedGroups) / (columns * groups),
    bytes: operandBytes(context, shape) + dweight.size + (dbias?.size ?? 0),
  };
}

/** Of x and dy, which may be parts of what is bound. */
const operandBytes = ({ batch }: BuildContext, { input, output, steps }: ConvolutionShape): number =>
  (groupsOf(input) + groupsOf(output)) * batch * steps * 16;

/** Where x and dy lie in the activations that hold them. */
const placesOf = ({ x, dy }: GradientSlices) => ({
  X_FIRST: x.first,
  Y_FIRST: dy.first,
  X_LENGTH: x.slice.size / 16,
  Y_LENGTH: dy.slice.size / 16,
});
