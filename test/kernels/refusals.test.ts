import { expect, test } from "vitest";
import { writeSafetensors } from "../../src/formats/safetensors";
import { gpu } from "../browser/client";

type Tensors = Readonly<Record<string, readonly [readonly number[], readonly number[]]>>;

interface BadCase {
  readonly what: string;
  readonly op: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs: Tensors;
  readonly outputs: Tensors;
  readonly rtol?: string;
  readonly message: RegExp;
}

const x = [
  [1, 1, 2],
  [1, 2],
] as const;
const leaky = { op: "leakyrelu", config: { slope: 0.5 }, inputs: { x, dy: x }, outputs: { y: x } };
const conv = {
  op: "conv1d",
  config: { kernel: 1, padding: "same" },
  inputs: { x, dy: x, weight: [[1, 1, 1], [2]], bias: [[1], [0]] },
  outputs: { y: x },
} as const;
const solver = {
  op: "sgdm",
  config: { learnRate: 0.1, momentum: 0.9, l2: 0 },
  inputs: { weight: [[2], [1, 2]], "grad.1": [[2], [1, 2]] },
  outputs: { "weight.1": [[2], [1, 2]] },
} as const;

const bad: readonly BadCase[] = [
  {
    ...leaky,
    what: "an infinite expectation",
    outputs: {
      y: [
        [1, 1, 2],
        [Infinity, 77],
      ],
    },
    message: /out\.y: must be finite/,
  },
  {
    ...leaky,
    what: "an infinite input",
    inputs: {
      x: [
        [1, 1, 2],
        [Infinity, 1],
      ],
      dy: x,
    },
    message: /in\.x: must be finite/,
  },
  {
    ...leaky,
    what: "an infinite tolerance",
    rtol: '{"y":1e999}',
    message: /rtol y: must be a finite number/,
  },
  { ...leaky, what: "a missing tolerance", rtol: "{}", message: /must give a tolerance for y/ },
  { ...leaky, what: "a slope beyond float32", config: { slope: 1e300 }, message: /slope must be finite/ },
  {
    ...leaky,
    what: "a gradient of another shape",
    inputs: {
      x,
      dy: [
        [1, 2, 1],
        [1, 2],
      ],
    },
    message: /in\.dy: must be \[1, 1, 2\]/,
  },
  {
    ...conv,
    what: "a kernel that is not the weight's",
    config: { kernel: 3 },
    message: /in\.weight: must be \[1, 1, 3\]/,
  },
  { ...conv, what: "a kernel of no taps", config: { kernel: -1 }, message: /in\.weight: must be/ },
  { ...conv, what: "no bias", inputs: { x, dy: x, weight: [[1, 1, 1], [2]] }, message: /in\.bias: must be/ },
  {
    ...solver,
    what: "no gradient",
    inputs: { weight: [[2], [1, 2]] },
    message: /no gradient to make a step with/,
  },
  {
    ...solver,
    what: "a short gradient",
    inputs: { ...solver.inputs, "grad.2": [[1], [1]] },
    message: /in\.grad\.2: must be \[2\]/,
  },
  { ...solver, what: "decay beyond float32", config: { ...solver.config, l2: 1e39 }, message: /l2 must be/ },
  {
    what: "a negative threshold",
    op: "clip",
    config: { method: "absolute-value", threshold: -1 },
    inputs: { g0: [[2], [1, 2]] },
    outputs: { g0: [[2], [1, 2]] },
    message: /clip must be positive/,
  },
];

const encode = ({ op, config, inputs, outputs, rtol }: BadCase) => {
  const named = (prefix: string, tensors: Tensors) =>
    Object.entries(tensors).map(
      ([name, [shape, data]]) => [`${prefix}.${name}`, { shape, data: Float32Array.from(data) }] as const,
    );
  return writeSafetensors(
    new Map([...named("in", inputs), ...named("out", outputs)]),
    new Map([
      ["format", "fluxion-conformance/1"],
      ["op", op],
      ["config", JSON.stringify(config)],
      ["rtol", rtol ?? JSON.stringify(Object.fromEntries(Object.keys(outputs).map((name) => [name, 1e-5])))],
    ]),
  );
};

test.for(bad)("a case with $what is refused in one line", async (source) => {
  const error = await gpu.run(
    ({ fluxion, device }, { bytes }) =>
      fluxion.runCase(device, bytes, "case").then(
        () => ({ name: "nothing was thrown", message: "" }),
        ({ name, message }: Error) => ({ name, message }),
      ),
    { bytes: encode(source) },
  );
  expect(error).toMatchObject({ name: "FormatError", message: expect.stringMatching(source.message) });
  expect(error.message).not.toContain("\n");
});

test("an operation named like a member of every object is only unknown", async () => {
  const { reason, tensors } = await gpu.run(
    ({ fluxion, device }, { bytes }) => fluxion.runCase(device, bytes, "case"),
    { bytes: encode({ ...leaky, what: "", op: "constructor", message: /./ }) },
  );
  expect(reason).toBe("this version has no operation constructor");
  expect(tensors.every(({ passed }) => !passed)).toBe(true);
});
