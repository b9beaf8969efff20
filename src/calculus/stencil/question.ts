/** The question that brings a network's stencil to light: noisy curves on one equispaced grid, and the gradient at its middle. */
import { randomStream } from "../../engine/random";
import { defaultCurveOptions } from "../curves";
import { calculusFunctions } from "../functions";

export interface StencilQuestionOptions {
  /** Points of a curve (T). */
  readonly samples: number;
  /** Standard deviation of the noise on the samples. */
  readonly noise: number;
  readonly seed: number;
  /** How often every curve is drawn, each time in other noise. */
  readonly repetitions: number;
}

export const defaultStencilQuestionOptions: StencilQuestionOptions = {
  samples: defaultCurveOptions.samples,
  noise: defaultCurveOptions.noise,
  seed: 0,
  repetitions: 5,
};

/** N curves of T points, for `Network.predict` and `Network.inputGradient`. */
export interface StencilQuestion {
  readonly rows: number;
  /** (T): the middles of T equal parts of [−1, 1]. */
  readonly grid: Float32Array<ArrayBuffer>;
  /** The place in the grid that is asked about: its middle, ⌊T/2⌋. */
  readonly place: number;
  /** (N, 2, T): the grid, and ±f(grid) + noise. */
  readonly x: Float32Array<ArrayBuffer>;
  /** (N, 1, T): 1 at the place and 0 elsewhere. */
  readonly outputGradient: Float32Array<ArrayBuffer>;
}

/** Noise apart from that of the curves that are taught and tested, and of the unseen ones. */
const noisePart = 1000;

/**
 * The six functions taught, with either sign: 12 curves a repetition. Their spacing is the mean spacing of the grids in training.
 * Throws RangeError on options that make no question.
 */
export function stencilQuestion(options: Partial<StencilQuestionOptions> = {}): StencilQuestion {
  const { samples, noise, seed, repetitions } = { ...defaultStencilQuestionOptions, ...options };
  if (!Number.isSafeInteger(samples) || samples < 1)
    throw new RangeError(`samples must be a positive whole number, got ${samples}`);
  if (!Number.isSafeInteger(repetitions) || repetitions < 1)
    throw new RangeError(`repetitions must be a positive whole number, got ${repetitions}`);
  if (!(noise >= 0 && noise < Number.POSITIVE_INFINITY))
    throw new RangeError(`noise must be zero or positive, got ${noise}`);

  const taught = calculusFunctions.flatMap(({ f }) => [f, (x: number) => -f(x)]);
  const rows = repetitions * taught.length;
  const grid = Float32Array.from({ length: samples }, (_, t) => (2 * t + 1) / samples - 1);
  const place = samples >> 1;
  const x = new Float32Array(rows * 2 * samples);
  const outputGradient = new Float32Array(rows * samples);
  for (let row = 0; row < rows; row++) {
    const f = taught[row % taught.length];
    const noises = randomStream(seed, "noise", row, noisePart);
    x.set(grid, 2 * row * samples);
    grid.forEach((at, t) => {
      x[(2 * row + 1) * samples + t] = f(at) + noise * noises.normal();
    });
    outputGradient[row * samples + place] = 1;
  }
  return { rows, grid, place, x, outputGradient };
}
