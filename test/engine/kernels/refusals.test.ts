import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readSafetensors, writeSafetensors } from "../../../src/engine/files/safetensors";
import { gpu } from "../../browser/client";

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

/** One unit of one input, one step. */
const recurrent = {
  op: "lstm",
  config: { hidden: 1 },
  inputs: {
    x: [[1, 1, 1], [1]],
    dy: [[1, 1, 1], [1]],
    "forward.weight_ih": [
      [4, 1],
      [1, 2, 3, 4],
    ],
    "forward.weight_hh": [
      [4, 1],
      [1, 2, 3, 4],
    ],
    "forward.bias": [[4], [1, 2, 3, 4]],
  },
  outputs: { y: [[1, 1, 1], [1]] },
} as const;

const bad: readonly BadCase[] = [
  {
    ...recurrent,
    what: "gates in another order",
    config: { hidden: 1, gates: "ifog" },
    message: /gates/,
  },
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
  {
    ...leaky,
    what: "a slope beyond float32",
    config: { slope: 1e300 },
    message: /slope must be a number, finite in float32, got 1e\+300/,
  },
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
    ...recurrent,
    what: "no hidden units",
    config: { hidden: 0 },
    message: /in\.dy: must be \[1, 0, 1\], is \[1, 1, 1\]/,
  },
  {
    ...recurrent,
    what: "hidden units untold",
    config: {},
    message: /config hidden: must be a finite number/,
  },
  {
    ...recurrent,
    what: "weights for fewer hidden units",
    config: { hidden: 2 },
    inputs: {
      ...recurrent.inputs,
      dy: [
        [1, 2, 1],
        [1, 2],
      ],
    },
    message: /in\.forward\.weight_ih: must be \[8, 1\], is \[4, 1\]/,
  },
  {
    ...recurrent,
    what: "one direction of two",
    op: "bilstm",
    inputs: {
      ...recurrent.inputs,
      dy: [
        [1, 2, 1],
        [1, 2],
      ],
    },
    message: /in\.reverse\.weight_ih: must be a non-empty F32 tensor of 2 axes/,
  },
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
    message: /clip must be a number above 0/,
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

/** Expects a case to be refused for its content, in one line. */
async function expectRefusal(bytes: Uint8Array, message: RegExp): Promise<void> {
  const error = await gpu.run(
    ({ fluxion, device }, { bytes }) =>
      fluxion.runCase(device, bytes, "case").then(
        () => ({ name: "nothing was thrown", message: "" }),
        ({ name, message }: Error) => ({ name, message }),
      ),
    { bytes },
  );
  expect(error).toMatchObject({ name: "FormatError", message: expect.stringMatching(message) });
  expect(error.message).not.toContain("\n");
}

test.for(bad)("a case with $what is refused in one line", async (source) => {
  await expectRefusal(encode(source), source.message);
});

const trainBilstm = readSafetensors(
  new Uint8Array(readFileSync(new URL("../../conformance/train-bilstm.safetensors", import.meta.url))),
  "train-bilstm",
);

test.for([
  [{ hidden: 0 }, /bilstm1\.hidden must be a whole number from 1 to 1024, got 0/],
  [{ hidden: 1.5 }, /bilstm1\.hidden must be a whole number from 1 to 1024, got 1\.5/],
  [{ hidden: "8" }, /config hidden: must be a finite number/],
  [{ hidden: 7 }, /bilstm1\.forward\.weight_ih: expected 56 values, got 64/],
  [{ dropout: 1 }, /drop1\.probability must be a number from 0, below 1 in float32, got 1/],
  [{ dropout: -0.5 }, /drop1\.probability must be a number from 0, below 1 in float32, got -0\.5/],
  [{ dropout: null }, /config dropout: must be a finite number/],
  [{ network: "list" }, /no operation "train\/list"/],
  [{ network: "layers", layers: [{ layers: [{ kind: "gru" }] }] }, /knows no "hidden"/],
  [
    { options: { ...JSON.parse(trainBilstm.metadata.get("config") ?? "").options, nesterov: true } },
    /adam knows no "nesterov"/,
  ],
] as const)("a training of a recurrent network with %o is refused in one line", async ([change, message]) => {
  const { tensors, metadata } = trainBilstm;
  const config = { ...JSON.parse(metadata.get("config") ?? ""), ...change };
  const bytes = writeSafetensors(tensors, new Map([...metadata, ["config", JSON.stringify(config)]]));
  await expectRefusal(bytes, message);
});

test("an operation named like a member of every object is only unknown", async () => {
  const bytes = encode({ ...leaky, what: "", op: "constructor", message: /./ });
  await expectRefusal(bytes, /op: this version has no operation "constructor"/);
});

test("a case with more than its operation knows is refused, not taken for a simpler one", async () => {
  const zero = [[1], [0]] as [number[], number[]];
  const more: [Partial<BadCase>, RegExp][] = [
    [{ ...conv, config: { ...conv.config, groups: 1 } }, /config: this version's conv1d knows no "groups"/],
    [{ ...conv, config: { ...conv.config, stride: 2 } }, /config stride: must be 1 in this version/],
    [{ ...conv, config: { ...conv.config, padding: "causal" } }, /config padding: must be one of same/],
    [
      { ...conv, inputs: { ...conv.inputs, lengths: zero } },
      /in\.lengths: must be an I32 tensor \[1\] of 1 to 2/,
    ],
    [{ ...recurrent, inputs: { ...recurrent.inputs, "reverse.bias": zero } }, /lstm knows no "reverse.bias"/],
    [{ ...recurrent, op: "gru", inputs: { mask: zero } }, /in: this version's gru knows no "mask"/],
    [{ ...solver, config: { ...solver.config, amsgrad: true } }, /knows no "amsgrad"/],
  ];
  for (const [change, message] of more)
    await expectRefusal(encode({ ...leaky, what: "", message, ...change }), message);
});
