/**
 * Terms whose parts leave the range of float64 though the whole does not: 0 · ∞, as in the derivative of exp(−x⁴⁰⁹⁶) at 2.
 * Numbers are held as sign and logarithm, in which products are sums. It is slower and, near the end of a sum, less exact
 * than float64 itself, so that it answers only where that has no answer.
 */
import { evaluateTerm, type FunctionName, functions, type Operator, operators, type Term } from "./term";

/** sign · exp(log); zero has the sign 0 and the logarithm −∞. */
interface Scaled {
  readonly sign: number;
  readonly log: number;
  /** In float64, exact where that holds it. */
  readonly value: number;
}

/** The value of a term at x; NaN where it is not real, and ±∞ where it is beyond float64. */
export function evaluate(term: Term, x: number): number {
  const direct = evaluateTerm(term, x);
  if (Number.isFinite(direct)) return direct;
  const { value } = scaledTerm(term, x);
  return Number.isNaN(value) ? direct : value;
}

const scaled = (value: number): Scaled => ({ sign: Math.sign(value), log: Math.log(Math.abs(value)), value });
const none = scaled(Number.NaN);

/** A result as float64 has it, where it has one that is not 0. */
const held = (direct: number, sign: number, log: number): Scaled =>
  Number.isFinite(direct) && direct !== 0 ? scaled(direct) : { sign, log, value: sign * Math.exp(log) };

function scaledTerm(term: Term, x: number): Scaled {
  switch (term.kind) {
    case "number":
    case "symbol":
      return scaled(evaluateTerm(term, x));
    case "call":
      return call(term.name, scaledTerm(term.of, x));
    case "minus":
      return negative(scaledTerm(term.of, x));
    case "binary":
      return binary(term.operator, scaledTerm(term.left, x), scaledTerm(term.right, x));
    default:
      throw new RangeError(`unknown term ${JSON.stringify(term satisfies never)}`);
  }
}

const negative = ({ sign, log, value }: Scaled): Scaled => ({ sign: -sign, log, value: -value });

function call(name: FunctionName, { sign, log, value }: Scaled): Scaled {
  const direct = functions[name](value);
  switch (name) {
    case "exp":
      return held(direct, 1, value);
    case "log":
      return sign > 0 ? scaled(log) : none;
    case "log10":
      return sign > 0 ? scaled(log / Math.LN10) : none;
    case "sqrt":
      return sign < 0 ? none : held(direct, sign, log / 2);
    case "abs":
      return { sign: Math.abs(sign), log, value: Math.abs(value) };
    // Where float64 does not hold them they are exp(|u|) / 2, or 2 / exp(|u|).
    case "sinh":
      return held(direct, sign, sign === 0 ? log : Math.abs(value) - Math.LN2);
    case "cosh":
      return held(direct, 1, Math.abs(value) - Math.LN2);
    case "sech":
      return held(direct, 1, Math.LN2 - Math.abs(value));
    default:
      return scaled(direct);
  }
}

function binary(operator: Operator, a: Scaled, b: Scaled): Scaled {
  const direct = operators[operator](a.value, b.value);
  switch (operator) {
    case "+":
      return sum(direct, a, b);
    case "-":
      return sum(direct, a, negative(b));
    case "*":
      return held(direct, a.sign * b.sign, a.log + b.log);
    case "/":
      return held(direct, a.sign * b.sign, a.log - b.log);
    case "^":
      if (a.sign === 0) return scaled(direct);
      // Of a negative number only whole powers are real: (−1)^b says which, and its sign.
      return held(direct, a.sign > 0 ? 1 : (-1) ** b.value, a.log * b.value);
    default:
      throw new RangeError(`unknown operator ${operator satisfies never}`);
  }
}

function sum(direct: number, a: Scaled, b: Scaled): Scaled {
  const log = Math.max(a.log, b.log);
  if (log === Number.NEGATIVE_INFINITY) return a;
  const rest = scaled(a.sign * Math.exp(a.log - log) + b.sign * Math.exp(b.log - log));
  return held(direct, rest.sign, log + rest.log);
}
