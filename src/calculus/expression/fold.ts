/** Tidies derivatives: rules of differentiation leave many a `1 *` and `+ 0` behind. */
import { type FunctionName, type Operator, operators, type Term } from "./term";

export const number = (value: number): Term =>
  value < 0 ? { kind: "minus", of: { kind: "number", value: -value } } : { kind: "number", value };

/** −u */
export const foldMinus = (of: Term): Term =>
  of.kind === "minus" ? of.of : constantOf(of) === 0 ? of : { kind: "minus", of };

/** The natural logarithm of e is 1. */
export const foldCall = (name: FunctionName, of: Term): Term =>
  name === "log" && of.kind === "symbol" && of.name === "e" ? number(1) : { kind: "call", name, of };

/** left ∘ right, simplified where numbers 0 and 1, two numbers or a minus allow it at once. */
export function foldBinary(operator: Operator, left: Term, right: Term): Term {
  const [a, b] = [constantOf(left), constantOf(right)];
  if (a !== undefined && b !== undefined) {
    const value = operators[operator](a, b);
    // A fraction is clearer as it stands.
    if (Number.isFinite(value) && (operator !== "/" || Number.isInteger(value))) return number(value);
  }
  const plain: Term = { kind: "binary", operator, left, right };
  switch (operator) {
    case "+":
      if (a === 0) return right;
      if (b === 0) return left;
      return right.kind === "minus" ? foldBinary("-", left, right.of) : plain;
    case "-":
      if (a === 0) return foldMinus(right);
      if (b === 0) return left;
      return right.kind === "minus" ? foldBinary("+", left, right.of) : plain;
    case "*":
      return foldProduct(left, right);
    case "/": {
      if (a === 0) return number(0);
      if (b === 1) return left;
      if (left.kind === "minus") return foldMinus(foldBinary("/", left.of, right));
      const [factor, rest] = split(left);
      return b !== undefined && b !== 0 && rest && Number.isInteger(factor / b)
        ? foldProduct(number(factor / b), rest)
        : plain;
    }
    case "^":
      if (b === 0) return number(1);
      return b === 1 ? left : plain;
    default:
      throw new RangeError(`unknown operator ${operator satisfies never}`);
  }
}

/** A product has at most one number, and it stands first. */
function foldProduct(left: Term, right: Term): Term {
  if (left.kind === "minus" && constantOf(left) === undefined) return foldMinus(foldProduct(left.of, right));
  if (right.kind === "minus" && constantOf(right) === undefined)
    return foldMinus(foldProduct(left, right.of));
  const [a, first] = split(left);
  const [b, second] = split(right);
  const factor = a * b;
  const rest: Term | undefined =
    first && second ? { kind: "binary", operator: "*", left: first, right: second } : (first ?? second);
  if (!rest || factor === 0) return number(factor);
  if (factor < 0) return foldMinus(foldProduct(number(-factor), rest));
  return factor === 1 ? rest : { kind: "binary", operator: "*", left: number(factor), right: rest };
}

/** The number that a product begins with, and the rest; for a number nothing rests. */
function split(term: Term): readonly [factor: number, rest: Term | undefined] {
  const value = constantOf(term);
  if (value !== undefined) return [value, undefined];
  if (term.kind !== "binary" || term.operator !== "*") return [1, term];
  const first = constantOf(term.left);
  return first === undefined ? [1, term] : [first, term.right];
}

/** Of a number with or without a minus. */
function constantOf(term: Term): number | undefined {
  if (term.kind === "number") return term.value;
  return term.kind === "minus" && term.of.kind === "number" ? -term.of.value : undefined;
}
