import { FormatError, quote } from "./error";

/** Names that would reach an object's prototype where a careless program copies them. */
const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Parses JSON of unknown origin whose value must be an object. Refuses (FormatError) what JSON.parse lets
 * pass: nesting deeper than `depth`, a key given twice in one object, and the keys `__proto__`,
 * `constructor` and `prototype`.
 */
export function parseJsonObject(
  text: string,
  depth: number,
  label: string,
  field: string,
): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FormatError(label, field, "must be valid JSON");
  }
  checkStructure(text, depth, label, field);
  return entriesOf(value, label, field);
}

/** The own entries of a JSON object as a map; FormatError when the value is anything else. */
export function entriesOf(value: unknown, label: string, field: string): ReadonlyMap<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new FormatError(label, field, "must be a JSON object");
  return new Map(Object.entries(value));
}

/** Walks over text already known to be JSON: brackets nest, and a string before a colon is a key. */
function checkStructure(text: string, depth: number, label: string, field: string): void {
  const open: Set<string>[] = [];
  let lastString = "";
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case "{":
      case "[":
        if (open.push(new Set()) > depth)
          throw new FormatError(label, field, `must not be nested deeper than ${depth} levels`);
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case '"': {
        const start = at;
        for (at++; text[at] !== '"'; at++) if (text[at] === "\\") at++;
        lastString = text.slice(start, at + 1);
        break;
      }
      case ":": {
        const key: string = JSON.parse(lastString);
        if (forbiddenKeys.has(key))
          throw new FormatError(label, field, `must not use the name ${quote(key)}`);
        const keys = open.at(-1);
        if (keys?.has(key)) throw new FormatError(label, field, `gives ${quote(key)} twice`);
        keys?.add(key);
        break;
      }
    }
  }
}
