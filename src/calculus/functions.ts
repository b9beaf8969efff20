/** The six functions of Moler's experiment and how his figures show their derivatives. */

/** A function on [−1, 1] with its exact derivative. */
export interface DifferentiableFunction {
  readonly f: (x: number) => number;
  readonly derivative: (x: number) => number;
}

export interface CalculusFunction extends DifferentiableFunction {
  readonly name: string;
  /** Title of the derivative's plot, its range, and the ticks on it. */
  readonly title: string;
  readonly yLimits: readonly [number, number];
  readonly yTicks: readonly number[];
}

const { PI, sin, cos } = Math;

const figure = (title: string, limit: number) => ({
  title,
  yLimits: [-limit, limit] as const,
  yTicks: [-limit, 0, limit],
});

export const calculusFunctions: readonly CalculusFunction[] = [
  { name: "x", f: (x) => x, derivative: () => 1, ...figure("(x)' = 1", 2) },
  { name: "x^2", f: (x) => x ** 2, derivative: (x) => 2 * x, ...figure("(x^2)' = 2x", 2) },
  { name: "x^3", f: (x) => x ** 3, derivative: (x) => 3 * x ** 2, ...figure("(x^3)' = 3x^2", 3) },
  { name: "x^4", f: (x) => x ** 4, derivative: (x) => 4 * x ** 3, ...figure("(x^4)' = 4x^3", 4) },
  {
    name: "sin(pi x)",
    f: (x) => sin(PI * x),
    derivative: (x) => PI * cos(PI * x),
    ...figure("(sin(π x))' = π cos(π x)", PI),
  },
  {
    name: "cos(pi x)",
    f: (x) => cos(PI * x),
    derivative: (x) => -PI * sin(PI * x),
    ...figure("(cos(π x))' = -π sin(π x)", PI),
  },
];
