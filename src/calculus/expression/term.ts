/** Expressions in x as plain data, evaluated here in real float64: nothing of what was typed ever runs as code. */

export type Term =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "symbol"; readonly name: SymbolName }
  | { readonly kind: "call"; readonly name: FunctionName; readonly of: Term }
  | { readonly kind: "minus"; readonly of: Term }
  | Binary;

interface Binary {
  readonly kind: "binary";
  readonly operator: Operator;
  readonly left: Term;
  readonly right: Term;
}

export type SymbolName = "x" | keyof typeof constants;
export type FunctionName = keyof typeof functions;
export type Operator = keyof typeof operators;

export const constants = { pi: Math.PI, π: Math.PI, e: Math.E } as const;

/** Real functions of one value. NaN stands for what is not real. */
export const functions = {
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  exp: Math.exp,
  log: Math.log,
  log10: Math.log10,
  sqrt: Math.sqrt,
  abs: Math.abs,
  // In derivatives of the others.
  sec: (u: number) => 1 / Math.cos(u),
  sech: (u: number) => 1 / Math.cosh(u),
  sign: Math.sign,
} as const satisfies Readonly<Record<string, (u: number) => number>>;

export const operators = {
  "+": (a: number, b: number) => a + b,
  "-": (a: number, b: number) => a - b,
  "*": (a: number, b: number) => a * b,
  "/": (a: number, b: number) => a / b,
  "^": (a: number, b: number) => a ** b,
} as const satisfies Readonly<Record<string, (a: number, b: number) => number>>;

export function evaluateTerm(term: Term, x: number): number {
  switch (term.kind) {
    case "number":
      return term.value;
    case "symbol":
      return term.name === "x" ? x : constants[term.name];
    case "call":
      return functions[term.name](evaluateTerm(term.of, x));
    case "minus":
      return -evaluateTerm(term.of, x);
    case "binary":
      return operators[term.operator](evaluateTerm(term.left, x), evaluateTerm(term.right, x));
    default:
      throw new RangeError(`unknown term ${JSON.stringify(term satisfies never)}`);
  }
}

/** Numbers, symbols, functions and operators together. */
export function sizeOfTerm(term: Term): number {
  switch (term.kind) {
    case "number":
    case "symbol":
      return 1;
    case "call":
    case "minus":
      return 1 + sizeOfTerm(term.of);
    case "binary":
      return 1 + sizeOfTerm(term.left) + sizeOfTerm(term.right);
    default:
      throw new RangeError(`unknown term ${JSON.stringify(term satisfies never)}`);
  }
}

const strengths = { "+": 1, "-": 1, "*": 2, "/": 2, "^": 4 } as const satisfies Record<Operator, number>;
const minusStrength = 3;
const atomStrength = 5;

/** As one types it, with no more parentheses than are needed: "2 * x * cos(x ^ 2)". */
export function writeTerm(term: Term): string {
  switch (term.kind) {
    case "number":
      return String(term.value);
    case "symbol":
      return term.name;
    case "call":
      return `${term.name}(${writeTerm(term.of)})`;
    case "minus":
      return `-${within(term.of, minusStrength)}`;
    case "binary": {
      const { operator, left, right } = term;
      const strength = strengths[operator];
      // − and / take their left side first; a power in a power is unclear without parentheses.
      const before = operator === "^" ? atomStrength : strength;
      const after =
        operator === "^" ? atomStrength : operator === "+" || operator === "*" ? strength : strength + 1;
      return `${within(left, before)} ${operator} ${within(right, after)}`;
    }
    default:
      throw new RangeError(`unknown term ${JSON.stringify(term satisfies never)}`);
  }
}

const within = (term: Term, strength: number): string =>
  strengthOf(term) < strength ? `(${writeTerm(term)})` : writeTerm(term);

function strengthOf(term: Term): number {
  if (term.kind === "binary") return strengths[term.operator];
  if (term.kind === "minus" || (term.kind === "number" && term.value < 0)) return minusStrength;
  return atomStrength;
}
