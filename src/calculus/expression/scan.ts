/**
 * Reads typed text token by token, refuses, with its place, all that is not plain arithmetic in x, and writes for the
 * parser what people leave out: "3πx cos x" is "3 π x cos(x)".
 */
import { constants, functions, type SymbolName } from "./term";

/** What is wrong with an expression, and in which part [from, to) of the text; from = to is the place between. */
export class ExpressionError extends Error {
  override readonly name = "ExpressionError";
  readonly from: number;
  readonly to: number;

  constructor(message: string, from: number, to: number) {
    super(message);
    this.from = from;
    this.to = to;
  }
}

const mostCharacters = 200;
const mostOpen = 20;
const mostNumber = 1e6;

/** Functions that have a derivative which is one of `functions` again. */
const typedFunctions = Object.keys(functions).filter(
  (name) => !["sec", "sech", "sign"].includes(name),
) as readonly string[];
const symbols = ["x", ...Object.keys(constants)] as readonly string[];

const functionList = typedFunctions.join(", ");
export const aValue = "a number, x, pi, e, a function or a parenthesis";

interface Token {
  readonly kind: "number" | "word" | "symbol" | "function" | "raised" | "sign";
  readonly text: string;
  readonly from: number;
}

const digits = "⁰¹²³⁴⁵⁶⁷⁸⁹";

const patterns = [
  ["number", /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy],
  ["word", /[a-zπ][a-z0-9π]*/iy],
  ["raised", new RegExp(`⁻?[${digits}]+`, "y")],
  ["sign", /[-+*/^()]/y],
] as const;

/** Hints for characters that other notations use. */
const hints: Readonly<Record<string, string>> = {
  ",": "functions take one value, and decimals are written with a point",
  "=": "type only what stands to the right of f(x) =",
  "|": "the absolute value is written abs(x)",
  "!": "factorials have no derivative here",
  "[": "parentheses are ( and )",
  "{": "parentheses are ( and )",
};

/** Names of functions in other notations. */
const otherNames: Readonly<Record<string, string>> = {
  ln: "log",
  lg: "log10",
  arcsin: "asin",
  arccos: "acos",
  arctan: "atan",
};

/** What the parser gets. */
export interface Scanned {
  readonly text: string;
  /** Where in the typed text the parser's character at this place stands; one more for the end. */
  readonly places: readonly number[];
}

/** Throws ExpressionError. */
export function scanExpression(typed: string): Scanned {
  if (typed.length > mostCharacters)
    throw new ExpressionError(
      `too long: ${typed.length} characters, and at most ${mostCharacters} are read`,
      mostCharacters,
      typed.length,
    );
  const text = typed.replace(/[−–]/g, "-").replace(/[·×]/g, "*").replace(/÷/g, "/").replace(/\s/g, " ");
  if (text.trim() === "") throw new ExpressionError(`nothing typed yet: ${aValue} is expected`, 0, 0);
  const tokens = tokensOf(text);
  let open = 0;
  tokens.forEach((token, i) => {
    if (token.kind === "number" && Number(token.text) > mostNumber)
      throw errorAt(token, `too large a number: at most ${mostNumber} is expected`);
    if (token.text === "(" && ++open > mostOpen)
      throw errorAt(token, `nested too deeply: at most ${mostOpen} parentheses may be open`);
    if (token.text === ")" && tokens[i - 1]?.text === "(")
      throw errorAt(token, `${aValue} is expected before this parenthesis`);
    if (token.text === ")" && --open < 0)
      throw errorAt(token, "this parenthesis closes nothing: an operator or the end is expected");
  });
  return write(tokens, text.length);
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === " ") {
      at++;
      continue;
    }
    const token = tokenAt(text, at);
    tokens.push(token);
    at += token.text.length;
  }
  return tokens.flatMap((token) => (token.kind === "word" ? namesOf(token) : [token]));
}

function tokenAt(text: string, from: number): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = from;
    const found = pattern.exec(text);
    if (found) return { kind, text: found[0], from };
  }
  // A whole character, though it may be of two units.
  const character = String.fromCodePoint(text.codePointAt(from) ?? 0);
  const hint = Object.hasOwn(hints, character) ? hints[character] : `expected ${aValue}, or one of + - * / ^`;
  throw new ExpressionError(`“${character}” has no meaning here: ${hint}`, from, from + character.length);
}

/**
 * "πx" is a product of π and x, "xsin" one of x and a sine. A word that begins with a function's name is that or nothing:
 * "sine" is no sin(e).
 */
function namesOf({ text: word, from }: Token): readonly Token[] {
  const names: Token[] = [];
  let rest = word;
  while (rest !== "") {
    const at = from + word.length - rest.length;
    if (typedFunctions.includes(rest)) return [...names, { kind: "function", text: rest, from: at }];
    const begun = typedFunctions.findLast((name) => rest.startsWith(name));
    const symbol = begun === undefined ? symbols.find((name) => rest.startsWith(name)) : undefined;
    if (symbol === undefined)
      throw errorAt({ text: word, from }, `“${word}” is not known here: ${hintFor(word, begun)}`);
    names.push({ kind: "symbol", text: symbol, from: at });
    rest = rest.slice(symbol.length);
  }
  return names;
}

/** @param begun the function whose name the word begins with */
function hintFor(word: string, begun: string | undefined): string {
  if (begun !== undefined) return `${begun} needs its value in parentheses, ${begun}(…)`;
  const small = word.toLowerCase();
  const name = Object.hasOwn(otherNames, small) ? otherNames[small] : small;
  if (typedFunctions.includes(name)) return `it is written ${name}`;
  return `expected x, pi, e or one of ${functionList}; factors are joined by *`;
}

/** Writes what was left out: a space between factors, a power's sign, the parentheses around what a function takes. */
function write(tokens: readonly Token[], end: number): Scanned {
  let text = "";
  const places: number[] = [];
  const put = (written: string, from: number, to = from + written.length): void => {
    text += written;
    for (let i = 0; i < written.length; i++) places.push(Math.min(from + i, to));
  };
  /** Where the value of a function without parentheses ends: behind this token. */
  let closing: number | undefined;
  tokens.forEach((token, i) => {
    const next = tokens[i + 1];
    if (i > 0) put(" ", token.from);
    if (token.kind === "raised")
      put(`^${lowered(token.text)}`, token.from, token.from + token.text.length - 1);
    // The parser would take a symbol before a parenthesis for a function.
    else if (token.kind === "symbol" && next?.text === "(")
      put(`(${token.text})`, token.from, token.from + token.text.length - 1);
    else put(token.text, token.from);
    if (token.kind === "function" && next?.text !== "(") {
      closing = valueEnd(tokens, i);
      put("(", next.from);
    }
    if (closing === i) put(")", token.from + token.text.length - 1);
  });
  return { text, places: [...places, end] };
}

/** "⁻²" is "-2". */
const lowered = (raised: string): string =>
  raised.replace("⁻", "-").replace(/[^-]/g, (digit) => String(digits.indexOf(digit)));

/**
 * The last token of what a function without parentheses takes: numbers, symbols and their powers, as in "sin 2πx²". Where
 * readers would not agree, parentheses are asked for.
 */
function valueEnd(tokens: readonly Token[], of: number): number {
  const isFactor = (token: Token | undefined): boolean =>
    token?.kind === "number" || token?.kind === "symbol";
  let end = of;
  while (isFactor(tokens[end + 1])) {
    end++;
    while (tokens[end + 1]?.kind === "raised" || (tokens[end + 1]?.text === "^" && isFactor(tokens[end + 2])))
      end += tokens[end + 1].kind === "raised" ? 1 : 2;
  }
  const { text } = tokens[of];
  const after = tokens[end + 1];
  if (end === of && (after?.kind === "raised" || after?.text === "^"))
    throw errorAt(tokens[of], `the power of a function stands behind its value: ${text}(…)^2`);
  if (end === of || ["(", "*", "/", "^"].includes(after?.text ?? ""))
    throw errorAt(tokens[of], `${text} needs its value in parentheses: ${text}(…)`);
  return end;
}

export const isSymbol = (name: string): name is SymbolName => symbols.includes(name);

const errorAt = ({ from, text }: Pick<Token, "from" | "text">, message: string): ExpressionError =>
  new ExpressionError(message, from, from + text.length);
