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

/**
 * The bindings an entry point uses, itself or through the functions it calls.
 * @param code a linked WGSL module: no comments needed, declarations at the top level
 * @param constants values of the `const` names that may stand as an array length
 */
export function reflectBindings(
  code: string,
  entry: string,
  constants: Readonly<Record<string, number>>,
): Binding[] {
  const plain = code.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
  const bodies = functionBodies(plain);
  if (!bodies.has(entry)) throw new Error(`no entry point ${entry}`);
  const { used, reached } = reach(entry, bodies);
  const declaration =
    /@group\(0\)\s*@binding\((\d+)\)\s*var<\s*(storage|uniform)\s*(?:,\s*(read|read_write)\s*)?>\s*(\w+)\s*:\s*([^;]+);/g;
  return [...plain.matchAll(declaration)].flatMap(([, index, space, access, name, type]) => {
    if (!used.has(name)) return [];
    const kind = space === "uniform" ? "uniform" : access === "read_write" ? "storage" : "read-only-storage";
    const bytes = arrayBytes(type, constants);
    const use = kind === "storage" ? usesOf(name, reached) : { read: true, written: false };
    return [{ name, index: Number(index), type: kind, bytes, ...use } satisfies Binding];
  });
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
function endOfBlock(code: string, start: number, open: string, close: string): number {
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

function functionBodies(code: string): Map<string, string> {
  const bodies = new Map<string, string>();
  for (const match of code.matchAll(/\bfn\s+(\w+)\s*\(/g)) {
    const start = code.indexOf("{", match.index);
    bodies.set(match[1], code.slice(start, endOfBlock(code, start, "{", "}")));
  }
  return bodies;
}

/** The bodies of the entry and of the functions it reaches, and every identifier in them, member names apart. */
function reach(
  entry: string,
  bodies: ReadonlyMap<string, string>,
): { readonly used: ReadonlySet<string>; readonly reached: string } {
  const seen = new Set<string>();
  const queue = [entry];
  let reached = "";
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const body = bodies.get(name) ?? "";
    reached += body;
    for (const [word] of body.matchAll(/(?<![.\w])[A-Za-z_]\w*/g)) {
      if (seen.has(word)) continue;
      seen.add(word);
      if (bodies.has(word)) queue.push(word);
    }
  }
  return { used: seen, reached };
}
