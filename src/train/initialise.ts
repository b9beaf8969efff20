/** Initial values of the learnables of a network. */
import { type LayerSpec, type LearnableSpec, type NetworkSpec, resolveLayers } from "../nn/spec";
import { type RandomStream, randomStream } from "../random";
import type { Initialisation } from "./options";
import { orthonormalColumns } from "./orthogonal";

/** Standard deviation of the narrow normal distribution (MATLAB R2018b). */
const narrow = 0.01;

/**
 * Weights at random; batchnorm scales and forget-gate biases of LSTMs 1 (MATLAB's default of later releases; that
 * R2018b has it too is from memory), all other biases and offsets 0; by name, in network order.
 * Every learnable draws from its own step of the seed's stream, in row-major order.
 */
export function initialise(
  network: NetworkSpec,
  initialisation: Initialisation,
  seed: number,
): Map<string, Float32Array<ArrayBuffer>> {
  const learnables = resolveLayers(network).flatMap(({ spec, learnables }) =>
    learnables.map((learnable) => ({ spec, learnable })),
  );
  return new Map(
    learnables.map(({ spec, learnable }, ordinal) => [
      learnable.name,
      initialValues(spec, learnable, initialisation, randomStream(seed, "initialisation", ordinal)),
    ]),
  );
}

function initialValues(
  spec: LayerSpec,
  { name, shape }: LearnableSpec,
  initialisation: Initialisation,
  random: RandomStream,
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(shape.reduce((size, extent) => size * extent, 1));
  switch (name.split(".").at(-1)) {
    case "scale":
      return values.fill(1);
    case "bias":
      // Gates lie in the order i, f, g, o.
      return "hidden" in spec ? values.fill(1, spec.hidden, 2 * spec.hidden) : values;
    case "weight":
    case "weight_ih":
    case "weight_hh":
      return initialWeights(values, shape, name.endsWith(".weight_hh"), initialisation, random);
    default:
      return values;
  }
}

function initialWeights(
  values: Float32Array<ArrayBuffer>,
  shape: readonly number[],
  recurrent: boolean,
  initialisation: Initialisation,
  random: RandomStream,
): Float32Array<ArrayBuffer> {
  switch (initialisation) {
    case "narrow-normal":
      return values.map(() => narrow * random.normal());
    case "glorot": {
      if (recurrent) {
        // (4H, H): orthonormal columns, so that the recurrence keeps lengths (Saxe, McClelland, Ganguli 2014).
        const [rows, columns] = shape;
        const normals = Float64Array.from(values, () => random.normal());
        return Float32Array.from(orthonormalColumns(normals, rows, columns));
      }
      const bound = glorotBound(shape);
      return values.map(() => bound * (2 * random.uniform() - 1));
    }
    default:
      throw new RangeError(`unknown initialisation ${JSON.stringify(initialisation satisfies never)}`);
  }
}

/**
 * √(6/(fan-in + fan-out)) of a weight (Co, Ci) or (Co, Ci, K); a fan counts the taps (Glorot and Bengio 2010). The input
 * weights (4H, C) of an LSTM have the fans C and 4H, each direction of a BiLSTM by itself; from memory, MATLAB counts 8H
 * for the two of them.
 */
function glorotBound([outputs, inputs, taps = 1]: readonly number[]): number {
  return Math.sqrt(6 / ((inputs + outputs) * taps));
}
