/**
 * How values cross between Node and the page: JSON in which whatever JSON would lose is tagged. Typed arrays
 * and the numbers NaN, ±Infinity and −0 arrive bit for bit, a Map as a Map. Anything else that is not plain
 * data is refused instead of being sent incomplete.
 */

/** Bytes as text. Node and browsers each have a fast way of their own, so both sides bring theirs. */
export interface Base64 {
  encode(bytes: Uint8Array): string;
  decode(text: string): Uint8Array;
}

const arrays = { Float32Array, Float64Array, Int32Array, Uint32Array, Uint8Array } as const;
type ArrayName = keyof typeof arrays;

type Tagged =
  | { readonly $: ArrayName; readonly bytes: string }
  | { readonly $: "number"; readonly value: "NaN" | "Infinity" | "-Infinity" | "-0" }
  | { readonly $: "undefined" }
  | { readonly $: "map"; readonly entries: readonly (readonly [unknown, unknown])[] };

/** Throws a TypeError on a function, a symbol, a class instance or an object with a key `$`. */
export function encode(value: unknown, base64: Base64): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key: string) {
    // Not the callback's second argument: toJSON (which Buffer has) would already have been applied to it.
    return tag(this[key], base64);
  });
}

/** The inverse of {@link encode}. */
export function decode(text: string, base64: Base64): unknown {
  return JSON.parse(text, (_key, value: unknown) => (isTagged(value) ? untag(value, base64) : value));
}

function tag(value: unknown, base64: Base64): unknown {
  switch (typeof value) {
    case "undefined":
      return { $: "undefined" } satisfies Tagged;
    case "number":
      if (Object.is(value, -0)) return { $: "number", value: "-0" } satisfies Tagged;
      return Number.isFinite(value) ? value : { $: "number", value: String(value) };
    case "string":
    case "boolean":
      return value;
    case "object":
      return value === null ? null : tagObject(value, base64);
    default:
      throw new TypeError(`a ${typeof value} cannot cross between Node and the page`);
  }
}

function tagObject(value: object, base64: Base64): unknown {
  for (const name of Object.keys(arrays) as ArrayName[])
    if (value instanceof arrays[name]) {
      const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
      return { $: name, bytes: base64.encode(bytes) } satisfies Tagged;
    }
  if (value instanceof Map) return { $: "map", entries: [...value] } satisfies Tagged;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`a ${value.constructor.name} cannot cross between Node and the page`);
  if (isTagged(value)) throw new TypeError("an object with a key `$` cannot cross between Node and the page");
  return value;
}

function isTagged(value: unknown): value is Tagged {
  return typeof value === "object" && value !== null && "$" in value;
}

function untag(tagged: Tagged, base64: Base64): unknown {
  switch (tagged.$) {
    case "undefined":
      return undefined;
    case "number":
      return Number(tagged.value);
    case "map":
      return new Map(tagged.entries);
    default: {
      // A copy, because a view of 8-byte elements must start at a multiple of 8.
      const bytes = new Uint8Array(base64.decode(tagged.bytes));
      return new arrays[tagged.$](bytes.buffer);
    }
  }
}
