/** A storage or uniform variable of a linked WGSL module. */
export interface Binding {
  readonly name: string;
  readonly index: number;
  readonly type: "storage" | "read-only-storage" | "uniform";
  /** Bytes the binding must have exactly; undefined for runtime-sized arrays and for types not measured here. */
  readonly bytes: number | undefined;
}

const elementBytes: Readonly<Record<string, number>> = {
  f32: 4,
  u32: 4,
  i32: 4,
  vec2f: 8,
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
  const used = reach(entry, bodies);
  const declaration =
    /@group\(0\)\s*@binding\((\d+)\)\s*var<\s*(storage|uniform)\s*(?:,\s*(read|read_write)\s*)?>\s*(\w+)\s*:\s*([^;]+);/g;
  return [...plain.matchAll(declaration)].flatMap(([, index, space, access, name, type]) => {
    if (!used.has(name)) return [];
    const kind = space === "uniform" ? "uniform" : access === "read_write" ? "storage" : "read-only-storage";
    return [{ name, index: Number(index), type: kind, bytes: arrayBytes(type, constants) } satisfies Binding];
  });
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
    let depth = 0;
    let end = code.indexOf("{", match.index);
    const start = end;
    do {
      if (code[end] === "{") depth++;
      if (code[end] === "}") depth--;
      end++;
    } while (depth > 0 && end < code.length);
    bodies.set(match[1], code.slice(start, end));
  }
  return bodies;
}

/** Every identifier, member names apart, in the entry's body and in the bodies of the functions it reaches. */
function reach(entry: string, bodies: ReadonlyMap<string, string>): Set<string> {
  const seen = new Set<string>();
  const queue = [entry];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    for (const [word] of (bodies.get(name) ?? "").matchAll(/(?<![.\w])[A-Za-z_]\w*/g)) {
      if (seen.has(word)) continue;
      seen.add(word);
      if (bodies.has(word)) queue.push(word);
    }
  }
  return seen;
}
