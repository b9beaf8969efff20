/** A training as the page knows it, under way, finished or recorded: plain data, so that it can be kept and exported. */

import type {
  Curves,
  Evaluation,
  Experiment,
  ExperimentOptions,
  NetworkName,
  PresetName,
} from "../../calculus";
import type { AdapterReport, Progress, ResolvedLayer, TrainingResult } from "../../engine";

/** What the visitor has chosen to train. */
export interface Settings {
  readonly preset: PresetName;
  readonly network: NetworkName;
  /** Only what differs from the preset. */
  readonly options: ExperimentOptions;
}

/** What is known of a training as soon as it is built. */
export interface RunFacts {
  readonly adapter: AdapterReport;
  readonly layers: readonly ResolvedLayer[];
  readonly parameters: number;
  /** Planned in all. */
  readonly iterations: number;
  readonly iterationsPerEpoch: number;
  readonly dispatchesPerStep: number;
  readonly bytesOnDevice: number;
  /** What predicting zero scores on the test set, with its value for each function. RMSE per point. */
  readonly zero: Evaluation;
  /** What the clean derivative itself scores against the noisy target. RMSE per point. */
  readonly noiseFloor: number;
}

/** How a training ended. */
export interface RunOutcome {
  readonly result: Omit<TrainingResult, "hostMsPerStep">;
  /** ISO 8601; recorded runs come without. */
  readonly finishedAt?: string;
  /** Of the GPU's own clock; missing where the adapter offers no timestamps, or was not asked. */
  readonly gpuMillisecondsPerStep?: number;
  /** Missing where training diverged: nothing of it is worth keeping. */
  readonly trained?: {
    readonly evaluation: Evaluation;
    /** So many curves were evaluated: a recorded run brings only some of them. */
    readonly testCurves: number;
    /** (N, 1, T) on the test set. */
    readonly prediction: Float32Array<ArrayBuffer>;
    /** The network as a safetensors file; recorded runs come without. */
    readonly model?: Uint8Array<ArrayBuffer>;
  };
}

export interface Run {
  readonly id: string;
  /** Counts the visitor's runs from 1; 0 for recorded ones. */
  readonly number: number;
  readonly settings: Settings;
  readonly experiment: Experiment;
  readonly facts: RunFacts;
  /** Also the validation set. */
  readonly test: Curves;
  /** Every iteration so far, in order; grows while the run is under way. */
  readonly history: readonly Progress[];
  /** Missing while the run is under way. */
  readonly outcome?: RunOutcome;
  /** A run that came with the page, and where it was made. */
  readonly recorded?: string;
}

/** How fast a training goes at present. */
export interface Speed {
  /** Training time alone: without pauses. */
  readonly seconds: number;
  readonly iterationsPerSecond: number;
  /** Of the GPU's own clock; missing where the adapter offers no timestamps. */
  readonly gpuMillisecondsPerStep?: number;
}

/** Predictions of a few test curves by the weights of one moment. */
export interface ShownPredictions {
  /** Rows of the test set. */
  readonly rows: readonly number[];
  /** (rows, 1, T) */
  readonly values: Float32Array<ArrayBuffer>;
}
