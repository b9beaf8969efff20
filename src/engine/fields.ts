/**
 * What the fields of plain data may be, as data: from one table come the checks of the library, of files, of flags and of
 * forms. JavaScript hands over whatever it likes, so values are `unknown` here.
 */

type Lower = { readonly from: number } | { readonly above: number };
type Upper = { readonly to: number } | { readonly below: number };

/** An interval; ends given as `above` and `below` are excluded, and so is what rounds to them in float32. */
export type Interval = Lower & Upper;

/** The numbers a field may be. `none` admits `Infinity`, written "none". */
export type NumberRule =
  | { readonly kind: "whole"; readonly from: number; readonly to: number; readonly none?: true }
  | { readonly kind: "number"; readonly interval: Interval; readonly none?: true };

/** The values a field may take. */
export type FieldRule = NumberRule | { readonly kind: "choice"; readonly choices: readonly string[] };

/** A rule for every field of a kind of object, `kind` left out. */
export type FieldRules = Readonly<Record<string, FieldRule>>;

export const wholeNumber = (from: number, to: number) => ({ kind: "whole", from, to }) as const;
export const numberIn = <I extends Interval>(interval: I) => ({ kind: "number", interval }) as const;

/** "a whole number from 1 to 1000, or none". @param infinity how `Infinity` is written */
export function expectation(rule: FieldRule, infinity = "none"): string {
  if (rule.kind === "choice") return `one of ${rule.choices.join(", ")}`;
  const none = rule.none ? `, or ${infinity}` : "";
  if (rule.kind === "whole") return `a whole number from ${rule.from} to ${rule.to}${none}`;
  return `a number${lowerEnd(rule.interval)}${upperEnd(rule.interval)}${none}`;
}

function lowerEnd(interval: Lower): string {
  if ("from" in interval) return ` from ${interval.from}`;
  return Number.isFinite(interval.above) ? ` above ${interval.above} in float32` : "";
}

function upperEnd(interval: Upper): string {
  if ("to" in interval) return `, at most ${interval.to}`;
  return Number.isFinite(interval.below) ? `, below ${interval.below} in float32` : ", finite in float32";
}

/** Whether a field may have this value. */
export function allows(rule: FieldRule, value: unknown): boolean {
  if (rule.kind === "choice") return rule.choices.some((choice) => choice === value);
  if (typeof value !== "number") return false;
  if (rule.none && value === Number.POSITIVE_INFINITY) return true;
  if (rule.kind === "whole") return Number.isSafeInteger(value) && value >= rule.from && value <= rule.to;
  const { interval } = rule;
  return (
    ("from" in interval ? value >= interval.from : Math.fround(value) > interval.above) &&
    ("to" in interval ? value <= interval.to : Math.fround(value) < interval.below)
  );
}

/** @throws RangeError "epochs must be a whole number from 1 to 1000000, got 0" */
export function requireValue(name: string, value: unknown, rule: FieldRule): void {
  if (!allows(rule, value))
    throw new RangeError(`${name} must be ${expectation(rule, "Infinity")}, got ${show(value)}`);
}

/**
 * Refuses what is no object, and fields that are not known: a slip of the pen must not pass for a default.
 * @param what of whom, in the words of the caller: `options`, `conv1d(…)`
 * @throws TypeError "options has no field learningRate: did you mean learnRate?"
 */
export function requireFields(
  what: string,
  given: unknown,
  known: readonly string[],
): asserts given is Readonly<Record<string, unknown>> {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new TypeError(`${what} must be an object with ${list(known)}, got ${show(given)}`);
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    const advice = near ? `did you mean ${near}?` : `it may have ${list(known)}${elsewhere(name, known)}`;
    throw new TypeError(`${what} has no field ${name}: ${advice}`);
  }
}

/** Where the learning rate is, which other libraries give to the solver. */
const elsewhere = (name: string, known: readonly string[]): string =>
  /^(learn(ing)?_?rate|lr)$/i.test(name) && !known.includes("learnRate")
    ? "; the learning rate is options.learnRate"
    : "";

/** @param prefix of the names in errors @throws RangeError unless every field of the rules is there and allowed */
export function requireValues(prefix: string, given: object, rules: FieldRules): void {
  for (const [name, rule] of Object.entries(rules))
    requireValue(`${prefix}${name}`, Reflect.get(given, name), rule);
}

/** @returns the kind of an object that must be of a known one @throws TypeError */
export function requireKind(what: string, given: unknown, kinds: readonly string[]): string {
  const kind = typeof given === "object" && given !== null && "kind" in given ? given.kind : undefined;
  if (typeof kind === "string" && kinds.includes(kind)) return kind;
  throw new TypeError(`${what} must be an object of kind ${list(kinds, "or")}, got ${show(kind ?? given)}`);
}

/**
 * Refuses an object that has other fields than its kind has, or values that those may not take.
 * @param rules of every kind
 * @param prefix of the names in errors
 * @throws TypeError, RangeError
 */
export function requireVariant(
  what: string,
  given: unknown,
  rules: Readonly<Record<string, FieldRules>>,
  prefix = "",
): void {
  const own = rules[requireKind(what, given, Object.keys(rules))];
  requireFields(what, given, ["kind", ...Object.keys(own)]);
  requireValues(prefix, given, own);
}

/**
 * @param expected length and what it consists of, `(4, 2, 3) = 24`
 * @throws TypeError for anything but a Float32Array, RangeError for another length, or a value that is not finite
 */
export function requireFloats(
  name: string,
  values: unknown,
  length?: number,
  expected = String(length),
  isRead: (i: number) => boolean = () => true,
): void {
  if (!(values instanceof Float32Array))
    throw new TypeError(`${name} must be a Float32Array, got ${show(values)}`);
  if (length !== undefined && values.length !== length)
    throw new RangeError(`${name} must hold ${expected} values, got ${values.length}`);
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i]) && isRead(i))
      throw new RangeError(`${name} must be finite, but value ${i} (counted from 0) is ${values[i]}`);
}

/** @throws TypeError for anything but a Map */
export function requireMap(name: string, given: unknown): void {
  if (!(given instanceof Map)) throw new TypeError(`${name} must be a Map by name, got ${show(given)}`);
}

/** "a, b and c". */
function list(names: readonly string[], last = "and"): string {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)}` : names.join("");
}

/** A value of any kind in a few words of one line. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  const { length } = value as { readonly length?: unknown };
  const kind = Array.isArray(value) ? "array" : (value.constructor?.name ?? "object").slice(0, 60);
  const article = /^[aeio]/i.test(kind) ? "an" : "a";
  return `${article} ${kind === "Object" ? "object" : kind}${typeof length === "number" ? ` of ${length} values` : ""}`;
}

/** The known name that was most likely meant: a part of it, or one that a few letters make of it. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const distances = known.map((candidate) => {
    const [a, b] = [plain(name), plain(candidate)];
    const part = Math.min(a.length, b.length) > 2 && (a.startsWith(b) || b.startsWith(a));
    return { candidate, distance: part ? 0 : edits(a, b) / Math.max(a.length, b.length) };
  });
  const [best] = distances.sort((a, b) => a.distance - b.distance);
  return best && best.distance <= 0.4 ? best.candidate : undefined;
}

/** Letters to insert, drop or change (Levenshtein). Long names are cut: nobody mistypes so much. */
function edits(a: string, b: string): number {
  const [from, to] = [a.slice(0, 40), b.slice(0, 40)];
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const above = row;
    row = [i];
    for (let j = 1; j <= to.length; j++)
      row.push(Math.min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1)));
  }
  return row[to.length];
}
