/** Reads typed text token by token and refuses, with its place, all that is not plain arithmetic in x. */
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
  readonly kind: "number" | "name" | "sign";
  readonly text: string;
  readonly from: number;
}

const patterns = [
  ["number", /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy],
  ["name", /[a-zπ][a-z0-9π]*/iy],
  ["sign", /[-+*/^()]/y],
] as const;

/** Hints for characters that other notations use. */
const hints: Readonly<Record<string, string>> = {
  ",": "functions take one value, and decimals are written with a point",
  "=": "type only what stands to the right of f(x) =",
  "²": "a power is written x^2",
  "³": "a power is written x^3",
  "|": "the absolute value is written abs(x)",
  "!": "factorials have no derivative here",
  "[": "parentheses are ( and )",
  "{": "parentheses are ( and )",
};

/**
 * The text as the parser gets it: signs of typeset mathematics become those of a keyboard, every place stays the same.
 * Throws ExpressionError.
 */
export function scanExpression(typed: string): string {
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
    requireKnown(token, tokens[i + 1]);
    if (token.text === "(" && ++open > mostOpen)
      throw errorAt(token, `nested too deeply: at most ${mostOpen} parentheses may be open`);
    if (token.text === ")" && tokens[i - 1]?.text === "(")
      throw errorAt(token, `${aValue} is expected before this parenthesis`);
    if (token.text === ")" && --open < 0)
      throw errorAt(token, "this parenthesis closes nothing: an operator or the end is expected");
  });
  return text;
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
  return tokens;
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

function requireKnown(token: Token, next: Token | undefined): void {
  if (token.kind === "number" && Number(token.text) > mostNumber)
    throw errorAt(token, `too large a number: at most ${mostNumber} is expected`);
  if (token.kind !== "name") return;
  const { text } = token;
  const opens = next?.text === "(";
  if (isSymbol(text)) {
    if (opens) throw errorAt(token, `${text} is no function: a product is written ${text}*(…)`);
  } else if (!typedFunctions.includes(text))
    throw errorAt(
      token,
      `“${text}” is not known here: expected x, pi, e or one of ${functionList}; factors are joined by *`,
    );
  else if (!opens) throw errorAt(token, `${text} needs its value in parentheses: ${text}(…)`);
}

export const isSymbol = (name: string): name is SymbolName => symbols.includes(name);

const errorAt = ({ from, text }: Token, message: string): ExpressionError =>
  new ExpressionError(message, from, from + text.length);
