/** Functions made of others. Their derivatives are for references: rules test those of a learner instead. */
import type { DifferentiableFunction } from "../functions";

/** a f */
export const scaled = (a: number, { f, derivative }: DifferentiableFunction): DifferentiableFunction => ({
  f: (x) => a * f(x),
  derivative: (x) => a * derivative(x),
});

/** f + c */
export const shifted = ({ f, derivative }: DifferentiableFunction, c: number): DifferentiableFunction => ({
  f: (x) => f(x) + c,
  derivative,
});

/** f(−x) */
export const reflected = ({ f, derivative }: DifferentiableFunction): DifferentiableFunction => ({
  f: (x) => f(-x),
  derivative: (x) => -derivative(-x),
});

/** (f + g)/2 */
export const meanOf = (f: DifferentiableFunction, g: DifferentiableFunction): DifferentiableFunction => ({
  f: (x) => (f.f(x) + g.f(x)) / 2,
  derivative: (x) => (f.derivative(x) + g.derivative(x)) / 2,
});

/** fg */
export const productOf = (f: DifferentiableFunction, g: DifferentiableFunction): DifferentiableFunction => ({
  f: (x) => f.f(x) * g.f(x),
  derivative: (x) => f.derivative(x) * g.f(x) + f.f(x) * g.derivative(x),
});

/** f(g(x)) */
export const compositionOf = (
  f: DifferentiableFunction,
  g: DifferentiableFunction,
): DifferentiableFunction => ({
  f: (x) => f.f(g.f(x)),
  derivative: (x) => f.derivative(g.f(x)) * g.derivative(x),
});
