/** How the harness calls into a page: plain data both ways. */

import type { NetworkName } from "../../src/calculus";
import type { Benchmark } from "../../src/check/benchmark";
import type { AdapterChoice, AdapterReport, KernelChoice } from "../../src/engine";
import type { Task } from "./task";

/** How many steps are timed: at least three, then more while they are quick. */
export interface StepBudget {
  readonly least: number;
  readonly most: number;
  /** Beyond this, no more than the least. */
  readonly milliseconds: number;
}

/** What must agree before anything is timed. */
export interface Prepared {
  /** Vendor, architecture and description of the adapter. */
  readonly adapter: string;
  readonly parameters: number;
  /** Loss of the task's batch under the initial learnables, without dropout. */
  readonly firstLoss: number;
}

/** Times of training steps, one after the other, each until the GPU is done with it. */
export interface Timed {
  readonly msPerStep: number;
  readonly spreadMs: readonly [number, number];
}

export interface TimedPeer extends Timed {
  /** Of the first step, in which kernels are compiled. */
  readonly warmUpMs: number;
  /** Of all steps, each before its update. */
  readonly losses: readonly number[];
}

/** With which kernels Fluxion trains. */
export interface KernelWishes {
  /** Whether they are measured first; else they go by rules. */
  readonly tuned: boolean;
  readonly recurrentWeights: KernelChoice["recurrentWeights"];
}

export interface OwnDoor {
  /** The adapter on which everything of the page runs; where there is none of that kind, the reason. */
  open(choice: AdapterChoice, kernels: KernelWishes): Promise<AdapterReport | { readonly missing: string }>;
  benchmark(options: {
    readonly networks: readonly NetworkName[];
    readonly batch: number;
    readonly steps?: number;
  }): Promise<Benchmark>;
  prepare(task: Task): Promise<Prepared>;
  time(task: Task, budget: StepBudget): Promise<Timed>;
}

export interface PeerDoor {
  prepare(task: Task): Promise<Prepared>;
  time(budget: StepBudget): Promise<TimedPeer>;
}

declare global {
  interface Window {
    /** In the page of Fluxion. */
    own: OwnDoor;
    /** In the page of a peer. */
    peer: PeerDoor;
    /** Tells the person who waits. */
    say(text: string): Promise<void>;
  }
}

/** An adapter in words, to be compared. */
export const nameAdapter = ({ vendor, architecture, device, description }: GPUAdapterInfo): string =>
  [vendor, architecture, description || device].filter((part) => part !== "").join(", ");
