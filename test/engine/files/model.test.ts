import { describe, expect, it } from "vitest";
import { molerBilstm, molerCnn } from "../../../src/calculus/networks";
import { lstm, resolveLayers } from "../../../src/engine";
import { FormatError } from "../../../src/engine/files/error";
import { type ModelTensor, readModel, writeModel } from "../../../src/engine/files/model";
import { writeSafetensors } from "../../../src/engine/files/safetensors";
import { tensorShapes } from "../../../src/engine/network/spec";

const spec = molerCnn({ filters: 3, kernel: 5, samples: 10 });
const zeros = (shape: readonly number[]): ModelTensor => ({
  shape,
  data: new Float32Array(shape.reduce((product, length) => product * length, 1)).fill(0.5),
});
const tensors = new Map(
  resolveLayers(spec).flatMap(({ name, spec: layer, output, learnables }) => [
    ...learnables.map((learnable): [string, ModelTensor] => [learnable.name, zeros(learnable.shape)]),
    ...(layer.kind === "batchnorm" ? ["mean", "variance"] : []).map((statistic): [string, ModelTensor] => [
      `${name}.${statistic}`,
      zeros([output.channels]),
    ]),
  ]),
);
const network = (change: object) =>
  new Map([
    ["format", "fluxion-model/1"],
    ["network", JSON.stringify({ ...spec, ...change })],
  ]);
const without = (name: string) => new Map([...tensors].filter(([key]) => key !== name));
const replaced = (name: string, tensor: { shape: readonly number[]; data: Float32Array | Float64Array }) =>
  writeSafetensors(new Map<string, typeof tensor>([...tensors, [name, tensor]]), network({}));

describe("a model file", () => {
  it("gives back network, tensors and metadata", () => {
    const model = readModel(writeModel(spec, tensors, new Map([["seed", "3"]])), "model");
    expect(model.spec).toEqual(spec);
    expect([...model.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
    expect(model.tensors.get("conv1.weight")).toEqual(tensors.get("conv1.weight"));
    expect(model.metadata.get("seed")).toBe("3");
  });

  it("is not written with what could not be read", () => {
    const refusals: readonly (readonly [RegExp, () => unknown])[] = [
      [
        /^format is a name of the model's own metadata$/,
        () => writeModel(spec, tensors, new Map([["format", "x"]])),
      ],
      [/^network is a name of the model's/, () => writeModel(spec, tensors, new Map([["network", "{}"]]))],
      [
        /tensor "fc.bias": belongs to no layer/,
        () => writeModel(spec, new Map([...tensors, ["fc.bias", zeros([1])]])),
      ],
      [/tensor "conv1.weight": is missing/, () => writeModel(spec, without("conv1.weight"))],
      [
        /tensor "conv1.bias": must be finite, element 0/,
        () =>
          writeModel(
            spec,
            new Map([...tensors, ["conv1.bias", { shape: [3], data: new Float32Array(3).fill(Number.NaN) }]]),
          ),
      ],
      [
        /channels: must be a whole number/,
        () => writeModel({ ...spec, input: { channels: 4097, steps: 1 } }, tensors),
      ],
    ];
    for (const [message, write] of refusals) {
      expect(write).toThrow(RangeError);
      expect(write).toThrow(message);
    }
  });

  it("gives back recurrent layers and dropout", () => {
    const { layers, ...rest } = molerBilstm({ hidden: 3, dropout: 0.25, samples: 10 });
    const recurrent = { ...rest, layers: [lstm({ hidden: 2 }), ...layers] };
    const values = new Map(
      Array.from(tensorShapes(resolveLayers(recurrent)), ([name, shape]) => [name, zeros(shape)]),
    );
    const model = readModel(writeModel(recurrent, values), "model");
    expect(model.spec).toEqual(recurrent);
    expect(model.tensors.get("bilstm2.reverse.weight_hh")?.shape).toEqual([12, 3]);
    expect(model.tensors.size).toBe(17);
  });

  const layer = (kind: string, more: object = {}) => network({ layers: [{ kind, ...more }] });
  it.each<[string, Uint8Array, RegExp]>([
    ["no format", writeSafetensors(tensors), /__metadata__ format: must be "fluxion-model\/1", is missing/],
    ["another format", writeSafetensors(tensors, new Map([["format", "x"]])), /format: must be .* is "x"/],
    [
      "no network",
      writeSafetensors(tensors, new Map([["format", "fluxion-model/1"]])),
      /network: must be valid JSON/,
    ],
    [
      "no layers",
      writeSafetensors(tensors, network({ layers: [] })),
      /network layers: must be a list of 1 to 256/,
    ],
    [
      "an unknown layer",
      writeSafetensors(tensors, layer("attention")),
      /layers\[0\] kind: "attention" is no layer/,
    ],
    ["a layer of the prototype", writeSafetensors(tensors, layer("toString")), /"toString" is no layer/],
    [
      "absurd filters",
      writeSafetensors(tensors, layer("conv1d", { filters: 1e9, kernel: 1 })),
      /filters: must be a whole number from 1 to 4096, is 1000000000/,
    ],
    [
      "fractional kernel",
      writeSafetensors(tensors, layer("conv1d", { filters: 1, kernel: 1.5 })),
      /kernel: must be a whole number/,
    ],
    [
      "epsilon of zero",
      writeSafetensors(tensors, layer("batchnorm", { epsilon: 0 })),
      /epsilon: must be a number above 0 in float32, finite in float32, is 0$/,
    ],
    [
      "absurd hidden units",
      writeSafetensors(tensors, layer("bilstm", { hidden: 1025 })),
      /layers\[0\] hidden: must be a whole number from 1 to 1024, is 1025/,
    ],
    [
      "no hidden units",
      writeSafetensors(tensors, layer("lstm")),
      /hidden: must be a whole number .* is undefined$/,
    ],
    [
      "dropout of everything",
      writeSafetensors(tensors, layer("dropout", { probability: 1 })),
      /layers\[0\] probability: must be a number from 0, below 1 in float32, is 1$/,
    ],
    [
      "a negative probability",
      writeSafetensors(tensors, layer("dropout", { probability: -0.5 })),
      /probability: must be a number from 0, .* is -0.5$/,
    ],
    [
      "no slope",
      writeSafetensors(tensors, layer("leakyrelu")),
      /slope: must be a number, finite in float32, is undefined$/,
    ],
    [
      "an unknown loss",
      writeSafetensors(tensors, network({ loss: "none" })),
      /network loss: must be one of observations, observations-and-steps$/,
    ],
    ["no input", writeSafetensors(tensors, network({ input: 3 })), /network input: must be a JSON object/],
    ["a missing tensor", writeSafetensors(without("bn2.mean"), network({})), /tensor "bn2.mean": is missing/],
    ["an extra tensor", replaced("conv9.weight", zeros([1])), /tensor "conv9.weight": belongs to no layer/],
    [
      "a wrong shape",
      replaced("conv1.weight", zeros([2, 3, 5])),
      /tensor "conv1.weight" shape: must be \[3, 2, 5\], is \[2, 3, 5\]/,
    ],
    [
      "a wrong rank",
      replaced("conv1.bias", zeros([3, 1])),
      /tensor "conv1.bias" shape: must be \[3\], is \[3, 1\]/,
    ],
    [
      "a wrong dtype",
      replaced("conv1.bias", { shape: [3], data: new Float64Array(3) }),
      /tensor "conv1.bias" dtype: must be F32, is F64/,
    ],
    [
      "a NaN",
      replaced("conv1.bias", { shape: [3], data: new Float32Array([0, Number.NaN, 0]) }),
      /tensor "conv1.bias": must be finite, element 1/,
    ],
    [
      "a negative variance",
      replaced("bn1.variance", { shape: [3], data: new Float32Array([1, -1, 1]) }),
      /tensor "bn1.variance": must not be negative/,
    ],
  ])("is refused: %s", (_, bytes, message) => {
    const read = () => readModel(bytes, "model");
    expect(read).toThrow(FormatError);
    expect(read).toThrow(message);
  });
});
