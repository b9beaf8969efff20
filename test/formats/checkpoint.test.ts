import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readCheckpoint, writeCheckpoint } from "../../src/formats/checkpoint";
import { FormatError } from "../../src/formats/error";
import { writeModel } from "../../src/formats/model";
import { readSafetensors, type Tensor, writeSafetensors } from "../../src/formats/safetensors";
import { batchNorm, biLstm, conv1d, dropout, type NetworkSpec, resolveLayers } from "../../src/nn/spec";
import { adam, adamw, defaultTrainingOptions, rmsprop, sgdm } from "../../src/train/options";
import type { Progress } from "../../src/train/progress";
import { statisticsShapes, type Tensors, type TrainingState } from "../../src/train/state";

const network: NetworkSpec = {
  input: { channels: 2, steps: 4 },
  layers: [conv1d({ filters: 5, kernel: 3 }), batchNorm(), biLstm({ hidden: 2 }), dropout(0.5)],
  loss: "observations",
};
const layers = resolveLayers(network);

/** Values that differ, among them those that a careless copy would change. */
function tensors(shapes: Iterable<readonly [string, readonly number[]]>, start: number): Tensors {
  return new Map(
    Array.from(shapes, ([name, shape], i) => {
      const count = shape.reduce((product, length) => product * length, 1);
      const data = Float32Array.from({ length: count }, (_, j) => start + i + j / 7);
      data[0] = -0;
      return [name, { shape, data }];
    }),
  );
}
const learnableShapes = layers.flatMap(({ learnables }) =>
  learnables.map(({ name, shape }) => [name, shape] as const),
);
const weights = (start: number) => ({
  learnables: tensors(learnableShapes, start),
  statistics: tensors(statisticsShapes(layers), start + 50),
});

const history: readonly Progress[] = [1, 2, 3, 4].map((iteration) => ({
  iteration,
  epoch: Math.ceil(iteration / 2),
  learnRate: Math.fround(0.01 / iteration),
  loss: Math.fround(1 / iteration),
  rmse: Math.fround(1 / (1 + iteration)),
  gradientNorm: Math.fround(3 / iteration),
  seconds: iteration / 3,
  ...(iteration % 2 === 0 && { validation: { loss: 0.75 / iteration, rmse: 0.5 } }),
}));

const state: TrainingState = {
  network,
  options: { ...defaultTrainingOptions, batch: 2, epochs: 7, solver: adam(), seed: 4294967295 },
  rows: { training: 5, validation: 3 },
  order: Uint32Array.of(4, 0, 3, 1),
  iteration: 4,
  seconds: 1.25,
  ...weights(1),
  moments: new Map([
    ["gradient mean", tensors(learnableShapes, 100)],
    ["gradient mean square", tensors(learnableShapes, 200)],
  ]),
  best: { iteration: 4, loss: 0.1875, ...weights(300) },
  history,
};

const reread = async (given: TrainingState) =>
  (await readCheckpoint(await writeCheckpoint(given), "file")).state;

describe("a checkpoint gives back", () => {
  test("the state, bit for bit, and the metadata", async () => {
    const metadata = new Map([
      ["data", JSON.stringify({ curves: 6, note: '"sha256":"' })],
      ["7", "a key that objects put first"],
    ]);
    const read = await readCheckpoint(await writeCheckpoint(state, metadata), "file");
    expect(read.state).toEqual(state);
    expect(read.metadata).toEqual(metadata);
    expect(Object.is(read.state.learnables.get("conv1.weight")?.data[0], -0)).toBe(true);
  });

  test("an interrupted beginning: nothing done, nothing best", async () => {
    const { best: _, ...rest } = state;
    const beginning = { ...rest, iteration: 0, seconds: 0, history: [] };
    expect(await reread(beginning)).toEqual(beginning);
  });

  test.for([
    { solver: sgdm({ momentum: 0.5 }), patience: 3, clip: Number.POSITIVE_INFINITY },
    { solver: adamw(), schedule: { kind: "piecewise", factor: 0.5, period: 2 } },
    { solver: rmsprop(), schedule: { kind: "cosine", warmup: 3 }, restore: "best" },
    {
      clipMethod: "absolute-value",
      initialisation: "glorot",
      shuffle: "never",
      batchNormStatistics: "moving",
    },
  ] as const)("options: %o", async (change) => {
    const options = { ...state.options, ...change };
    expect((await reread({ ...state, options })).options).toEqual(options);
  });

  test("validations and weights that are not finite, as a training on the brink has them", async () => {
    const brink = {
      ...state,
      history: history.map((each, i) => ({
        ...each,
        ...(i === 1 && { validation: { loss: Number.NaN, rmse: Number.POSITIVE_INFINITY } }),
      })),
      learnables: new Map([
        ...state.learnables,
        ["conv1.bias", { shape: [5], data: Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY, 0, 1, 2) }],
      ]),
    };
    expect(await reread(brink)).toEqual(brink);
  });

  test("a digest that is that of the file with its own digits as zeros", async () => {
    const bytes = await writeCheckpoint(state);
    const digest = readSafetensors(bytes, "file").metadata.get("sha256") ?? "";
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    const text = Buffer.from(bytes).toString("latin1").replace(digest, "0".repeat(64));
    expect(createHash("sha256").update(Buffer.from(text, "latin1")).digest("hex")).toBe(digest);
  });
});

test("metadata must leave the format's own names alone", async () => {
  for (const name of ["format", "sha256", "network", "options", "state"])
    await expect(writeCheckpoint(state, new Map([[name, ""]]))).rejects.toThrow(
      `${name} is a name of the checkpoint's own metadata`,
    );
});

/** What reading says; a refusal is one line that names the file. */
async function refusal(bytes: Uint8Array): Promise<string> {
  try {
    await readCheckpoint(bytes, "file");
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    const { message } = error as FormatError;
    expect(message).toMatch(/^file: \S/);
    expect(message).not.toContain("\n");
    return message;
  }
  return "nothing was thrown";
}

describe("a damaged file is refused", () => {
  test("cut off anywhere", async () => {
    const bytes = await writeCheckpoint(state);
    const lengths = new Set([0, 1, 7, 8, 9, bytes.length - 1, bytes.length - 4, bytes.length - 8]);
    for (let i = 1; i < 60; i++) lengths.add(Math.floor((bytes.length * i) / 60));
    for (const length of lengths)
      expect(await refusal(bytes.subarray(0, length)), `${length} bytes`).not.toBe("nothing was thrown");
    expect(await refusal(new Uint8Array([...bytes, 0]))).toMatch(/data: must end/);
  });

  test("with any bit flipped", async () => {
    const bytes = await writeCheckpoint(state, new Map([["data", "{}"]]));
    // Every byte of the header and every seventh of the data, one bit of each.
    const headerEnd = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    for (let at = 0; at < bytes.length; at += at < headerEnd ? 1 : 7) {
      const flipped = bytes.slice();
      flipped[at] ^= 1 << (at % 8);
      expect(await refusal(flipped), `byte ${at}`).not.toBe("nothing was thrown");
    }
  });

  test("with two tensors of one shape exchanged", async () => {
    const { tensors, metadata } = readSafetensors(await writeCheckpoint(state), "file");
    const names = ["learnable.bilstm1.forward.weight_ih", "learnable.bilstm1.reverse.weight_ih"] as const;
    const [one, other] = names.map((name) => tensors.get(name) as Tensor);
    const exchanged = new Map([...tensors, [names[0], other], [names[1], one]]);
    expect(await refusal(writeSafetensors(exchanged, metadata))).toBe(
      "file: __metadata__ sha256: does not fit the content: the file was damaged or altered",
    );
  });

  test("that is no checkpoint", async () => {
    const model = writeModel(network, state.learnables);
    expect(await refusal(model)).toBe(
      'file: __metadata__ format: must be "fluxion-checkpoint/1", is "fluxion-model/1"',
    );
    expect(await refusal(writeSafetensors(new Map()))).toMatch(/format: must be .*, is missing$/);
    expect(await refusal(new TextEncoder().encode("curve,x,f\n1,2,3\n"))).toMatch(/header/);
  });
});

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

describe("a forged file is refused", () => {
  test("but not one that is forged well", async () => {
    const { state: read } = await readCheckpoint(await forged({}), "file");
    expect(read).toEqual(state);
  });

  test.for<readonly [string, Parameters<typeof forged>[0], RegExp]>([
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
    ["an unknown option", option({ speed: 1 }), /options: has the unknown key "speed"$/],
    ["no rate", option({ learnRate: undefined }), /options learnRate: must be a number or "Infinity"$/],
    ["a rate of zero", option({ learnRate: 0 }), /options: learnRate must be positive and finite, got 0$/],
    ["half a batch", option({ batch: 0.5 }), /options: batch must be a positive whole number/],
    ["a negative seed", option({ seed: -1 }), /options: seed must be a whole number from 0/],
    ["endless epochs", option({ epochs: "Infinity" }), /options: epochs must be a positive whole number/],
    [
      "an unknown solver",
      option({ solver: { kind: "newton" } }),
      /solver kind: must be one of sgdm, adam, adamw/,
    ],
    ["a solver of the prototype", option({ solver: { kind: "toString" } }), /solver kind: must be one of/],
    [
      "a solver without beta",
      option({ solver: { kind: "adam", beta1: 0.9, epsilon: 1 } }),
      /solver beta2: must be a number/,
    ],
    [
      "a solver with too much",
      option({ solver: { ...adam(), decay: 1 } }),
      /solver: has the unknown key "decay"$/,
    ],
    ["an unknown schedule", option({ schedule: 3 }), /options schedule: must be a JSON object$/],
    [
      "an unknown clip method",
      option({ clipMethod: "l3" }),
      /clipMethod: must be one of l2norm, global-l2norm/,
    ],
    ["an unknown end", option({ restore: "first" }), /restore: must be one of best, last$/],
    ["no state", { metadata: (m) => void m.delete("state") }, /state: must be valid JSON$/],
    [
      "no iteration",
      told({ iteration: undefined }),
      /state iteration: must be a whole number of at least 0$/,
    ],
    ["half an iteration", told({ iteration: 1.5 }), /state iteration: must be a whole number/],
    ["another iteration", told({ iteration: 5 }), /tensor "history" shape: must be \[5, 6\], is \[4, 6\]$/],
    [
      "time that runs backwards",
      told({ seconds: -1 }),
      /state seconds: must be a finite number of at least 0$/,
    ],
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
    [
      "a best beyond the end",
      told({ best: { iteration: 9, loss: 0.1 } }),
      /state best: must be a validation/,
    ],
    [
      "a best of another loss",
      told({ best: { iteration: 4, loss: 0.1 } }),
      /state best: must be a validation/,
    ],
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
  ])("%s", async ([, change, message]) => {
    expect(await refusal(await forged(change))).toMatch(message);
  });
});
