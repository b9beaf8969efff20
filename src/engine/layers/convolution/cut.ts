/** How the sum of a weight gradient can be cut into threads. */

import { type BuildContext, groupsOf } from "../layer";
import type { ConvolutionShape } from "./shape";
import { points, suitsToomCook, tilesPerSample } from "./toom-cook";

/** How the sum over the batch is cut, and what an invocation owns of the result. */
export interface Cut {
  /** Neighbouring taps, 1 to 5. */
  readonly taps: number;
  /** Eight output channels, or four; of four input channels in any case. */
  readonly pair: boolean;
  /** Quads share the loads of dy. */
  readonly quads: boolean;
  /** Parts of the batch, whole samples each, that are added up in a second pass. */
  readonly splits: number;
}

export const nameOf = ({ taps, pair, quads, splits }: Cut): string =>
  `${taps}x4x${pair ? 8 : 4}${quads ? " quads" : ""}, ${splits} splits`;

/** Threads that fill an adapter. */
const wantedThreads = { software: 8_192, hardware: 65_536 };
const maxSplits = 64;

/** The cut by the rules, then others worth a try on the device. */
export function cutsFor(
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
  // Forty sums of four are more than SwiftShader keeps at hand.
  const both = pair && !(quads && taps > 3);
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

/** The same for the algorithm of Toom and Cook, whose sums have one tap; none where it does not suit. */
export function toomCookCutsFor(context: BuildContext, shape: ConvolutionShape): readonly Cut[] {
  if (!suitsToomCook(context, shape)) return [];
  const { software, quads, subgroups } = context;
  const pair = groupsOf(shape.output) > 1;
  const threads = groupsOf(shape.input) * Math.ceil(groupsOf(shape.output) / (pair ? 2 : 1)) * points;
  const { rows } = rowsOfTiles(context, shape);
  const splits = evenSplits(rows, wantedThreads[software ? "software" : "hardware"] / threads);
  const rule: Cut = { taps: 1, pair, quads, splits };
  return [
    rule,
    ...(subgroups ? [{ ...rule, quads: !quads }] : []),
    { ...rule, splits: evenSplits(rows, splits * 2) },
  ];
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

/** Samples whose tiles lie in one row of a sum at most: quads waste the less the longer a row. */
const mostInRow = 8;

/** The tiles of all samples as rows of equal length. */
export function rowsOfTiles(context: BuildContext, shape: ConvolutionShape): { rows: number; steps: number } {
  let samples = Math.min(mostInRow, context.batch);
  while (context.batch % samples !== 0) samples--;
  return { rows: context.batch / samples, steps: samples * tilesPerSample(shape) };
}
