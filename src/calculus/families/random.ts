/** Random functions with exact derivatives, of the size of those taught: the largest |f| on [−1, 1] is 1. */
import type { RandomStream } from "../../engine/random";
import type { DifferentiableFunction } from "../functions";

/** Where the largest |f| is looked for. */
const finePoints: readonly number[] = Array.from({ length: 401 }, (_, i) => (i - 200) / 200);

function toUnitSize({ f, derivative }: DifferentiableFunction): DifferentiableFunction {
  const largest = finePoints.reduce((most, x) => Math.max(most, Math.abs(f(x))), 0);
  return { f: (x) => f(x) / largest, derivative: (x) => derivative(x) / largest };
}

/**
 * Σ cₖ Tₖ(x) for k = 1 … degree, with cₖ normal of standard deviation 1/k. T and U follow t(k+1) = 2x·t(k) − t(k−1), and
 * Tₖ′ = k Uₖ₋₁ (Abramowitz and Stegun 1964, 22.7 and 22.8).
 */
export function randomChebyshev(random: RandomStream, degree = 8): DifferentiableFunction {
  const coefficients = Array.from({ length: degree }, (_, i) => random.normal() / (i + 1));
  const slopes = coefficients.map((coefficient, i) => coefficient * (i + 1));
  return toUnitSize({
    f: (x) => sumTerms(coefficients, 1, x, x),
    derivative: (x) => sumTerms(slopes, 0, 1, x),
  });
}

/** Σ cᵢ tᵢ, where t begins with `term`, which `before` precedes, and goes on by t(k+1) = 2x·t(k) − t(k−1). */
function sumTerms(coefficients: readonly number[], before: number, term: number, x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) {
    sum += coefficient * term;
    const next = 2 * x * term - before;
    before = term;
    term = next;
  }
  return sum;
}

interface Wave {
  readonly amplitude: number;
  readonly frequency: number;
  readonly phase: number;
}

const sumOf = (waves: readonly Wave[]): DifferentiableFunction =>
  toUnitSize({
    f: (x) =>
      waves.reduce(
        (sum, { amplitude, frequency, phase }) => sum + amplitude * Math.cos(frequency * x + phase),
        0,
      ),
    derivative: (x) =>
      waves.reduce(
        (sum, { amplitude, frequency, phase }) =>
          sum - amplitude * frequency * Math.sin(frequency * x + phase),
        0,
      ),
  });

const anyPhase = (random: RandomStream): number => 2 * Math.PI * random.uniform();

/** Σ aₖ cos(kπx + φₖ) for k = 1 … harmonics, with aₖ normal of standard deviation 1/k and any phase. */
export const randomFourier = (random: RandomStream, harmonics = 4): DifferentiableFunction =>
  sumOf(
    Array.from({ length: harmonics }, (_, i) => ({
      amplitude: random.normal() / (i + 1),
      frequency: (i + 1) * Math.PI,
      phase: anyPhase(random),
    })),
  );

/** Enough that their sum is nearly Gaussian. */
const features = 100;

/**
 * A Gaussian process of covariance exp(−(x−x′)²/2ℓ²), ℓ = lengthScale, by random Fourier features: waves of normal
 * amplitudes, normal frequencies of standard deviation 1/ℓ and any phase (Rahimi and Recht 2007). Its derivative is exact.
 */
export const randomGaussianProcess = (random: RandomStream, lengthScale = 0.4): DifferentiableFunction =>
  sumOf(
    Array.from({ length: features }, () => ({
      amplitude: random.normal(),
      frequency: random.normal() / lengthScale,
      phase: anyPhase(random),
    })),
  );
