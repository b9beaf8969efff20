/** The data of Moler's experiment: sampled curves and their derivatives, both noisy. */
import { permutation, randomStream } from "../random";
import { calculusFunctions } from "./functions";

export interface CurveOptions {
  /** All curves together, a multiple of 6: one repetition holds one curve of each function. */
  readonly curves: number;
  /** Points of a curve (T). */
  readonly samples: number;
  /** Standard deviation of the Gaussian noise on curve and target alike. The post's value is not certain. */
  readonly noise: number;
  readonly seed: number;
}

export const defaultCurveOptions: CurveOptions = { curves: 3000, samples: 100, noise: 1e-3, seed: 0 };

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
  /** (N): place in `calculusFunctions`. */
  readonly functionIndex: Uint8Array<ArrayBuffer>;
  /** (N): number of the curve among all that were generated. */
  readonly curve: Uint32Array<ArrayBuffer>;
}

/**
 * All curves in order of repetition, then function. A repetition draws one sorted grid, uniform on [−1, 1),
 * for its six functions and a sign for each. More curves or other noise leave the other numbers as they were.
 * Throws RangeError on options that make no data.
 */
export function generateCurves(options: Partial<CurveOptions> = {}): Curves {
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
    const signs = randomStream(seed, "sign", repetition);
    calculusFunctions.forEach(({ f, derivative }, index) => {
      const row = repetition * functions + index;
      const sign = signs.below(2) === 0 ? 1 : -1;
      const noises = randomStream(seed, "noise", row);
      curves.functionIndex[row] = index;
      curves.curve[row] = row;
      curves.x.set(grid, 2 * row * samples);
      for (let t = 0; t < samples; t++) {
        const slope = sign * derivative(grid[t]);
        curves.x[(2 * row + 1) * samples + t] = sign * f(grid[t]) + noise * noises.normal();
        curves.target[row * samples + t] = slope + noise * noises.normal();
        curves.clean[row * samples + t] = slope;
      }
    });
  }
  return curves;
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
