/** What a session is made of: states that the page shows, and what it keeps. */

import type { KernelCheck } from "../../check";
import type { AdapterReport, Progress } from "../../engine";
import type { Run, ShownPredictions } from "./run";

/** The adapter, as far as it is known. */
export type Gpu =
  | { readonly state: "opening" }
  | { readonly state: "ready"; readonly adapter: AdapterReport; readonly timestamps: boolean }
  | {
      readonly state: "unavailable";
      readonly reason: "no-webgpu" | "no-adapter" | "refused";
      readonly message: string;
    };

/** What the run under way is doing; `idle` when there is none. */
export type Phase = "idle" | "building" | "running" | "pausing" | "paused" | "stopping" | "recovering";

/** Something the visitor has to know, until it is dismissed. */
export interface Notice {
  readonly tone: "neutral" | "warning" | "danger";
  readonly title: string;
  readonly message: string;
}

/** Kinds of change that listeners hear of. `state` is everything but the series and the speed, which `progress` brings. */
export interface SessionChanges {
  readonly state: undefined;
  /** Iterations of the run under way, as they come. */
  readonly progress: readonly Progress[];
  readonly predictions: ShownPredictions;
  /** A short sentence for screen readers: start, validations and the end only. */
  readonly announce: string;
  /** A kernel that the self-test has checked. */
  readonly checked: KernelCheck;
  /** Questions that were answered, of those that a measurement of networks puts. */
  readonly measuring: { readonly done: number; readonly planned: number };
}

/** What a session needs from around it. */
export interface Surroundings {
  readonly worker: () => Worker;
  readonly store: Store;
}

/** Keeps runs and the state of the one under way beyond the page's life. Every method may reject; nothing depends on it. */
export interface Store {
  /** Finished runs, oldest first. Those that cannot be read are deleted, and counted this once. */
  runs(): Promise<{ readonly runs: readonly Run[]; readonly broken: number }>;
  saveRun(run: Run): Promise<void>;
  deleteRun(id: string): Promise<void>;
  /** The run that was under way when the page was left. */
  interrupted(): Promise<Interrupted | undefined>;
  saveInterrupted(interrupted: Interrupted | undefined): Promise<void>;
}

/** A run that was not finished. */
export interface Interrupted extends Pick<Run, "id" | "settings"> {
  /** From which it goes on. */
  readonly checkpoint: Uint8Array<ArrayBuffer>;
}
