import { expect, test } from "vitest";
import type { ConformanceCase } from "../../src/check/case";
import { runLayer } from "../../src/check/operations";
import type { Device } from "../../src/engine";

test("a case of a layer that none can be made of is refused, and is none of another layer", () => {
  const source = {
    label: "case",
    op: "tanh",
    config: new Map([["slope", 0.5]]),
    inputs: new Map(
      ["x", "dy"].map((name) => [name, { dtype: "F32", shape: [1, 1, 1], data: new Float32Array(1) }]),
    ),
    outputs: new Map(),
    rtol: new Map(),
  } as unknown as ConformanceCase;
  expect(() => runLayer({} as Device, source, {})).toThrow(/op: this version makes no layer of "tanh"$/);
});
