/** Typed expressions in x and their symbolic derivatives. mathjs reads and differentiates; it evaluates nothing. */
import {
  create,
  derivativeDependencies,
  isConstantNode,
  isFunctionNode,
  isOperatorNode,
  isParenthesisNode,
  isSymbolNode,
  type MathNode,
  parseDependencies,
} from "mathjs/number";
import type { DifferentiableFunction } from "../functions";
import { foldBinary, foldCall, foldMinus, number } from "./fold";
import { evaluate } from "./scaled";
import { aValue, ExpressionError, isSymbol, type Scanned, scanExpression } from "./scan";
import {
  type FunctionName,
  functions,
  type Operator,
  operators,
  sizeOfTerm,
  type Term,
  writeTerm,
} from "./term";

// Marked as pure, so that programs which read no expressions do without it.
const math = /* @__PURE__ */ create({ parseDependencies, derivativeDependencies }, {});

/** Beyond them differentiating, and evaluating the derivative, would be felt when typing. */
const mostTerms = 100;
const mostSlopeTerms = 1000;

export interface Expression {
  readonly curve: DifferentiableFunction;
  /** As it was understood. */
  readonly written: string;
  /** Its derivative. */
  readonly writtenDerivative: string;
}

/** Throws ExpressionError, which names the place, on all that is not an expression in x with a derivative. */
export function readExpression(typed: string): Expression {
  const scanned = scanExpression(typed);
  const node = parseText(scanned);
  const term = toTerm(node, plainly);
  const size = sizeOfTerm(term);
  if (size > mostTerms)
    throw new ExpressionError(
      `too long: ${size} numbers, functions and operators, and at most ${mostTerms} are read`,
      0,
      typed.length,
    );
  // Without mathjs' own simplification, which evaluates and whose time has no bound.
  const slope = toTerm(math.derivative(node, "x", { simplify: false }), folding);
  if (sizeOfTerm(slope) > mostSlopeTerms)
    throw new ExpressionError(
      "its derivative is too long: a shorter expression is expected",
      0,
      typed.length,
    );
  return {
    written: writeTerm(term),
    writtenDerivative: writeTerm(slope),
    curve: { f: (x) => evaluate(term, x), derivative: (x) => evaluate(slope, x) },
  };
}

function parseText(scanned: Scanned): MathNode {
  try {
    return math.parse(scanned.text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw explain(error, scanned);
  }
}

/** mathjs' complaint, with its place, in our own words. */
function explain(error: SyntaxError, { places }: Scanned): ExpressionError {
  const end = places[places.length - 1];
  const place = "char" in error && typeof error.char === "number" ? error.char - 1 : 0;
  const from = places[place] ?? end;
  const { message } = error;
  if (message.startsWith("Unexpected end"))
    return new ExpressionError(`it ends too early: ${aValue} is expected`, end, end);
  if (message.startsWith("Value expected"))
    return new ExpressionError(`${aValue} is expected here`, from, Math.min(from + 1, end));
  if (message.startsWith("Parenthesis"))
    return new ExpressionError("a closing parenthesis ) is expected here", from, from);
  return new ExpressionError("an operator + - * / ^ is expected here", from, from);
}

/** How terms are put together. */
interface Making {
  readonly minus: (of: Term) => Term;
  readonly call: (name: FunctionName, of: Term) => Term;
  readonly binary: (operator: Operator, left: Term, right: Term) => Term;
}

const plainly: Making = {
  minus: (of) => ({ kind: "minus", of }),
  call: (name, of) => ({ kind: "call", name, of }),
  binary: (operator, left, right) => ({ kind: "binary", operator, left, right }),
};

const folding: Making = {
  minus: foldMinus,
  call: foldCall,
  // The derivative of abs is abs(u) / u in mathjs, which is sign(u) but for 0.
  binary: (operator, left, right) =>
    operator === "/" && left.kind === "call" && left.name === "abs" && same(left.of, right)
      ? { kind: "call", name: "sign", of: right }
      : foldBinary(operator, left, right),
};

/** The one way from mathjs into what is evaluated: a node that is not listed here is refused. */
function toTerm(node: MathNode, making: Making): Term {
  if (isParenthesisNode(node)) return toTerm(node.content, making);
  if (isConstantNode(node) && typeof node.value === "number") return number(node.value);
  if (isSymbolNode(node) && isSymbol(node.name)) return { kind: "symbol", name: node.name };
  if (isFunctionNode(node) && node.args.length === 1) {
    const name = isSymbolNode(node.fn) ? node.fn.name : "";
    if (isFunction(name)) return making.call(name, toTerm(node.args[0], making));
  }
  if (isOperatorNode(node)) {
    const [first, ...others] = node.args.map((arg: MathNode) => toTerm(arg, making));
    const op: string = node.op;
    if (others.length === 0 && op === "-") return making.minus(first);
    if (others.length === 0 && op === "+") return first;
    if (others.length > 0 && isOperator(op))
      return others.reduce((left, right) => making.binary(op, left, right), first);
  }
  throw new ExpressionError("only arithmetic and functions of x are expected", 0, 0);
}

const isFunction = (name: string): name is FunctionName => Object.hasOwn(functions, name);
const isOperator = (op: string): op is Operator => Object.hasOwn(operators, op);
const same = (a: Term, b: Term): boolean => JSON.stringify(a) === JSON.stringify(b);
