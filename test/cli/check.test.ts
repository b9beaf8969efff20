/** What `check` says of a vector; that vectors pass or fail as they should is seen where kernels are tested. */
import { expect, it } from "vitest";
import { describe as describeCase, type Reported, runVector } from "../../src/cli/check";
import type { Device } from "../../src/engine";
import { FormatError, jsonLine, quote } from "../../src/engine/files/error";
import { writeSafetensors } from "../../src/engine/files/safetensors";

const vector = (op: string, config: object, name = "out.y") =>
  writeSafetensors(
    new Map([[name, { shape: [1], data: Float64Array.of(1) }]]),
    new Map([
      ["format", "fluxion-conformance/1"],
      ["op", op],
      ["config", JSON.stringify(config)],
      ["rtol", '{"y": 1}'],
    ]),
  );

it("a vector of another version is a failed case with its reason, and no end of the run", async () => {
  const cases: [Uint8Array, string, RegExp][] = [
    [vector("minpool", { size: 2 }), "minpool", /^op: this version has no operation "minpool"$/],
    [
      vector("conv1d", { kernel: 1, groups: 2 }),
      "conv1d",
      /^config: this version's conv1d knows no "groups"$/,
    ],
    [vector("dense", {}, "weight"), "dense", /^tensor "weight": must be named in/],
    [vector("dense", { deep: [[[[[[[[1]]]]]]]] }), "dense", /^config: must not be nested deeper/],
  ];
  for (const [bytes, op, reason] of cases) {
    // Nothing comes so far as to need a device.
    const result = await runVector({} as Device, "dir/case.safetensors", bytes, op);
    expect(result).toMatchObject({ case: "case", op, tensors: [], passed: false });
    expect(result.reason).toMatch(reason);
  }
});

it("columns stand below each other, however long a tensor's name is", () => {
  const names = ["loss", "final.bilstm1.forward.weight_ih", "final.fc.bias"];
  const text = describeCase({
    case: "train-bilstm",
    op: "train",
    file: "f",
    passed: true,
    tensors: names.map((name) => ({ name, error: 1e-9, allowed: 1e-5, passed: true })),
  });
  const lines = text.trimEnd().split("\n");
  expect(lines.length).toBe(3);
  expect(new Set(lines.map((line) => line.indexOf(" error "))).size).toBe(1);
  expect(new Set(lines.map((line) => line.length)).size).toBe(1);
});

it("names out of files cannot forge what it says", () => {
  const forged = "\u001b[2K\r\n24 of 24 cases passed\u009b1A\u202e";
  const told: Omit<Reported, "tensors" | "reason"> = {
    case: forged,
    op: forged,
    file: forged,
    passed: false,
  };
  const tensor = { name: forged, error: 1, allowed: 0, passed: false };
  for (const text of [
    describeCase({ ...told, tensors: [tensor] }),
    describeCase({ ...told, tensors: [], reason: forged }),
    `${quote(forged)}\n`,
    `${new FormatError(forged, forged, forged).message}\n`,
  ]) {
    expect(text).toMatch(/^[^\n]*\n$/);
    expect(text.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text).toContain("\\u");
  }
  expect(jsonLine({ forged })).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(JSON.parse(jsonLine({ forged }))).toEqual({ forged });
});
