/** A storage or uniform variable of a linked WGSL module. */
export interface Binding {
  readonly name: string;
  readonly index: number;
  readonly type: "storage" | "read-only-storage" | "uniform";
  /** Bytes the binding must have exactly; undefined for runtime-sized arrays and for types not measured here. */
  readonly bytes: number | undefined;
  /** Whether the entry's code reads it, and whether it writes it. */
  readonly read: boolean;
  readonly written: boolean;
}

const elementBytes: Readonly<Record<string, number>> = {
  f32: 4,
  u32: 4,
  i32: 4,
  vec2f: 8,
  vec2u: 8,
  vec4f: 16,
  vec4u: 16,
};

/** What an entry point of a linked WGSL module needs. */
export interface Reflection {
  readonly bindings: readonly Binding[];
  /** Every name in the code that the entry reaches, member names apart. */
  readonly names: ReadonlySet<string>;
  /** The module without declarations that the entry does not reach, its places unchanged. */
  readonly code: string;
}

/**
 * Follows an entry point through the declarations that it names.
 * @param code a linked WGSL module
 * @param constants values of the `const` names that may stand as an array length
 */
export function reflect(
  code: string,
  entry: string,
  constants: Readonly<Record<string, number>>,
): Reflection {
  const declarations = declarationsOf(code);
  const byName = new Map(
    declarations.flatMap((each) => (each.name === undefined ? [] : [[each.name, each]])),
  );
  if (!isEntry(byName.get(entry))) throw new Error(`no entry point ${entry}`);
  const assertions = declarations.filter(isAssertion).map(wordsOf);
  const names = new Set([entry]);
  // A set is walked in the order in which it grows.
  for (const name of names) {
    const declaration = byName.get(name);
    if (declaration === undefined) continue;
    for (const word of wordsOf(declaration)) names.add(word);
    // An assertion holds wherever one of the names in it does, and needs the others.
    for (const words of assertions) if (words.has(name)) for (const word of words) names.add(word);
  }
  const isReached = (declaration: Declaration) => {
    if (declaration.name !== undefined) return names.has(declaration.name);
    if (!isAssertion(declaration)) return true;
    const declared = [...wordsOf(declaration)].filter((word) => byName.has(word));
    return declared.length === 0 || declared.some((word) => names.has(word));
  };
  const reached = declarations.filter(isReached);
  const functions = reached
    .filter(({ text }) => /\bfn\s/.test(text))
    .map(({ text }) => text.slice(text.indexOf("{")));
  const bindings = reached.flatMap(({ text }) => bindingOf(text, functions.join("\n"), constants));
  let pruned = code;
  for (const { start, end } of declarations.filter((each) => !isReached(each)))
    pruned = pruned.slice(0, start) + pruned.slice(start, end).replace(/[^\n]/g, " ") + pruned.slice(end);
  return { bindings, names, code: pruned };
}

/** The names of all entry points of a linked module. */
export const entriesOf = (code: string): readonly string[] =>
  declarationsOf(code).flatMap((each) => (each.name !== undefined && isEntry(each) ? [each.name] : []));

const isEntry = (declaration: Declaration | undefined): boolean =>
  declaration !== undefined && /@compute\b/.test(declaration.text) && /\bfn\s/.test(declaration.text);

const isAssertion = ({ text }: Declaration): boolean => /^\s*const_assert\b/.test(text);

/** Every word of a declaration that may be the name of another. */
function wordsOf({ text }: Declaration): ReadonlySet<string> {
  // What stands before a colon is the name of a member, a parameter or a variable, but in the selectors of a switch.
  const named = text.replace(/(\bcase\b[^:{]*)|\b\w+\s*:/g, (_, selectors: string = "") => selectors);
  return new Set(Array.from(named.matchAll(/(?<![.\w])[A-Za-z_]\w*/g), ([word]) => word));
}

interface Declaration {
  /** Missing for directives and assertions. */
  readonly name: string | undefined;
  readonly start: number;
  readonly end: number;
  /** Without comments. */
  readonly text: string;
}

/** The same with spaces in the place of comments: those of a line, and those of blocks, which may lie in each other. */
export function withoutComments(code: string): string {
  let plain = "";
  let [depth, inLine] = [0, false];
  for (let i = 0; i < code.length; ) {
    const pair = code.slice(i, i + 2);
    if (depth === 0 && pair === "//") inLine = true;
    if (code[i] === "\n") inLine = false;
    const opens = !inLine && pair === "/*";
    const closes = depth > 0 && pair === "*/";
    if (opens) depth++;
    const text = opens || closes ? pair : code[i];
    plain += inLine || depth > 0 ? text.replace(/[^\n]/g, " ") : text;
    if (closes) depth--;
    i += text.length;
  }
  return plain;
}

/** The declarations at the top level of a module. */
function declarationsOf(code: string): Declaration[] {
  const plain = withoutComments(code);
  const declarations: Declaration[] = [];
  let start = 0;
  let depth = 0;
  for (let i = 0; i < plain.length; i++) {
    if ("{([".includes(plain[i])) depth++;
    if ("})]".includes(plain[i])) depth--;
    if (depth > 0 || (plain[i] !== ";" && plain[i] !== "}")) continue;
    const text = plain.slice(start, i + 1);
    const name = /\b(?:fn|const|override|struct|alias|var)\b\s*(?:<[^>]*>)?\s*(\w+)/.exec(text)?.[1];
    declarations.push({ name, start, end: i + 1, text });
    start = i + 1;
  }
  return declarations;
}

/** The binding that a declaration is, if it is one. */
function bindingOf(text: string, functions: string, constants: Readonly<Record<string, number>>): Binding[] {
  const match =
    /@group\(0\)\s*@binding\((\d+)\)\s*var<\s*(storage|uniform)\s*(?:,\s*(read|read_write)\s*)?>\s*(\w+)\s*:\s*([^;]+);/.exec(
      text,
    );
  if (!match) return [];
  const [, index, space, access, name, type] = match;
  const kind = space === "uniform" ? "uniform" : access === "read_write" ? "storage" : "read-only-storage";
  const use = kind === "storage" ? usesOf(name, functions) : { read: true, written: false };
  return [{ name, index: Number(index), type: kind, bytes: arrayBytes(type, constants), ...use }];
}

/** Whether code reads and writes a variable: an assignment to it or to a part of it writes, anything else reads. */
function usesOf(name: string, code: string): { readonly read: boolean; readonly written: boolean } {
  let [read, written] = [false, false];
  for (const match of code.matchAll(new RegExp(`(?<![.\\w])${name}\\b`, "g"))) {
    const after = code.slice(endOfReference(code, match.index + name.length)).trimStart();
    // A pointer may be used either way, and so is what `+=` and its like assign to.
    const both = /&\s*$/.test(code.slice(0, match.index)) || /^([-+*/%&|^]|<<|>>)=/.test(after);
    const assigned = /^=(?!=)/.test(after);
    read ||= both || !assigned;
    written ||= both || assigned;
  }
  return { read, written };
}

/** Where the indices and members end that follow a variable's name. */
function endOfReference(code: string, start: number): number {
  let end = start;
  for (;;) {
    const member = /^\s*\.\s*\w+/.exec(code.slice(end, end + 64));
    if (member) end += member[0].length;
    else if (code[end] === "[") end = endOfBlock(code, end, "[", "]");
    else return end;
  }
}

/** One past the bracket that closes the one at `start`. */
export function endOfBlock(code: string, start: number, open: string, close: string): number {
  let depth = 0;
  let end = start;
  do {
    if (code[end] === open) depth++;
    if (code[end] === close) depth--;
    end++;
  } while (depth > 0 && end < code.length);
  return end;
}

function arrayBytes(type: string, constants: Readonly<Record<string, number>>): number | undefined {
  const match = /^array<\s*(\w+)\s*,\s*(\w+)\s*>$/.exec(type.trim());
  if (!match) return undefined;
  const [, element, length] = match;
  const count = constants[length] ?? Number.parseInt(length, 10);
  return elementBytes[element] === undefined || Number.isNaN(count)
    ? undefined
    : elementBytes[element] * count;
}
