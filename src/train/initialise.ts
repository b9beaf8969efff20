/** Initial values of the learnables of a network. */
import { type LearnableSpec, type NetworkSpec, resolveLayers } from "../nn/spec";
import { type RandomStream, randomStream } from "../random";
import type { Initialisation } from "./options";

/** Standard deviation of the narrow normal distribution (MATLAB R2018b). */
const narrow = 0.01;

/**
 * Weights at random, biases and batchnorm offsets 0, batchnorm scales 1; by name, in network order.
 * Every learnable draws from its own step of the seed's stream, in row-major order.
 */
export function initialise(
  network: NetworkSpec,
  initialisation: Initialisation,
  seed: number,
): Map<string, Float32Array<ArrayBuffer>> {
  const learnables = resolveLayers(network).flatMap((layer) => layer.learnables);
  return new Map(
    learnables.map((learnable, ordinal) => [
      learnable.name,
      initialValues(learnable, initialisation, randomStream(seed, "initialisation", ordinal)),
    ]),
  );
}

function initialValues(
  { name, shape }: LearnableSpec,
  initialisation: Initialisation,
  random: RandomStream,
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(shape.reduce((size, extent) => size * extent, 1));
  if (name.endsWith(".scale")) return values.fill(1);
  if (!name.endsWith(".weight")) return values;
  switch (initialisation) {
    case "narrow-normal":
      return values.map(() => narrow * random.normal());
    case "glorot": {
      const bound = glorotBound(shape);
      return values.map(() => bound * (2 * random.uniform() - 1));
    }
    default:
      throw new RangeError(`unknown initialisation ${JSON.stringify(initialisation satisfies never)}`);
  }
}

/** √(6/(fan-in + fan-out)) of a weight (Co, Ci) or (Co, Ci, K); a fan counts the taps (Glorot and Bengio 2010). */
function glorotBound([outputs, inputs, taps = 1]: readonly number[]): number {
  return Math.sqrt(6 / ((inputs + outputs) * taps));
}
