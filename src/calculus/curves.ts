/** The data of Moler's experiment: sampled curves and their derivatives, both noisy. */
import { permutation, randomStream } from "../engine/random";
import { type FunctionFamily, taughtFunctions } from "./families/taught";
import { calculusFunctions, type DifferentiableFunction } from "./functions";

export interface CurveOptions {
  /** The functions of the training curves. Those of the test curves are always the six. */
  readonly family: FunctionFamily;
  /** All curves together, a multiple of 6: one repetition holds one curve of each function. */
  readonly curves: number;
  /** Points of a curve (T). */
  readonly samples: number;
  /** Standard deviation of the Gaussian noise on curve and target alike. The post's value is not certain. */
  readonly noise: number;
  readonly seed: number;
}

export const defaultCurveOptions: CurveOptions = {
  family: "six",
  curves: 3000,
  samples: 100,
  noise: 1e-3,
  seed: 0,
};

/** In `functionIndex`: a function that is none of the six. */
export const otherFunction = 255;

/** N curves of T points. */
export interface Curves {
  readonly rows: number;
  readonly samples: number;
  /** (N, 2, T): the grid, and sign·f(grid) + noise. */
  readonly x: Float32Array<ArrayBuffer>;
  /** (N, 1, T): sign·f′(grid) + noise. */
  readonly target: Float32Array<ArrayBuffer>;
  /** (N, 1, T): sign·f′(grid). */
  readonly clean: Float32Array<ArrayBuffer>;
  /** (N): place in `calculusFunctions`, or `otherFunction`. */
  readonly functionIndex: Uint8Array<ArrayBuffer>;
  /** (N): number of the curve among all that were generated. */
  readonly curve: Uint32Array<ArrayBuffer>;
}

/**
 * The curves of an experiment: those of the six functions, split. Those of the training set are then taught another family
 * where one is chosen, on the same grids, with the same signs and noise; the test set asks all families the same.
 * Throws RangeError on options that make no data.
 */
export function experimentCurves(options: Partial<CurveOptions> = {}): {
  readonly train: Curves;
  readonly test: Curves;
} {
  const data = { ...defaultCurveOptions, ...options };
  const { train, test } = splitCurves(generateCurves(data), data.seed);
  if (data.family === "six") return { train, test };
  return { train: replaceFunctions(train, taughtFunctions(data.family, data.seed), data), test };
}

/**
 * All curves of the six functions in order of repetition, then function. A repetition draws one sorted grid, uniform on
 * [−1, 1), for its six functions and a sign for each. More curves or other noise leave the other numbers as they were.
 * Throws RangeError on options that make no data.
 */
export function generateCurves(options: Partial<Omit<CurveOptions, "family">> = {}): Curves {
  const { curves: rows, samples, noise, seed } = { ...defaultCurveOptions, ...options };
  const functions = calculusFunctions.length;
  if (!Number.isSafeInteger(rows) || rows < functions || rows % functions !== 0)
    throw new RangeError(`curves must be a positive multiple of ${functions}, got ${rows}`);
  if (!Number.isSafeInteger(samples) || samples < 1)
    throw new RangeError(`samples must be a positive whole number, got ${samples}`);
  if (!(noise >= 0 && noise < Number.POSITIVE_INFINITY))
    throw new RangeError(`noise must be zero or positive, got ${noise}`);

  const curves = emptyCurves(rows, samples);
  for (let repetition = 0; repetition < rows / functions; repetition++) {
    const grid = randomGrid(samples, seed, repetition);
    const signs = signsOf(seed, repetition);
    calculusFunctions.forEach((taught, index) => {
      const row = repetition * functions + index;
      curves.functionIndex[row] = index;
      curves.curve[row] = row;
      curves.x.set(grid, 2 * row * samples);
      sampleFunction(curves, row, taught, signs[index], noise, seed);
    });
  }
  return curves;
}

/**
 * Samples other functions in place of the curves' own, on their grids, with their signs and noise.
 * @param functionOf by row
 * @param change what is sampled of it: a function and, as the target, its derivative
 */
export function replaceFunctions(
  curves: Curves,
  functionOf: (row: number) => DifferentiableFunction,
  { noise, seed }: Pick<CurveOptions, "noise" | "seed">,
  change: (taught: DifferentiableFunction) => DifferentiableFunction = (taught) => taught,
): Curves {
  const six: readonly DifferentiableFunction[] = calculusFunctions;
  // Rows lie in random order, so taking the members of a family in turn gives each to grids of all kinds.
  for (let row = 0; row < curves.rows; row++) {
    const curve = curves.curve[row];
    const sign = signsOf(seed, Math.floor(curve / six.length))[curve % six.length];
    const taught = functionOf(row);
    const index = six.indexOf(taught);
    curves.functionIndex[row] = index < 0 ? otherFunction : index;
    sampleFunction(curves, row, change(taught), sign, noise, seed);
  }
  return curves;
}

/** The signs of a repetition, one for each of its functions. */
function signsOf(seed: number, repetition: number): readonly number[] {
  const random = randomStream(seed, "sign", repetition);
  return calculusFunctions.map(() => (random.below(2) === 0 ? 1 : -1));
}

/** Fills a row by a function on the grid that it has; the noise is that of the row's curve. */
function sampleFunction(
  curves: Curves,
  row: number,
  { f, derivative }: DifferentiableFunction,
  sign: number,
  noise: number,
  seed: number,
): void {
  const { samples } = curves;
  const noises = randomStream(seed, "noise", curves.curve[row]);
  for (let t = 0; t < samples; t++) {
    const x = curves.x[2 * row * samples + t];
    const slope = sign * derivative(x);
    curves.x[(2 * row + 1) * samples + t] = sign * f(x) + noise * noises.normal();
    curves.target[row * samples + t] = slope + noise * noises.normal();
    curves.clean[row * samples + t] = slope;
  }
}

/** One sixth of the curves at random for the test, which is also the validation set; the rest for training. */
export function splitCurves(curves: Curves, seed: number): { readonly train: Curves; readonly test: Curves } {
  const order = permutation(curves.rows, randomStream(seed, "split"));
  const tests = Math.floor(curves.rows / 6);
  return {
    train: takeCurves(curves, order.subarray(tests)),
    test: takeCurves(curves, order.subarray(0, tests)),
  };
}

/** The curves of these rows, in this order. */
export function takeCurves(from: Curves, rows: ArrayLike<number>): Curves {
  const { samples } = from;
  const taken = emptyCurves(rows.length, samples);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    taken.x.set(from.x.subarray(2 * row * samples, 2 * (row + 1) * samples), 2 * i * samples);
    taken.target.set(from.target.subarray(row * samples, (row + 1) * samples), i * samples);
    taken.clean.set(from.clean.subarray(row * samples, (row + 1) * samples), i * samples);
    taken.functionIndex[i] = from.functionIndex[row];
    taken.curve[i] = from.curve[row];
  }
  return taken;
}

/** Sorted points (T), uniform on [−1, 1): the grid of one repetition. */
export function randomGrid(samples: number, seed: number, repetition: number): Float32Array<ArrayBuffer> {
  const random = randomStream(seed, "grid", repetition);
  // 2u − 1 of a 24-bit u is exact in float32, so f is taken at the very points the network sees.
  return Float32Array.from({ length: samples }, () => 2 * random.uniform() - 1).sort();
}

function emptyCurves(rows: number, samples: number): Curves {
  return {
    rows,
    samples,
    x: new Float32Array(rows * 2 * samples),
    target: new Float32Array(rows * samples),
    clean: new Float32Array(rows * samples),
    functionIndex: new Uint8Array(rows),
    curve: new Uint32Array(rows),
  };
}
