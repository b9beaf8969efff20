import { requireFields, requireValue, show } from "../fields";
import type { Device } from "../gpu/device";
import type { KernelCall } from "../gpu/kernel";
import type { Memory, Slice } from "../gpu/memory";
import { isTuning, type Problem, type Tuning, variantOf } from "./variant";

/** Channels and time steps of an activation (B, C, T). */
export interface ActivationShape {
  readonly channels: number;
  readonly steps: number;
}

/**
 * Values of one layer for a mini-batch, logically (B, C, T). On the GPU: vec4f [group of four channels][b][t], channels
 * beyond the last zero.
 */
export interface Activation extends ActivationShape {
  readonly slice: Slice;
  /** Where sequences have lengths, the real steps of each sample of the batch, u32 (B). Behind them stand zeros. */
  readonly lengths?: Slice;
}

/** Which variants of the kernels suit the device. */
export interface KernelChoice {
  /** Software adapters want larger register tiles and smaller workgroups. */
  readonly software: boolean;
  /** Loads are dear and four neighbouring invocations can share them. */
  readonly quads: boolean;
  /** Four neighbouring invocations can share loads at all. */
  readonly subgroups: boolean;
  /** Workgroup memory that a recurrence may use; where it does not suffice, every time step is a dispatch. */
  readonly workgroupBytes: number;
  /** Floating-point operations of a dispatch at most, where work can be cut: about 50 ms on a slow device. */
  readonly dispatchFlops: number;
  /**
   * How recurrences read their weights: f16 rounds them to 16 bits, an error of 5·10⁻⁴ each, for half the
   * traffic. Learnables, gradients and sums stay f32.
   */
  readonly recurrentWeights: "f32" | "f16";
  /** What a tuner has chosen on the device (tuner.ts); the rest goes by rules. */
  readonly tuning: Tuning;
  /** The dispatches of the variant that is chosen for a problem. */
  readonly choose: (problem: Problem) => readonly KernelCall[];
}

/** What every layer of one network is built with. */
export interface BuildContext extends KernelChoice {
  readonly memory: Memory;
  readonly batch: number;
  /** A learnable's place among the parameters. */
  parameter(name: string): Slice;
}

/** What is added to train. */
export interface TrainingContext extends BuildContext {
  /** A learnable's place among the gradients. */
  gradient(name: string): Slice;
  /** The training's cursor, whose index counts the iterations done. */
  readonly cursor: Slice;
  /** Of the random numbers of dropout. */
  readonly seed: number;
}

/** Inference statistics as they lie on the GPU, and as the arrays that the kind of layer names. */
export interface LayerStatistics {
  readonly slice: Slice;
  readonly pack: (values: readonly Float32Array[]) => Float32Array;
  readonly unpack: (words: Float32Array) => readonly Float32Array[];
  /** The words of a layer that has not been trained. */
  readonly untrained: Float32Array;
}

/** A layer with its buffers, ready to compute with what it has learnt. */
export interface Layer {
  readonly name: string;
  readonly output: Activation;
  readonly infer: readonly KernelCall[];
  /** Whether the layer behind is computed along: the network goes on behind that. */
  readonly fused?: boolean;
  /** Where there are inference statistics. */
  readonly statistics?: LayerStatistics;
  /**
   * The gradient of the input from that of the output, of the layer as it infers; `infer` comes before it in the plan.
   * @param context whose memory its buffers are taken from
   */
  inputGradient(context: BuildContext, dOutput: Slice): InputGradient;
  train(context: TrainingContext): TrainingLayer;
}

/**
 * Sums over the gradient of a batch normalisation's output. A convolution behind it can take them tile by tile as it
 * computes that gradient, which saves reading it once more.
 */
export interface GradientSums {
  readonly constants: Readonly<Record<string, number>>;
  readonly conditions: Readonly<Record<string, boolean>>;
  /** What a tile needs to know of the normalisation (shaders/normalisation/normalisation.wgsl). */
  readonly bindings: Readonly<Record<string, Slice>>;
  /** Adds the sums of the tiles: so many for each group of four channels. */
  readonly gather: (tileSums: Slice, tiles: number) => KernelCall;
}

export interface InputGradient {
  readonly calls: readonly KernelCall[];
  readonly dInput: Slice;
}

export interface BackwardPass {
  readonly calls: readonly KernelCall[];
  readonly dInput?: Slice;
  /** Whether the sums that the layer before wanted were taken. */
  readonly summed?: boolean;
}

/** The same layer while training. */
export interface TrainingLayer {
  /** What the layer behind may sum for this one. */
  readonly sums?: GradientSums;
  /** Forward with the statistics of the batch; `cursor` tells how many of its samples count. */
  forward(cursor: Slice): readonly KernelCall[];
  /**
   * Gradients of the learnables, and of the input when `wanted`, from the gradient of the output.
   * @param before what the layer before would have summed of the gradient of the input
   * @param summed whether the layer behind has taken this one's sums
   */
  backward(dOutput: Slice, wanted: boolean, before?: GradientSums, summed?: boolean): BackwardPass;
  /** Run after a step was accepted: keeps a moving average of the statistics. */
  readonly commit: (cursor: Slice) => readonly KernelCall[];
  /** Forward in a pass over the training set for inference statistics, where it is not `forward`. */
  readonly forwardOverSet?: () => readonly KernelCall[];
  /** Run after the forward pass of that kind: merges the batch into the inference statistics. */
  readonly pool: (cursor: Slice) => readonly KernelCall[];
}

const kernelFields = {
  software: true,
  quads: true,
  subgroups: true,
  workgroupBytes: true,
  dispatchFlops: true,
  recurrentWeights: true,
  tuning: true,
  choose: true,
} as const satisfies Readonly<Record<keyof KernelChoice, true>>;

/**
 * The variants for a device, and others where they are given.
 * @throws TypeError, RangeError for names that are none, and for what they may not be
 */
export function chooseKernels(device: Device, given: Partial<KernelChoice> = {}): KernelChoice {
  requireFields("kernels", given, Object.keys(kernelFields));
  requireValue("kernels.recurrentWeights", given.recurrentWeights ?? "f32", {
    kind: "choice",
    choices: ["f32", "f16"],
  });
  if (!isTuning(given.tuning ?? {}))
    throw new TypeError(`kernels.tuning must be what tune has found, got ${show(given.tuning)}`);
  const software = given.software ?? device.adapter.software;
  const subgroups = given.subgroups ?? device.gpu.features.has("subgroups");
  const tuning = given.tuning ?? {};
  return {
    software,
    subgroups,
    quads: software && subgroups,
    workgroupBytes: device.gpu.limits.maxComputeWorkgroupStorageSize,
    dispatchFlops: software ? 2.5e8 : 2e10,
    recurrentWeights: "f32",
    tuning,
    choose: (problem) => variantOf(problem, tuning).calls(),
    ...given,
  };
}

/** Groups of four channels. */
export const groupsOf = (channels: number): number => Math.ceil(channels / 4);

/** vec4f elements of an activation. */
export const activationLength = (
  { batch }: Pick<BuildContext, "batch">,
  { channels, steps }: ActivationShape,
): number => groupsOf(channels) * batch * steps;

export function createActivation(
  context: Pick<BuildContext, "memory" | "batch">,
  label: string,
  { channels, steps }: ActivationShape,
): Activation {
  const length = activationLength(context, { channels, steps });
  return { slice: context.memory.storage(label, length * 4), channels, steps };
}

export const noCalls = (): readonly KernelCall[] => [];

/** A layer that learns nothing and trains as it predicts. */
export const unlearning = (parts: Pick<Layer, "name" | "output" | "infer" | "inputGradient">): Layer => ({
  ...parts,
  train: (training) => ({
    forward: () => parts.infer,
    backward: (dy, wanted) => (wanted ? parts.inputGradient(training, dy) : { calls: [] }),
    commit: noCalls,
    pool: noCalls,
  }),
});
