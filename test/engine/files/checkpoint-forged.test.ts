import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { conv1d } from "../../../src/engine";
import { readCheckpoint, writeCheckpoint } from "../../../src/engine/files/checkpoint";
import { readSafetensors, type Tensor, writeSafetensors } from "../../../src/engine/files/safetensors";
import { adam } from "../../../src/engine/training/options";
import { forRowsInTurn } from "../../rows";
import { refusal, state } from "./checkpoint-state";

/** The state with other tensors or metadata, and a digest that fits them: as a forger would write it. */
async function forged(change: {
  readonly tensors?: (tensors: Map<string, Tensor>) => void;
  readonly metadata?: (metadata: Map<string, string>) => void;
}): Promise<Uint8Array> {
  const { tensors, metadata } = readSafetensors(await writeCheckpoint(state), "file");
  metadata.set("sha256", "0".repeat(64));
  change.tensors?.(tensors);
  change.metadata?.(metadata);
  const bytes = Buffer.from(writeSafetensors(tensors, metadata));
  const digest = createHash("sha256").update(bytes).digest("hex");
  const at = bytes.indexOf(`"sha256":"${"0".repeat(64)}`);
  if (at >= 0) bytes.write(digest, at + '"sha256":"'.length, "latin1");
  return bytes;
}

const json =
  (key: string, change: object) =>
  (metadata: Map<string, string>): void => {
    metadata.set(key, JSON.stringify({ ...JSON.parse(metadata.get(key) ?? "{}"), ...change }));
  };
const option = (change: object) => ({ metadata: json("options", change) });
const told = (change: object) => ({ metadata: json("state", change) });
const set = (name: string, tensor: Tensor) => ({
  tensors: (tensors: Map<string, Tensor>) => void tensors.set(name, tensor),
});
const without = (name: string) => ({ tensors: (tensors: Map<string, Tensor>) => void tensors.delete(name) });
const f32 = (...shape: number[]): Tensor => ({
  dtype: "F32",
  shape,
  data: new Float32Array(shape.reduce((product, length) => product * length, 1)),
});
const f64 = (shape: number[], values: number[]): Tensor => ({
  dtype: "F64",
  shape,
  data: Float64Array.from(values),
});
const i32 = (shape: number[], values: number[]): Tensor => ({
  dtype: "I32",
  shape,
  data: Int32Array.from(values),
});
const historyWith = (change: (row: number[]) => void): Tensor => {
  const row = [1, 0.1, 1, 1, 1, 1];
  change(row);
  return f64([4, 6], [...row, ...row, ...row, ...row]);
};

test("a file that is forged well cannot be told", async () => {
  const { state: read } = await readCheckpoint(await forged({}), "file");
  expect(read).toEqual(state);
});

const forgeries: readonly (readonly [string, Parameters<typeof forged>[0], RegExp])[] = [
  ["no digest", { metadata: (m) => void m.delete("sha256") }, /sha256: is missing$/],
  [
    "a short digest",
    { metadata: (m) => void m.set("sha256", "00") },
    /sha256: must be 64 hexadecimal digits$/,
  ],
  ["no network", { metadata: (m) => void m.delete("network") }, /network: must be valid JSON$/],
  [
    "another network",
    { metadata: json("network", { layers: [conv1d({ filters: 5, kernel: 5 })] }) },
    /weight" shape: must be \[5, 2, 5\]/,
  ],
  ["no options", { metadata: (m) => void m.delete("options") }, /options: must be valid JSON$/],
  [
    "deep options",
    { metadata: (m) => void m.set("options", '{"a":[[[1]]]}') },
    /options: must not be nested/,
  ],
  ["an unknown option", option({ speed: 1 }), /options: options has no field speed: did you mean seed\?$/],
  ["no rate", option({ learnRate: undefined }), /options learnRate: is missing$/],
  [
    "a rate of zero",
    option({ learnRate: 0 }),
    /options: learnRate must be a number above 0 in float32, finite in float32, got 0$/,
  ],
  [
    "half a batch",
    option({ batch: 0.5 }),
    /options: batch must be a whole number from 1 to 1000000, got 0.5$/,
  ],
  ["a negative seed", option({ seed: -1 }), /options: seed must be a whole number from 0/],
  [
    "endless epochs",
    option({ epochs: "Infinity" }),
    /options: epochs must be a whole number from 1 to 1000000, got Infinity$/,
  ],
  [
    "an unknown solver",
    option({ solver: { kind: "newton" } }),
    /solver must be an object of kind sgdm, adam, adamw or rmsprop, got "newton"$/,
  ],
  [
    "a solver of the prototype",
    option({ solver: { kind: "toString" } }),
    /solver must be an object of kind .*, got "toString"$/,
  ],
  [
    "a solver without beta",
    option({ solver: { kind: "adam", beta1: 0.9, epsilon: 1 } }),
    /options: beta2 must be a number from 0, below 1 in float32, got undefined$/,
  ],
  [
    "a solver with too much",
    option({ solver: { ...adam(), decay: 1 } }),
    /options: solver has no field decay: it may have kind, beta1, beta2 and epsilon$/,
  ],
  [
    "an unknown schedule",
    option({ schedule: 3 }),
    /options: schedule must be an object of kind none, piecewise or cosine, got 3$/,
  ],
  [
    "an unknown clip method",
    option({ clipMethod: "l3" }),
    /options: clipMethod must be one of l2norm, global-l2norm/,
  ],
  [
    "an unknown end",
    option({ restore: "first" }),
    /options: restore must be one of best, last, got "first"$/,
  ],
  ["no state", { metadata: (m) => void m.delete("state") }, /state: must be valid JSON$/],
  ["no iteration", told({ iteration: undefined }), /state iteration: must be a whole number of at least 0$/],
  ["half an iteration", told({ iteration: 1.5 }), /state iteration: must be a whole number/],
  ["another iteration", told({ iteration: 5 }), /tensor "history" shape: must be \[5, 6\], is \[4, 6\]$/],
  [
    "time that runs backwards",
    told({ seconds: -1 }),
    /state seconds: must be a finite number of at least 0$/,
  ],
  ["no digest of the data", told({ data: undefined }), /state data: must be 64 hexadecimal digits$/],
  ["half a digest", told({ data: "0".repeat(32) }), /state data: must be 64 hexadecimal digits$/],
  ["no rows", told({ rows: null }), /state rows: must be a JSON object$/],
  [
    "fewer rows",
    told({ rows: { training: 4, validation: 3 } }),
    /tensor "order": must hold rows from 0 to 3$/,
  ],
  [
    "a best that never was",
    told({ best: { iteration: 3, loss: 0.1 } }),
    /state best: must be a validation of the history$/,
  ],
  ["a best beyond the end", told({ best: { iteration: 9, loss: 0.1 } }), /state best: must be a validation/],
  ["a best of another loss", told({ best: { iteration: 4, loss: 0.1 } }), /state best: must be a validation/],
  [
    "no best, but its weights",
    told({ best: undefined }),
    /tensor "best\..*": belongs to no part of the training$/,
  ],
  ["a learnable less", without("learnable.conv1.bias"), /tensor "learnable.conv1.bias": is missing$/],
  [
    "a learnable too many",
    set("learnable.conv9.bias", f32(1)),
    /tensor "learnable.conv9.bias": belongs to no part/,
  ],
  [
    "a learnable of another shape",
    set("learnable.conv1.bias", f32(6)),
    /conv1.bias" shape: must be \[5\], is \[6\]$/,
  ],
  [
    "statistics of another shape",
    set("statistics.bn1", f32(1, 4, 4)),
    /"statistics.bn1" shape: must be \[2, 4, 4\]/,
  ],
  [
    "a learnable of another type",
    set("learnable.conv1.bias", f64([5], [1, 2, 3, 4, 5])),
    /dtype: must be F32, is F64$/,
  ],
  [
    "half a moment",
    without("moment.gradient mean.conv1.bias"),
    /"moment.gradient mean.conv1.bias": is missing$/,
  ],
  ["best weights less", without("best.statistics.bn1"), /tensor "best.statistics.bn1": is missing$/],
  ["no order", without("order"), /tensor "order": is missing$/],
  ["an empty order", set("order", i32([0, 2], [])), /tensor "order": must hold rows/],
  ["an order in floats", set("order", f32(2, 2)), /tensor "order" dtype: must be I32, is F32$/],
  [
    "an order of another batch",
    set("order", i32([1, 4], [0, 1, 2, 3])),
    /"order" shape: must be \[1, 2\], is \[1, 4\]$/,
  ],
  ["a negative row", set("order", i32([1, 2], [0, -1])), /tensor "order": must hold rows from 0 to 4$/],
  ["no history", without("history"), /tensor "history": is missing$/],
  [
    "an infinite loss",
    set(
      "history",
      historyWith((row) => (row[2] = Number.POSITIVE_INFINITY)),
    ),
    /"history": must be finite, element 2/,
  ],
  [
    "half an epoch",
    set(
      "history",
      historyWith((row) => (row[0] = 0.5)),
    ),
    /"history": must count epochs from 1$/,
  ],
  ["no validations", without("validations"), /tensor "validations": is missing$/],
  [
    "a validation of later",
    set("validations", f64([1, 3], [5, 1, 1])),
    /"validations": must hold ascending iterations up to 4$/,
  ],
  [
    "validations in disorder",
    set("validations", f64([2, 3], [4, 1, 1, 2, 1, 1])),
    /must hold ascending iterations/,
  ],
  [
    "validations at no iteration",
    set("validations", f64([1, 3], [Number.NaN, 1, 1])),
    /must hold ascending iterations/,
  ],
];

test("a forged file is refused", async () => {
  await forRowsInTurn(forgeries, async ([, change, message]) => {
    expect(await refusal(await forged(change))).toMatch(message);
  });
});
