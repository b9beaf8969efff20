/**
 * What a network is, as plain data: it can be written to a file, compared, and understood by the
 * GPU engine and by the float64 reference alike. Shapes are (B, C, T): batch, channels, time steps.
 */

import {
  type FieldRule,
  numberIn,
  requireFields,
  requireKind,
  requireValue,
  requireValues,
  requireVariant,
  show,
  wholeNumber,
} from "../fields";

/** 1-D convolution, stride 1, "same" padding: ⌊(kernel−1)/2⌋ zeros left, the rest right. (B, Ci, T) → (B, filters, T) */
export interface Conv1dSpec {
  readonly kind: "conv1d";
  readonly filters: number;
  readonly kernel: number;
}

/** Batch normalisation over batch and time, biased variance, learnable scale and offset per channel. */
export interface BatchNormSpec {
  readonly kind: "batchnorm";
  readonly epsilon: number;
}

/** y = x for x ≥ 0, slope·x below; derivative 1 at 0. */
export interface LeakyReLUSpec {
  readonly kind: "leakyrelu";
  readonly slope: number;
}

/** The same affine map at every time step. (B, Ci, T) → (B, outputs, T) */
export interface DenseSpec {
  readonly kind: "dense";
  readonly outputs: number;
}

/**
 * Long short-term memory: gates in the order i, f, g, o, one bias, zero initial state, the whole sequence as output.
 * (B, Ci, T) → (B, hidden, T)
 */
export interface LstmSpec {
  readonly kind: "lstm";
  readonly hidden: number;
}

/** Two LSTMs, one through each direction of time. (B, Ci, T) → (B, 2·hidden, T): forward channels, then reverse. */
export interface BiLstmSpec {
  readonly kind: "bilstm";
  readonly hidden: number;
}

/** While training every value is zero with this probability, and divided by 1 − probability otherwise. */
export interface DropoutSpec {
  readonly kind: "dropout";
  readonly probability: number;
}

export type LayerSpec =
  | Conv1dSpec
  | BatchNormSpec
  | LeakyReLUSpec
  | DenseSpec
  | LstmSpec
  | BiLstmSpec
  | DropoutSpec;

/**
 * Half the sum of squared errors, divided by the number of curves (`observations`, MATLAB's rule for
 * image regression) or by curves times time steps (`observations-and-steps`, its rule for sequences).
 */
export type LossNormalisation = "observations" | "observations-and-steps";

export interface NetworkSpec {
  readonly input: { readonly channels: number; readonly steps: number };
  readonly layers: readonly LayerSpec[];
  readonly loss: LossNormalisation;
}

/** A learnable of a network: `conv1.weight` (Co, Ci, K), `bn1.scale` (C), `bilstm1.forward.weight_hh` (4H, H) … */
export interface LearnableSpec {
  readonly name: string;
  readonly shape: readonly number[];
  /** Learnables of one group are clipped together: the two directions of a BiLSTM, which MATLAB holds as one. */
  readonly group: string;
  /** Weights decay (factor 1), biases do not (factor 0); batchnorm scale and offset do, as in MATLAB. */
  readonly l2Factor: 0 | 1;
}

/** A layer with its name, its shapes and its learnables worked out. */
export interface ResolvedLayer {
  readonly spec: LayerSpec;
  /** `conv1`, `bn1`, `relu1`, `bilstm1`, `drop1`, `fc` (or `fc1`, `fc2` … where there are several). */
  readonly name: string;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly learnables: readonly LearnableSpec[];
}

/** Most layers of a network, and most of what they have: far above any network of this project, and what a file may ask for. */
export const networkLimits = {
  layers: 256,
  channels: 4096,
  kernel: 1024,
  hidden: 1024,
  steps: 1 << 20,
  batch: 1e6,
} as const;

const channelCount = wholeNumber(1, networkLimits.channels);
const hidden = wholeNumber(1, networkLimits.hidden);

/** What each layer has and what that may be: for the functions that make layers, for networks as data, and for files. */
export const layerRules = {
  conv1d: { filters: channelCount, kernel: wholeNumber(1, networkLimits.kernel) },
  batchnorm: { epsilon: numberIn({ above: 0, below: Number.POSITIVE_INFINITY }) },
  leakyrelu: { slope: numberIn({ above: Number.NEGATIVE_INFINITY, below: Number.POSITIVE_INFINITY }) },
  dense: { outputs: channelCount },
  lstm: { hidden },
  bilstm: { hidden },
  dropout: { probability: numberIn({ from: 0, below: 1 }) },
} as const satisfies {
  readonly [Kind in LayerSpec["kind"]]: Readonly<
    Record<Exclude<keyof Extract<LayerSpec, { readonly kind: Kind }>, "kind">, FieldRule>
  >;
};

export const inputRules = { channels: channelCount, steps: wholeNumber(1, networkLimits.steps) } as const;

export const lossRule = { kind: "choice", choices: ["observations", "observations-and-steps"] } as const;

export const conv1d = (options: { filters: number; kernel: number }): Conv1dSpec => {
  requireFields("conv1d", options, Object.keys(layerRules.conv1d));
  return { kind: "conv1d", ...options };
};
export const batchNorm = (options: { epsilon?: number } = {}): BatchNormSpec => {
  requireFields("batchNorm", options, Object.keys(layerRules.batchnorm));
  return { kind: "batchnorm", epsilon: 1e-5, ...options };
};
export const leakyReLU = (slope = 0.01): LeakyReLUSpec => ({ kind: "leakyrelu", slope });
export const dense = (options: { outputs: number }): DenseSpec => {
  requireFields("dense", options, Object.keys(layerRules.dense));
  return { kind: "dense", ...options };
};
export const lstm = (options: { hidden: number }): LstmSpec => {
  requireFields("lstm", options, Object.keys(layerRules.lstm));
  return { kind: "lstm", ...options };
};
export const biLstm = (options: { hidden: number }): BiLstmSpec => {
  requireFields("biLstm", options, Object.keys(layerRules.bilstm));
  return { kind: "bilstm", ...options };
};
export const dropout = (probability = 0.5): DropoutSpec => ({ kind: "dropout", probability });
export const halfMeanSquaredError = (normalisation: LossNormalisation): LossNormalisation => normalisation;

const stem = {
  conv1d: "conv",
  batchnorm: "bn",
  leakyrelu: "relu",
  dense: "fc",
  lstm: "lstm",
  bilstm: "bilstm",
  dropout: "drop",
} as const;

/** The directions of a recurrent layer, in the order of its output channels. */
export const directionsOf = (kind: "lstm" | "bilstm"): readonly ("forward" | "reverse")[] =>
  kind === "lstm" ? ["forward"] : ["forward", "reverse"];

/**
 * Names every layer, follows the channels through the network and lists the learnables in order.
 * @throws RangeError, TypeError in one line for what is no network
 */
export function resolveLayers(network: NetworkSpec): ResolvedLayer[] {
  requireShape(network);
  const total = new Map<string, number>();
  for (const { kind } of network.layers) total.set(kind, (total.get(kind) ?? 0) + 1);
  const seen = new Map<string, number>();
  let channels = network.input.channels;
  return network.layers.map((spec) => {
    const ordinal = (seen.get(spec.kind) ?? 0) + 1;
    seen.set(spec.kind, ordinal);
    const name = spec.kind === "dense" && total.get("dense") === 1 ? "fc" : `${stem[spec.kind]}${ordinal}`;
    requireVariant(name, spec, layerRules, `${name}.`);
    const inputChannels = channels;
    const [outputChannels, learnables] = describe(spec, name, inputChannels);
    channels = outputChannels;
    return { spec, name, inputChannels, outputChannels, learnables };
  });
}

/** Names and shapes of a network's learnables and inference statistics. */
export function tensorShapes(layers: readonly ResolvedLayer[]): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const { name, spec, outputChannels, learnables } of layers) {
    for (const learnable of learnables) shapes.set(learnable.name, learnable.shape);
    if (spec.kind === "batchnorm") {
      shapes.set(`${name}.mean`, [outputChannels]);
      shapes.set(`${name}.variance`, [outputChannels]);
    }
  }
  return shapes;
}

function describe(spec: LayerSpec, name: string, channels: number): [number, LearnableSpec[]] {
  const learnable = (suffix: string, shape: number[], l2Factor: 0 | 1): LearnableSpec => ({
    name: `${name}.${suffix}`,
    shape,
    group: `${name}.${suffix.split(".").at(-1)}`,
    l2Factor,
  });
  switch (spec.kind) {
    case "conv1d":
      return [
        spec.filters,
        [learnable("weight", [spec.filters, channels, spec.kernel], 1), learnable("bias", [spec.filters], 0)],
      ];
    case "batchnorm":
      return [channels, [learnable("scale", [channels], 1), learnable("offset", [channels], 1)]];
    case "leakyrelu":
      return [channels, []];
    case "dense":
      return [
        spec.outputs,
        [learnable("weight", [spec.outputs, channels], 1), learnable("bias", [spec.outputs], 0)],
      ];
    case "lstm":
    case "bilstm": {
      const { hidden } = spec;
      const directions = directionsOf(spec.kind);
      return [
        hidden * directions.length,
        directions.flatMap((direction) => [
          learnable(`${direction}.weight_ih`, [4 * hidden, channels], 1),
          learnable(`${direction}.weight_hh`, [4 * hidden, hidden], 1),
          learnable(`${direction}.bias`, [4 * hidden], 0),
        ]),
      ];
    }
    case "dropout":
      return [channels, []];
    default:
      throw new RangeError(`unknown layer ${JSON.stringify(spec satisfies never)}`);
  }
}

function requireShape({ input, layers, loss }: NetworkSpec): void {
  requireFields("input", input, Object.keys(inputRules));
  requireValues("input.", input, inputRules);
  if (!Array.isArray(layers)) throw new TypeError(`layers must be an array of layers, got ${show(layers)}`);
  requireValue("the number of layers", layers.length, wholeNumber(1, networkLimits.layers));
  const kinds = Object.keys(layerRules);
  for (const [i, layer] of layers.entries()) requireKind(`layers[${i}]`, layer, kinds);
  requireValue("loss", loss, lossRule);
}
