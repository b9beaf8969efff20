/** What the page and its training worker say to each other. Commands go in, events come out; nothing is shared. */
import type { ConditionSummary, CurveOptions, Curves, Experiment, NetworkName } from "../../calculus";
import type { KernelCheck, StepProfile } from "../../check";
import type { AdapterReport, Progress } from "../../engine";
import type { LearnableValues } from "../../engine/training/inspector";
import type { Run, RunFacts, RunOutcome, ShownPredictions, Speed } from "../session/run";

/** What the page tells the worker. */
export type Command =
  /** Finds an adapter and opens a device; answered by `opened` or `unavailable`. */
  | { readonly kind: "open" }
  /** Builds and trains; `resume` goes on from there instead of beginning. `paused` waits before its first step. */
  | {
      readonly kind: "start";
      readonly run: string;
      readonly experiment: Experiment;
      /** A checkpoint of this very training. */
      readonly resume?: Uint8Array<ArrayBuffer>;
      readonly paused?: boolean;
    }
  | { readonly kind: "pause" }
  | { readonly kind: "resume" }
  /** One more iteration, then paused. */
  | { readonly kind: "step" }
  /** Ends after the steps already submitted and evaluates; answered by `discarded` where there were none. */
  | { readonly kind: "stop" }
  /** Test curves whose predictions are told while training. */
  | { readonly kind: "show"; readonly rows: readonly number[] }
  | { readonly kind: "ask"; readonly id: number; readonly request: Request };

/** Questions with one answer each. */
export type Request =
  /** The runs that come with the page: read in the worker, since it takes a moment. */
  | { readonly kind: "recorded" }
  /** Weights and gradients of a layer of the run under way. */
  | { readonly kind: "inspect"; readonly layer: string }
  /** A trained network's answer to curves (rows, 2, T). */
  | {
      readonly kind: "predict";
      readonly run: string;
      readonly model: Uint8Array<ArrayBuffer>;
      readonly x: Float32Array<ArrayBuffer>;
    }
  /** Trained networks beside the classical opponents, on functions taught and not taught; `measuring` tells how far it is. */
  | {
      readonly kind: "measure";
      readonly networks: readonly AskedNetwork[];
      /** On which all of them were trained. */
      readonly data: CurveOptions;
      readonly test: Curves;
    }
  /** Every kernel against the float64 reference; each result is also told by `checked` as it comes. */
  | { readonly kind: "self-test" }
  /** Times every kernel of a training step; training waits meanwhile. */
  | { readonly kind: "profile"; readonly experiment: Experiment };

/** A trained network of a run. */
export interface AskedNetwork {
  readonly name: NetworkName;
  readonly run: string;
  readonly model: Uint8Array<ArrayBuffer>;
}

/** RMSE on sets of functions, and defects of rules over their scales, the networks first. */
export type MeasuredRows = Pick<ConditionSummary, "sets" | "rules">;

/** The answers, by the kind of the request. */
export interface Answers {
  readonly recorded: readonly Run[];
  readonly inspect: readonly LearnableValues[];
  /** (rows, 1, T) */
  readonly predict: Float32Array<ArrayBuffer>;
  readonly measure: MeasuredRows;
  readonly "self-test": readonly KernelCheck[];
  readonly profile: StepProfile;
}

/** What the worker tells the page. */
export type Event =
  | { readonly kind: "opened"; readonly adapter: AdapterReport; readonly timestamps: boolean }
  | {
      readonly kind: "unavailable";
      readonly reason: "no-webgpu" | "no-adapter" | "refused";
      readonly message: string;
    }
  | {
      readonly kind: "started";
      readonly run: string;
      readonly facts: RunFacts;
      readonly test: Curves;
      /** Iterations that were done before, by this worker or another. */
      readonly history: readonly Progress[];
    }
  | {
      readonly kind: "progress";
      readonly run: string;
      readonly iterations: readonly Progress[];
      readonly speed: Speed;
    }
  | { readonly kind: "predictions"; readonly run: string; readonly shown: ShownPredictions }
  /** Everything submitted has come back. */
  | { readonly kind: "paused"; readonly run: string }
  | { readonly kind: "resumed"; readonly run: string }
  /** A checkpoint from which the run can go on, in this worker or another. */
  | { readonly kind: "snapshot"; readonly run: string; readonly checkpoint: Uint8Array<ArrayBuffer> }
  /** The device is gone; another is opened and the run goes on from iteration `from`. */
  | { readonly kind: "recovering"; readonly run: string; readonly message: string; readonly from: number }
  | { readonly kind: "finished"; readonly run: string; readonly outcome: RunOutcome }
  | { readonly kind: "discarded"; readonly run: string }
  /** The run is over without a result. */
  | { readonly kind: "failed"; readonly run: string; readonly failure: Failure }
  | { readonly kind: "checked"; readonly id: number; readonly check: KernelCheck }
  | { readonly kind: "measuring"; readonly id: number; readonly done: number; readonly planned: number }
  | { readonly kind: "answered"; readonly id: number; readonly answer: Answers[Request["kind"]] }
  | { readonly kind: "refused"; readonly id: number; readonly message: string };

export interface Failure {
  readonly reason: "out-of-memory" | "device-lost" | "no-adapter" | "options" | "error";
  /** What happened, in one line. */
  readonly message: string;
}
