import { type KernelCall, spread } from "../gpu/kernel";
import type { Slice } from "../gpu/memory";
import { type ConvolutionShape, flopsOf, plainConditions, sizesOf } from "./convolution";
import { type BuildContext, groupsOf } from "./layer";
import { atLeast, type Variant } from "./variant";

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

interface Setting {
  readonly context: BuildContext;
  readonly label: string;
  readonly shape: ConvolutionShape;
  readonly slices: GradientSlices;
}

/** How the sum over the batch is cut, and what an invocation owns of the result. */
interface Cut {
  /** Neighbouring taps, 1 to 5. */
  readonly taps: number;
  /** Eight output channels, or four; of four input channels in any case. */
  readonly pair: boolean;
  /** Quads share the loads of dy. */
  readonly quads: boolean;
  /** Parts of the batch, whole curves each, that are added up in a second pass. */
  readonly splits: number;
}

/** Threads that fill an adapter. */
const wantedThreads = { software: 8_192, hardware: 65_536 };
const maxSplits = 64;

/** Columns (input group, tap) that the plain kernel computes of a sample. */
const mostPicked = 8;

const nameOf = ({ taps, pair, quads, splits }: Cut): string =>
  `${taps}x4x${pair ? 8 : 4}${quads ? " quads" : ""}, ${splits} splits`;

/** Gradients of the weights (Co, Ci, K) and of the bias (Co) where there is one, from x and dy. */
export function weightGradient(
  context: BuildContext,
  label: string,
  shape: ConvolutionShape,
  slices: GradientSlices,
): readonly KernelCall[] {
  const setting: Setting = { context, label, shape, slices };
  const { x, dy, dweight, dbias } = slices;
  const by = (cut: Cut): Variant => ({
    name: nameOf(cut),
    calls: () => splitCalls(setting, cut, 1),
    sample: (part) => splitCalls(setting, cut, part),
  });
  const [first, ...others] = cutsFor(context, shape);
  return context.choose({
    kind: "weight gradient",
    sizes: `${shape.input} → ${shape.output}, kernel ${shape.kernel}, ${context.batch} × ${context.steps}, ${shape.left} left`,
    flops: flopsOf(context, shape),
    data: [x.slice, dy.slice, dweight, ...(dbias ? [dbias] : [])],
    variants: [by(first), ...others.map(by)],
    plain: {
      name: "plain",
      calls: () => [plainCall(setting)],
      sample: (part) => [plainCall(setting, part)],
    },
  });
}

function splitCalls({ context, label, shape, slices }: Setting, cut: Cut, part: number): KernelCall[] {
  const { x, dy, dweight, dbias } = slices;
  const inGroups = groupsOf(shape.input);
  const outGroups = groupsOf(shape.output);
  const tapBlocks = Math.ceil(shape.kernel / cut.taps);
  const outPairs = Math.ceil(outGroups / 2);
  const columns = inGroups * tapBlocks;
  const splitLength = outPairs * 2 * columns * cut.taps * 4 + outPairs * 2;
  const partialLength = splitLength * cut.splits;
  const partial = context.memory.storage(`${label}: partial sums`, partialLength * 4);
  const workgroup = Math.min(32, Math.ceil(columns / 4) * 4);
  const constants = {
    ...sizesOf(context, shape),
    ...placesOf(slices),
    TAP_BLOCK: cut.taps,
    SPLITS: cut.splits,
    SPLIT_ROWS: Math.ceil(context.batch / cut.splits),
    PARTIAL_LENGTH: partialLength,
    WORKGROUP: workgroup,
  };
  const conditions = {
    ...plainConditions,
    biased: dbias !== undefined,
    quads: cut.quads,
    pair: cut.pair,
    taps2: cut.taps >= 2,
    taps3: cut.taps >= 3,
    taps4: cut.taps >= 4,
    taps5: cut.taps >= 5,
  };
  const pairs = atLeast(outPairs, part);
  return [
    {
      label,
      file: "conv1d",
      entry: "weight_gradient",
      constants,
      conditions,
      bindings: { x: x.slice, dy: dy.slice, partial },
      workgroups: [
        Math.ceil(columns / workgroup),
        cut.splits,
        cut.pair ? pairs : Math.min(outGroups, 2 * pairs),
      ],
      flops: (flopsOf(context, shape) * pairs) / outPairs,
      bytes: operandBytes(context, shape) + partialLength * 16,
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

/** All of it, or some columns and groups of the sample of a part, the first and the last among them. */
function plainCall({ context, label, shape, slices }: Setting, part?: number): KernelCall {
  const { x, dy, dweight, dbias } = slices;
  const columns = groupsOf(shape.input) * shape.kernel;
  const groups = groupsOf(shape.output);
  const region = part === undefined ? groups : Math.min(groups, 2 * atLeast(Math.ceil(groups / 2), part));
  const picked = part === undefined ? columns : Math.min(columns, mostPicked);
  const pickedGroups = part === undefined ? groups : Math.min(region, 2);
  return {
    label,
    file: "plain",
    entry: "weight_gradient",
    constants: {
      ...sizesOf(context, shape),
      ...placesOf(slices),
      PICKED: picked,
      PICKED_GROUPS: pickedGroups,
      REGION: region,
    },
    conditions: { ...plainConditions, biased: dbias !== undefined },
    bindings: { x: x.slice, dy: dy.slice, dweight, ...(dbias && { dbias }) },
    workgroups: [Math.ceil(picked / 8), 1, pickedGroups],
    flops: (flopsOf(context, shape) * picked * pickedGroups) / (columns * groups),
    bytes: operandBytes(context, shape) + dweight.size + (dbias?.size ?? 0),
  };
}

/** Of x and dy, which may be parts of what is bound. */
const operandBytes = ({ batch, steps }: BuildContext, { input, output }: ConvolutionShape): number =>
  (groupsOf(input) + groupsOf(output)) * batch * steps * 16;

/** Where x and dy lie in the activations that hold them. */
const placesOf = ({ x, dy }: GradientSlices) => ({
  X_FIRST: x.first,
  Y_FIRST: dy.first,
  X_LENGTH: x.slice.size / 16,
  Y_LENGTH: dy.slice.size / 16,
});

/** The cut by the rules, then others worth a try on the device. */
function cutsFor(
  context: BuildContext,
  { input, output, kernel }: ConvolutionShape,
): readonly [Cut, ...Cut[]] {
  const { batch, software, quads, subgroups } = context;
  const inGroups = groupsOf(input);
  const outGroups = groupsOf(output);
  const pair = outGroups > 1;
  const taps = tapBlockFor(inGroups, kernel);
  const splitsFor = (cut: Pick<Cut, "taps" | "pair">) => {
    const threads = Math.ceil(outGroups / (cut.pair ? 2 : 1)) * inGroups * Math.ceil(kernel / cut.taps);
    return evenSplits(batch, wantedThreads[software ? "software" : "hardware"] / threads);
  };
  // On software adapters forty sums of four are more than it keeps at hand.
  const both = pair && !(software && taps > 3);
  const rule: Cut = { taps, pair: both, quads, splits: splitsFor({ taps, pair: both }) };
  const cuts: Cut[] = [rule];
  const offer = (cut: Cut) => {
    if (cut.quads && !subgroups) return;
    if (cuts.every((known) => nameOf(known) !== nameOf(cut))) cuts.push(cut);
  };
  if (pair) offer({ ...rule, pair: !both, splits: splitsFor({ taps, pair: !both }) });
  offer({ ...rule, splits: evenSplits(batch, rule.splits / 2) });
  offer({ ...rule, splits: evenSplits(batch, rule.splits * 2) });
  offer({ ...rule, quads: !rule.quads });
  if (taps > 3) offer({ ...rule, taps: 3, splits: splitsFor({ taps: 3, pair }) });
  if (taps > 1) offer({ ...rule, taps: 1, splits: splitsFor({ taps: 1, pair }) });
  return cuts as [Cut, ...Cut[]];
}

/**
 * Taps that one thread sums, 1 to 5: many share their loads, but few input channels want them spread over the four
 * invocations that compute together. A step costs a thread its taps and about one load.
 */
function tapBlockFor(inGroups: number, kernel: number): number {
  const cost = (taps: number) => Math.ceil((inGroups * Math.ceil(kernel / taps)) / 4) * (taps + 1);
  return [5, 4, 3, 2, 1].reduce(
    (best, taps) => (taps <= kernel && cost(taps) < cost(best) ? taps : best),
    Math.min(5, kernel),
  );
}

/** Parts of the batch, as many as wanted, but no more than there is memory for, and none of them empty. */
function evenSplits(batch: number, wanted: number): number {
  const rows = Math.ceil(batch / Math.max(1, Math.min(batch, maxSplits, Math.ceil(wanted))));
  return Math.ceil(batch / rows);
}
