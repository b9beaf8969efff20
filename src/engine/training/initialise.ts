/** Initial values of the learnables of a network. */
import { kindOf } from "../layers/registry";
import { type NetworkSpec, resolveLayers } from "../network/spec";
import { type RandomStream, randomStream } from "../random";
import type { Initialisation } from "./options";

/** Standard deviation of the narrow normal distribution (MATLAB R2018b). */
const narrow = 0.01;

/**
 * Refuses shapes that have no fans, and those whose columns cannot be orthonormal.
 * @throws RangeError whatever the initialisation: a layer is wrong with one as with the other
 */
function requireRandom(
  name: string,
  shape: readonly number[],
  initial: "weights" | "recurrent weights",
): void {
  const [rows, columns] = shape;
  const fits =
    initial === "weights" ? shape.length === 2 || shape.length === 3 : shape.length === 2 && rows >= columns;
  if (fits) return;
  const expected = {
    weights: "(outputs, inputs) or (outputs, inputs, taps)",
    "recurrent weights": "(rows, columns) with at least as many rows as columns",
  }[initial];
  throw new RangeError(`${name}: ${initial} must have the shape ${expected}, got (${shape.join(", ")})`);
}

/**
 * Weights at random, everything else as its layer says; by name, in network order. Every learnable draws from its own step
 * of the seed's stream, in row-major order.
 * @throws RangeError for a learnable that cannot begin so in its shape
 */
export function initialise(
  network: NetworkSpec,
  initialisation: Initialisation,
  seed: number,
): Map<string, Float32Array<ArrayBuffer>> {
  const learnables = resolveLayers(network).flatMap(({ spec, name: layer, input }) =>
    kindOf(spec)
      .learnables(spec, input)
      .map((own) => ({ ...own, name: `${layer}.${own.name}` })),
  );
  return new Map(
    learnables.map(({ name, shape, initial }, ordinal) => {
      const values = new Float32Array(shape.reduce((size, extent) => size * extent, 1));
      if (typeof initial === "function") return [name, values.map((_, i) => initial(i))];
      requireRandom(name, shape, initial);
      const random = randomStream(seed, "initialisation", ordinal);
      return [name, initialWeights(values, shape, initial === "recurrent weights", initialisation, random)];
    }),
  );
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
        // (G·H, H) of G gates: orthonormal columns, so that the recurrence keeps lengths (Saxe, McClelland, Ganguli 2014).
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
 * weights (4H, C) of an LSTM have the fans C and 4H, those of a GRU C and 3H, each direction of a bidirectional layer by
 * itself; from memory, MATLAB counts 8H for the two of a BiLSTM.
 */
function glorotBound([outputs, inputs, taps = 1]: readonly number[]): number {
  return Math.sqrt(6 / ((inputs + outputs) * taps));
}

/**
 * The orthonormal columns Q of the decomposition matrix = Q·R with a positive diagonal of R, which makes it unique.
 * Modified Gram–Schmidt in float64; each column is projected twice, because once leaves errors as large as the matrix
 * is ill-conditioned.
 * @param matrix (rows, columns) in row-major order, rows ≥ columns, of full rank
 * @returns (rows, columns) in row-major order
 */
export function orthonormalColumns(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  const done: Float64Array[] = [];
  for (let j = 0; j < columns; j++) {
    const column = Float64Array.from({ length: rows }, (_, i) => matrix[i * columns + j]);
    for (let pass = 0; pass < 2; pass++) {
      for (const other of done) {
        const share = dot(column, other);
        for (let i = 0; i < rows; i++) column[i] -= share * other[i];
      }
    }
    const norm = Math.sqrt(dot(column, column));
    for (let i = 0; i < rows; i++) {
      column[i] /= norm;
      result[i * columns + j] = column[i];
    }
    done.push(column);
  }
  return result;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
