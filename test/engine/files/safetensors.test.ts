import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../../src/engine/files/error";
import { readSafetensors, requireFinite, writeSafetensors } from "../../../src/engine/files/safetensors";
import { forRows } from "../../rows";

/** A file from raw header text and data bytes. */
function file(header: string, dataBytes = 0, announced?: bigint): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, announced ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}
const entry = (shape: unknown, data_offsets: unknown, dtype: unknown = "F32") => ({
  dtype,
  shape,
  data_offsets,
});
const withTensors = (tensors: Record<string, unknown>, dataBytes: number) =>
  file(JSON.stringify(tensors), dataBytes);
const nested = (depth: number) => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;

describe("reading what was written", () => {
  it("gives back tensors of every type, and metadata", () => {
    const bytes = writeSafetensors(
      new Map<string, { shape: number[]; data: Float32Array | Float64Array | Int32Array }>([
        ["odd", { shape: [3], data: new Float32Array([1.5, -2, 3e-40]) }],
        ["wide", { shape: [2, 1], data: new Float64Array([Math.PI, -1e300]) }],
        ["whole", { shape: [1, 2], data: new Int32Array([-7, 2 ** 31 - 1]) }],
        ["scalar", { shape: [], data: new Float32Array([4]) }],
        ["empty", { shape: [0, 5], data: new Float32Array() }],
      ]),
      new Map([["note", 'a "quoted" ü']]),
    );
    const { tensors, metadata } = readSafetensors(bytes, "file");
    expect(tensors.get("odd")).toEqual({
      dtype: "F32",
      shape: [3],
      data: new Float32Array([1.5, -2, 3e-40]),
    });
    expect(tensors.get("wide")).toEqual({
      dtype: "F64",
      shape: [2, 1],
      data: new Float64Array([Math.PI, -1e300]),
    });
    expect(tensors.get("whole")).toEqual({
      dtype: "I32",
      shape: [1, 2],
      data: new Int32Array([-7, 2 ** 31 - 1]),
    });
    expect(tensors.get("scalar")?.data[0]).toBe(4);
    expect(tensors.get("empty")?.data).toHaveLength(0);
    expect([...metadata]).toEqual([["note", 'a "quoted" ü']]);
    expect(Number(new DataView(bytes.buffer).getBigUint64(0, true)) % 8).toBe(0);
  });

  it("refuses to write what it would refuse to read", () => {
    const one = { shape: [1], data: Float32Array.of(1) };
    const many = new Map(Array.from({ length: 8193 }, (_, i) => [`t${i}`, one]));
    const refusals: readonly (readonly [RegExp, () => unknown])[] = [
      [/at most 8192 tensors/, () => writeSafetensors(many)],
      [/at most 8 axes/, () => writeSafetensors(new Map([["t", { ...one, shape: new Array(9).fill(1) }]]))],
      [/whole numbers/, () => writeSafetensors(new Map([["t", { ...one, shape: [0.5, 2] }]]))],
      [/must not use the name "__proto__"/, () => writeSafetensors(new Map([["__proto__", one]]))],
      [
        /header length/,
        () => writeSafetensors(new Map([["t", one]]), new Map([["note", "x".repeat(1 << 21)]])),
      ],
    ];
    for (const [message, write] of refusals) {
      expect(write).toThrow(RangeError);
      expect(write).toThrow(message);
    }
  });

  it("takes typed arrays alone", () => {
    const given = <T>(value: unknown) => value as T;
    expect(() => readSafetensors(given(new ArrayBuffer(16)), "file")).toThrow(
      /^file: a file must be given as a Uint8Array, got an ArrayBuffer$/,
    );
    expect(() => writeSafetensors(given({}))).toThrow(/^tensors must be a Map by name, got an object$/);
    for (const data of [[1], Uint32Array.of(1)])
      expect(() =>
        writeSafetensors(new Map([["a", { shape: [1], data: given<Float32Array>(data) }]])),
      ).toThrow(
        /^a must hold a Float32Array, Float64Array or Int32Array, got an? (array|Uint32Array) of 1 values$/,
      );
  });

  it("copies, at any alignment", () => {
    const bytes = writeSafetensors(new Map([["x", { shape: [2], data: new Float64Array([1, 2]) }]]));
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const { tensors } = readSafetensors(shifted.subarray(3), "file");
    shifted.fill(0);
    expect(tensors.get("x")?.data).toEqual(new Float64Array([1, 2]));
  });

  it("reads a file of another program", () => {
    const path = new URL("../../conformance/train-cnn.safetensors", import.meta.url);
    const { tensors, metadata } = readSafetensors(readFileSync(path), "train-cnn");
    expect(metadata.get("op")).toBe("train");
    expect(tensors.get("in.init.conv1.weight")?.shape).toEqual([8, 2, 5]);
    expect(tensors.get("in.batches")?.dtype).toBe("I32");
  });
});

describe("hostile files", () => {
  const good = withTensors({ a: entry([2], [0, 8]), b: entry([1], [8, 12]) }, 12);
  const cases: [string, Uint8Array, RegExp][] = [
    ["nothing", new Uint8Array(), /header length: needs 8 bytes, the file has 0/],
    ["half a length", new Uint8Array(5), /header length: needs 8 bytes, the file has 5/],
    ["a header over 2 MiB", file("{}", 0, 2n ** 21n + 1n), /header length: must lie in 2 … 2097152 bytes/],
    ["a header of 2⁶⁴−1 bytes", file("{}", 0, 2n ** 64n - 1n), /header length: .* 18446744073709551615/],
    ["an empty header", file("", 0), /header length/],
    ["a truncated header", file("{}", 0, 100n), /header: is truncated: 100 bytes announced, 2 present/],
    [
      "truncated data",
      good.subarray(0, good.length - 1),
      /tensor "b" data_offsets: end at 12, the file holds 11/,
    ],
    [
      "trailing data",
      withTensors({ a: entry([2], [0, 8]) }, 9),
      /data: must end with the last tensor at byte 8/,
    ],
    ["data without tensors", file("{}", 4), /data: must end/],
    [
      "a header that is not UTF-8",
      (() => {
        const b = file('{"aa":1}');
        b[10] = 0xff;
        return b;
      })(),
      /header: must be UTF-8/,
    ],
    ["a header that is not JSON", file("{nonsense"), /header: must be valid JSON/],
    ["a list for a header", file("[]"), /header: must be a JSON object/],
    ["padding before the header", file(" {}"), /header: must be a JSON object, begin with "{"/],
    ["deep nesting", file(nested(4)), /header: must not be nested deeper than 4/],
    ["very deep nesting", file(nested(200_000)), /header: must/],
    [
      "a gap",
      withTensors({ a: entry([1], [0, 4]), b: entry([1], [8, 12]) }, 12),
      /tensor "b" data_offsets: leave a gap/,
    ],
    ["a gap at the start", withTensors({ a: entry([1], [4, 8]) }, 8), /tensor "a" data_offsets: leave a gap/],
    [
      "an overlap",
      withTensors({ a: entry([2], [0, 8]), b: entry([2], [4, 12]) }, 12),
      /tensor "b" data_offsets: overlap/,
    ],
    [
      "the same range twice",
      withTensors({ a: entry([1], [0, 4]), b: entry([1], [0, 4]) }, 4),
      /data_offsets: overlap/,
    ],
    [
      "a range that runs backwards",
      withTensors({ a: entry([1], [4, 0]) }, 4),
      /data_offsets: must be \[begin, end\]/,
    ],
    [
      "a range of three",
      withTensors({ a: entry([1], [0, 4, 8]) }, 4),
      /data_offsets: must be \[begin, end\]/,
    ],
    [
      "a negative offset",
      withTensors({ a: entry([1], [-4, 0]) }, 4),
      /data_offsets: must hold whole numbers/,
    ],
    [
      "a fractional offset",
      withTensors({ a: entry([1], [0, 4.5]) }, 4),
      /data_offsets: must hold whole numbers/,
    ],
    ["offsets missing", withTensors({ a: { dtype: "F32", shape: [1] } }, 4), /data_offsets: must be a list/],
    [
      "an unknown dtype",
      withTensors({ a: entry([1], [0, 2], "F16") }, 2),
      /tensor "a" dtype: must be F32, F64 or I32, is "F16"/,
    ],
    ["a dtype that is no string", withTensors({ a: entry([1], [0, 4], ["F32"]) }, 4), /tensor "a" dtype/],
    ["a dtype of the prototype", withTensors({ a: entry([1], [0, 4], "toString") }, 4), /tensor "a" dtype/],
    [
      "a shape too small",
      withTensors({ a: entry([1], [0, 8]) }, 8),
      /tensor "a" shape: \[1\] of F32 takes 4 bytes, data_offsets give 8/,
    ],
    [
      "a shape beyond safe integers",
      withTensors({ a: entry([2 ** 40, 2 ** 40], [0, 4]) }, 4),
      /tensor "a" shape/,
    ],
    [
      "an overflow hidden by an axis of 0",
      withTensors({ a: entry([2 ** 53 - 1, 2 ** 53 - 1, 0], [0, 0]) }, 0),
      /tensor "a" shape/,
    ],
    ["a negative length", withTensors({ a: entry([-1, -1], [0, 4]) }, 4), /shape: must hold whole numbers/],
    ["a shape that is no list", withTensors({ a: entry("1", [0, 4]) }, 4), /shape: must be a list/],
    ["nine axes", withTensors({ a: entry([1, 1, 1, 1, 1, 1, 1, 1, 1], [0, 4]) }, 4), /at most 8 axes/],
    ["a tensor that is no object", file('{"a":null}'), /tensor "a": must be a JSON object/],
    [
      "an unknown key",
      withTensors({ a: { ...entry([1], [0, 4]), more: 1 } }, 4),
      /tensor "a": has the unknown key "more"/,
    ],
    ["metadata that is no object", file('{"__metadata__":"x"}'), /__metadata__: must be a JSON object/],
    ["metadata that is no string", file('{"__metadata__":{"k":1}}'), /__metadata__ "k": must be a string/],
    [
      "__proto__ as a tensor",
      file('{"__proto__":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'),
      /must not use the name "__proto__"/,
    ],
    ["__proto__ in disguise", file('{"\\u005f_proto__":{}}'), /must not use the name "__proto__"/],
    [
      "__proto__ in metadata",
      file('{"__metadata__":{"__proto__":"x"}}'),
      /must not use the name "__proto__"/,
    ],
    ["constructor as a tensor", file('{"constructor":{}}'), /must not use the name "constructor"/],
    ["prototype inside a tensor", file('{"a":{"prototype":1}}'), /must not use the name "prototype"/],
    [
      "a tensor given twice",
      file(
        '{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}',
      ),
      /gives "a" twice/,
    ],
    [
      "too many tensors",
      withTensors(
        Object.fromEntries(Array.from({ length: 8193 }, (_, i) => [`t${i}`, entry([0], [0, 0])])),
        0,
      ),
      /at most 8192 tensors, lists 8193/,
    ],
    [
      "a name with line breaks",
      withTensors({ "a\nb\u001b[2J": entry([1], [4, 8]) }, 8),
      /tensor "a\\nb\\u001b\[2J"/,
    ],
  ];

  it("is right about the file it spoils", () => expect(readSafetensors(good, "good").tensors.size).toBe(2));

  it("are refused in one line", () => {
    forRows(cases, ([, bytes, message]) => {
      const refusal = refusalOf(bytes);
      expect(refusal).toBeInstanceOf(FormatError);
      expect(refusal?.message).toMatch(message);
      expect(refusal?.message).toMatch(/^hostile\.safetensors: [^\n]*$/);
    });
  });

  it("leave Object's prototype alone", () => {
    refusalOf(file('{"__proto__":{"polluted":1}}'));
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

function refusalOf(bytes: Uint8Array): Error | undefined {
  try {
    readSafetensors(bytes, "hostile.safetensors");
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

describe("writing", () => {
  it("refuses a shape that does not fit and the reserved name", () => {
    const data = new Float32Array(3);
    expect(() => writeSafetensors(new Map([["a", { shape: [2], data }]]))).toThrow(RangeError);
    expect(() => writeSafetensors(new Map([["__metadata__", { shape: [3], data }]]))).toThrow(RangeError);
  });
});

describe("requireFinite", () => {
  it("names the first element that is not finite", () => {
    expect(() => requireFinite(new Float32Array([1, Number.NaN]), "file", "tensor")).toThrow(
      "file: tensor: must be finite, element 1 is NaN",
    );
  });
});
