/** What is said of a peer beside Fluxion. */
import type { NetworkName } from "../src/calculus";
import type { Prepared, Timed, TimedPeer } from "./page/door";

/** A peer and a network. */
export interface Pairing {
  readonly peer: string;
  readonly version: string;
  readonly network: NetworkName;
}

/** A training step of a peer beside that of Fluxion: one browser, one adapter, one batch. */
export interface PeerFigures extends Pairing {
  readonly batch: number;
  /** Medians, after warm-up. */
  readonly msPerStep: number;
  readonly oursMsPerStep: number;
  /** msPerStep ÷ oursMsPerStep. */
  readonly ratio: number;
  /** Fastest and slowest step. */
  readonly spreadMs: readonly [number, number];
  readonly oursSpreadMs: readonly [number, number];
  /** The peer's first step, in which its kernels are compiled. */
  readonly warmUpMs: number;
  /** Loss of the same batch under the same initial learnables. */
  readonly firstLoss: number;
  readonly oursFirstLoss: number;
}

/** What a peer cannot do by its nature. */
export interface Unsupported extends Pairing {
  readonly reason: string;
}

/** What a peer should have done, and why it has not. */
export interface Failure extends Pairing {
  readonly batch: number;
  readonly reason: string;
}

/** First losses of the same network may differ by rounding, relatively. */
const lossTolerance = 1e-3;

/** Why a peer does not compute what Fluxion computes; undefined where it does. */
export function disagreement(ours: Prepared, theirs: Prepared): string | undefined {
  if (theirs.adapter !== ours.adapter)
    return `it runs on another adapter: ${theirs.adapter} instead of ${ours.adapter}`;
  if (theirs.parameters !== ours.parameters)
    return `it has ${theirs.parameters} parameters instead of ${ours.parameters}`;
  // Not a number differs, too.
  if (!(Math.abs(theirs.firstLoss - ours.firstLoss) <= lossTolerance * Math.abs(ours.firstLoss)))
    return `its first loss is ${theirs.firstLoss} instead of ${ours.firstLoss}`;
  return undefined;
}

export const compare = (
  pairing: Pairing,
  batch: number,
  ours: Prepared & Timed,
  theirs: Prepared & TimedPeer,
): PeerFigures => ({
  ...pairing,
  batch,
  msPerStep: theirs.msPerStep,
  oursMsPerStep: ours.msPerStep,
  ratio: theirs.msPerStep / ours.msPerStep,
  spreadMs: theirs.spreadMs,
  oursSpreadMs: ours.spreadMs,
  warmUpMs: theirs.warmUpMs,
  firstLoss: theirs.firstLoss,
  oursFirstLoss: ours.firstLoss,
});

/**
 * The batches to be tried, the wanted one first, until one succeeds.
 * @param most curves in a step that the peer is given at all
 */
export function batchesToTry(wanted: number, most = wanted): number[] {
  const first = Math.min(wanted, most);
  const smaller = Math.floor(first / 10);
  return smaller >= 1 ? [first, smaller] : [first];
}
