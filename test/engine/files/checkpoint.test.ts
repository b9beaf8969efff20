import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readCheckpoint, writeCheckpoint } from "../../../src/engine/files/checkpoint";
import { writeModel } from "../../../src/engine/files/model";
import { readSafetensors, type Tensor, writeSafetensors } from "../../../src/engine/files/safetensors";
import { adamw, rmsprop, sgdm } from "../../../src/engine/training/options";
import type { TrainingState } from "../../../src/engine/training/state";
import { history, network, refusal, state } from "./checkpoint-state";

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
    const convolution = [...state.learnables].filter(([name]) => name.startsWith("conv1"));
    const model = writeModel({ ...network, layers: [network.layers[0]] }, new Map(convolution));
    expect(await refusal(model)).toBe(
      'file: __metadata__ format: must be "fluxion-checkpoint/2", is "fluxion-model/1"',
    );
    const { tensors, metadata } = readSafetensors(await writeCheckpoint(state), "file");
    metadata.set("format", "fluxion-checkpoint/1");
    expect(await refusal(writeSafetensors(tensors, metadata))).toMatch(
      /format: is that of an earlier version, which kept no digest of the data: go on with that version/,
    );
    expect(await refusal(writeSafetensors(new Map()))).toMatch(/format: must be .*, is missing$/);
    expect(await refusal(new TextEncoder().encode("curve,x,f\n1,2,3\n"))).toMatch(/header/);
  });
});
