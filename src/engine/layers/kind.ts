/** What a kind of layer is, in plain terms; builders.ts has what computes it. Whatever lists kinds of layers asks the registry (registry.ts) for these. */
import type { FieldRule } from "../fields";
import type { ActivationShape } from "./layer";

/**
 * What a learnable begins with: random weights, of a shape (outputs, inputs) or (outputs, inputs, taps); those of a
 * recurrence, (rows, columns) with at least as many rows as columns; or the value of element i, in any shape.
 */
export type InitialValues = "weights" | "recurrent weights" | ((i: number) => number);

/** A learnable as its layer knows it. */
export interface LayerLearnable {
  /** Within the layer: `weight`, `forward.weight_ih`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Learnables of a layer that are clipped together: the two directions of a BiLSTM, which MATLAB holds as one. */
  readonly group: string;
  /** Weights decay (factor 1), biases do not (factor 0); batchnorm scale and offset do, as in MATLAB. */
  readonly l2Factor: 0 | 1;
  readonly initial: InitialValues;
}

/**
 * How far float32 may be from float64: sums of products over a kernel of taps; a rounding or two of each value; relative to
 * the largest value; or as sums and squares of a normalisation are, over a batch or over the channels of a step.
 */
export type Tolerance =
  | { readonly kind: "products"; readonly kernel: number }
  | { readonly kind: "rounding" }
  | { readonly kind: "relative"; readonly y: number; readonly gradient: number }
  | { readonly kind: "normalisation"; readonly over: "batch" | "channels"; readonly epsilon: number };

export interface LayerKind<Spec extends { readonly kind: string }> {
  /** Layers are named by it and a number: conv1, conv2. Kinds of one stem are numbered together. */
  readonly stem: string;
  /** The only one of a network has no number: fc. */
  readonly unnumbered?: true;
  /** What its fields may be: for the function that makes it, for networks as data, and for files. */
  readonly fields: Readonly<Record<Exclude<keyof Spec, "kind">, FieldRule>>;
  /** What is taken for fields that a person leaves out. */
  readonly defaults?: Partial<Omit<Spec, "kind">>;
  readonly output: (spec: Spec, input: ActivationShape) => ActivationShape;
  /** Why it cannot stand behind such an input, where it cannot: in a few words behind its name. Asked before `output`. */
  readonly refuse?: (spec: Spec, input: ActivationShape) => string | undefined;
  /** In the order in which they are kept and drawn at random. */
  readonly learnables: (spec: Spec, input: ActivationShape) => readonly LayerLearnable[];
  /**
   * Of the batch in training, given at inference: their names, each (C), and the shape of the words in which the GPU and a
   * training's state hold them. They are `mean` and `variance` of each channel: as such the reference pools them.
   */
  readonly statistics?: {
    readonly names: readonly string[];
    readonly shape: (output: ActivationShape) => readonly number[];
  };
  /** Of sequences that have lengths: zeros behind their ends stay zeros by themselves, going forward and back. */
  readonly keepsPadding?: true;
  /** One step for a whole sequence, of whatever length. */
  readonly endsSequence?: true;
  /** Channels of its largest buffer, where that is not its output. */
  readonly widest?: (output: ActivationShape) => number;
  /** "convolution", "128 filters of 5, same padding". */
  readonly describe: (spec: Spec) => { readonly kind: string; readonly detail: string };
  readonly tolerance: (spec: Spec) => Tolerance;
}

/** A learnable that is clipped by itself. */
export const learnable = (
  name: string,
  shape: readonly number[],
  l2Factor: 0 | 1,
  initial: InitialValues,
): LayerLearnable => ({ name, shape, group: name, l2Factor, initial });

export const zeros = (): number => 0;
export const ones = (): number => 1;

/** Most of what layers have: far above any network of this project, and what a file may ask for. */
export const layerLimits = { channels: 4096, kernel: 1024, hidden: 1024 } as const;
