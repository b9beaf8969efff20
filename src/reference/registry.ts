/** The float64 half of every kind of layer: what engine/layers/registry.ts lists, it computes. */
import type { LayerSpec } from "../engine/layers/registry";
import {
  batchNormBackward,
  batchNormInference,
  batchNormInferenceBackward,
  batchNormStatistics,
} from "./batchnorm";
import type { Directions } from "./bidirectional";
import { conv1dBackward, conv1dForward } from "./conv1d";
import { type DropoutDraw, dropoutMask } from "./dropout";
import { biGruBackward, biGruForward, type GruWeights, gruBackward, gruForward } from "./gru";
import { layerNormBackward, layerNormForward } from "./layernorm";
import { leakyReLUBackward, leakyReLUForward } from "./leakyrelu";
import { biLstmBackward, biLstmForward, type LstmWeights, lstmBackward, lstmForward } from "./lstm";
import {
  averagePoolBackward,
  averagePoolForward,
  lastStepBackward,
  lastStepForward,
  maxPoolBackward,
  maxPoolForward,
  type PoolShape,
} from "./pool";
import { reluBackward, reluForward } from "./relu";
import { sigmoidBackward, sigmoidForward } from "./sigmoid";
import { tanhBackward, tanhForward } from "./tanh";

/** Sizes of a layer: x (B, inputChannels, T), y (B, outputChannels, Tout); `channels` and `steps` are those of its input. */
export interface LayerShape {
  readonly batch: number;
  readonly channels: number;
  readonly inputChannels: number;
  readonly outputChannels: number;
  readonly steps: number;
  readonly outputSteps: number;
}

/** What a layer computes with besides x. */
export interface OwnTensors {
  /** A learnable or a statistic by its own name. @throws RangeError where there is none */
  readonly tensor: (name: string) => Float64Array;
  /** Of dropout while training. */
  readonly mask: Float64Array | undefined;
}

export interface Gradients {
  readonly dx: Float64Array;
  /** Of the learnables, by their own names. */
  readonly gradients: Readonly<Record<string, Float64Array>>;
}

type Backward<Spec> = (
  spec: Spec,
  own: OwnTensors,
  x: Float64Array,
  dy: Float64Array,
  shape: LayerShape,
) => Gradients;

interface Reference<Spec> {
  readonly forward: (spec: Spec, own: OwnTensors, x: Float64Array, shape: LayerShape) => Float64Array;
  readonly backward: Backward<Spec>;
  /** With statistics that are given, and without dropout, where that is another. */
  readonly inferenceBackward?: Backward<Spec>;
  /** The statistics of a batch, by their own names. */
  readonly measure?: (x: Float64Array, shape: LayerShape) => Readonly<Record<string, Float64Array>>;
  /** The mask of a draw. @param ordinal place among the layers of the kind */
  readonly draw?: (spec: Spec, shape: LayerShape, draw: DropoutDraw, ordinal: number) => Float64Array;
}

const lstmWeights = ({ tensor }: OwnTensors, direction: string): LstmWeights => ({
  weight_ih: tensor(`${direction}.weight_ih`),
  weight_hh: tensor(`${direction}.weight_hh`),
  bias: tensor(`${direction}.bias`),
});

const gruWeights = ({ tensor }: OwnTensors, direction: string): GruWeights => ({
  weight_ih: tensor(`${direction}.weight_ih`),
  weight_hh: tensor(`${direction}.weight_hh`),
  bias_ih: tensor(`${direction}.bias_ih`),
  bias_hh: tensor(`${direction}.bias_hh`),
});

const bothWeights = <W>(own: OwnTensors, weightsOf: (own: OwnTensors, direction: string) => W) => ({
  forward: weightsOf(own, "forward"),
  reverse: weightsOf(own, "reverse"),
});

const ofDirection = (direction: string, gradients: LstmWeights | GruWeights) =>
  Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [`${direction}.${name}`, gradient]));

const ofBoth = ({ forward, reverse }: Directions<LstmWeights | GruWeights>) => ({
  ...ofDirection("forward", forward),
  ...ofDirection("reverse", reverse),
});

const poolShape = (
  { size, stride }: Pick<PoolShape, "size" | "stride">,
  { batch, channels, steps }: LayerShape,
): PoolShape => ({ rows: batch * channels, steps, size, stride });

/** One window of all steps. */
const allOf = (shape: LayerShape): PoolShape => poolShape({ size: shape.steps, stride: shape.steps }, shape);

const multiply = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value * b[i]);

const references: { readonly [Kind in LayerSpec["kind"]]: Reference<Extract<LayerSpec, { kind: Kind }>> } = {
  conv1d: {
    forward: ({ kernel }, { tensor }, x, shape) =>
      conv1dForward(x, tensor("weight"), tensor("bias"), { ...shape, kernel }),
    backward({ kernel }, { tensor }, x, dy, shape) {
      const { dx, dweight, dbias } = conv1dBackward(dy, x, tensor("weight"), { ...shape, kernel });
      return { dx, gradients: { weight: dweight, bias: dbias } };
    },
  },
  batchnorm: {
    forward: ({ epsilon }, { tensor }, x, shape) =>
      batchNormInference(
        x,
        tensor("scale"),
        tensor("offset"),
        tensor("mean"),
        tensor("variance"),
        epsilon,
        shape,
      ),
    backward({ epsilon }, { tensor }, x, dy, shape) {
      const [scale, mean, variance] = [tensor("scale"), tensor("mean"), tensor("variance")];
      const { dx, dscale, doffset } = batchNormBackward(dy, x, scale, mean, variance, epsilon, shape);
      return { dx, gradients: { scale: dscale, offset: doffset } };
    },
    inferenceBackward: ({ epsilon }, { tensor }, _, dy, shape) => ({
      dx: batchNormInferenceBackward(dy, tensor("scale"), tensor("variance"), epsilon, shape),
      gradients: {},
    }),
    measure: (x, shape) => ({ ...batchNormStatistics(x, shape) }),
  },
  leakyrelu: {
    forward: ({ slope }, _, x) => leakyReLUForward(x, slope),
    backward: ({ slope }, _, x, dy) => ({ dx: leakyReLUBackward(dy, x, slope), gradients: {} }),
  },
  // A convolution of kernel 1.
  dense: {
    forward: (_, { tensor }, x, shape) =>
      conv1dForward(x, tensor("weight"), tensor("bias"), { ...shape, kernel: 1 }),
    backward(_, { tensor }, x, dy, shape) {
      const { dx, dweight, dbias } = conv1dBackward(dy, x, tensor("weight"), { ...shape, kernel: 1 });
      return { dx, gradients: { weight: dweight, bias: dbias } };
    },
  },
  lstm: {
    forward: ({ hidden }, own, x, shape) => lstmForward(x, lstmWeights(own, "forward"), { ...shape, hidden }),
    backward({ hidden }, own, x, dy, shape) {
      const { dx, dweights } = lstmBackward(dy, x, lstmWeights(own, "forward"), { ...shape, hidden });
      return { dx, gradients: ofDirection("forward", dweights) };
    },
  },
  bilstm: {
    forward: ({ hidden }, own, x, shape) =>
      biLstmForward(x, bothWeights(own, lstmWeights), { ...shape, hidden }),
    backward({ hidden }, own, x, dy, shape) {
      const { dx, dweights } = biLstmBackward(dy, x, bothWeights(own, lstmWeights), { ...shape, hidden });
      return { dx, gradients: ofBoth(dweights) };
    },
  },
  gru: {
    forward: ({ hidden }, own, x, shape) => gruForward(x, gruWeights(own, "forward"), { ...shape, hidden }),
    backward({ hidden }, own, x, dy, shape) {
      const { dx, dweights } = gruBackward(dy, x, gruWeights(own, "forward"), { ...shape, hidden });
      return { dx, gradients: ofDirection("forward", dweights) };
    },
  },
  bigru: {
    forward: ({ hidden }, own, x, shape) =>
      biGruForward(x, bothWeights(own, gruWeights), { ...shape, hidden }),
    backward({ hidden }, own, x, dy, shape) {
      const { dx, dweights } = biGruBackward(dy, x, bothWeights(own, gruWeights), { ...shape, hidden });
      return { dx, gradients: ofBoth(dweights) };
    },
  },
  dropout: {
    forward: (_, { mask }, x) => (mask === undefined ? x : multiply(x, mask)),
    backward(_, { mask }, __, dy) {
      if (mask === undefined) throw new RangeError("there is no mask of dropout");
      return { dx: multiply(dy, mask), gradients: {} };
    },
    inferenceBackward: (_, __, ___, dy) => ({ dx: dy, gradients: {} }),
    draw: ({ probability }, shape, draw, ordinal) => dropoutMask(probability, shape, draw, ordinal),
  },
  tanh: {
    forward: (_, __, x) => tanhForward(x),
    backward: (_, __, x, dy) => ({ dx: tanhBackward(dy, x), gradients: {} }),
  },
  relu: {
    forward: (_, __, x) => reluForward(x),
    backward: (_, __, x, dy) => ({ dx: reluBackward(dy, x), gradients: {} }),
  },
  sigmoid: {
    forward: (_, __, x) => sigmoidForward(x),
    backward: (_, __, x, dy) => ({ dx: sigmoidBackward(dy, x), gradients: {} }),
  },
  layernorm: {
    forward: ({ epsilon }, { tensor }, x, shape) =>
      layerNormForward(x, tensor("scale"), tensor("offset"), epsilon, shape),
    backward({ epsilon }, { tensor }, x, dy, shape) {
      const { dx, dscale, doffset } = layerNormBackward(dy, x, tensor("scale"), epsilon, shape);
      return { dx, gradients: { scale: dscale, offset: doffset } };
    },
  },
  maxpool: {
    forward: (spec, _, x, shape) => maxPoolForward(x, poolShape(spec, shape)),
    backward: (spec, _, x, dy, shape) => ({
      dx: maxPoolBackward(dy, x, poolShape(spec, shape)),
      gradients: {},
    }),
  },
  averagepool: {
    forward: (spec, _, x, shape) => averagePoolForward(x, poolShape(spec, shape)),
    backward: (spec, _, __, dy, shape) => ({
      dx: averagePoolBackward(dy, poolShape(spec, shape)),
      gradients: {},
    }),
  },
  laststep: {
    forward: (_, __, x, { steps }) => lastStepForward(x, steps),
    backward: (_, __, ___, dy, { steps }) => ({ dx: lastStepBackward(dy, steps), gradients: {} }),
  },
  globalaveragepool: {
    forward: (_, __, x, shape) => averagePoolForward(x, allOf(shape)),
    backward: (_, __, ___, dy, shape) => ({ dx: averagePoolBackward(dy, allOf(shape)), gradients: {} }),
  },
  globalmaxpool: {
    forward: (_, __, x, shape) => maxPoolForward(x, allOf(shape)),
    backward: (_, __, x, dy, shape) => ({ dx: maxPoolBackward(dy, x, allOf(shape)), gradients: {} }),
  },
};

/** What computes a layer. */
export const referenceOf = ({ kind }: LayerSpec): Reference<LayerSpec> =>
  // Each is asked for its own layers alone.
  references[kind] as Reference<never> as Reference<LayerSpec>;
