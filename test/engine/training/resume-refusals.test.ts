import { expect, test } from "vitest";
import { batchNorm, conv1d, dense, leakyReLU, type NetworkSpec } from "../../../src/engine";
import { adam } from "../../../src/engine/training/options";
import type { Tensors, TrainingState } from "../../../src/engine/training/state";
import { forRowsInTurn } from "../../rows";
import { type TrainingRequest, train } from "./train";

const spec: NetworkSpec = {
  input: { channels: 1, steps: 8 },
  layers: [conv1d({ filters: 5, kernel: 3 }), batchNorm(), leakyReLU(0.5), dense({ outputs: 1 })],
  loss: "observations-and-steps",
};
const curves = (rows: number) => ({
  rows,
  x: new Float32Array(rows * 8),
  target: new Float32Array(rows * 8),
});
/** 20 iterations. */
const config = { train: curves(9), validation: curves(3), options: { epochs: 5, learnRate: 0.05 } };
const request = { spec, batch: 2, config } as const;

type Change = (state: TrainingState, config: TrainingRequest["config"]) => Partial<TrainingRequest["config"]>;
const tensor = (length: number) => ({ shape: [length], data: new Float32Array(length) });
const changed =
  (change: Partial<TrainingState>): Change =>
  (state) => ({ resume: { ...state, ...change } });
const options =
  (given: TrainingRequest["config"]["options"]): Change =>
  (_, config) => ({ options: { ...config.options, ...given } });
const cases: readonly (readonly [string, Change, RegExp])[] = [
  ["another rate", options({ learnRate: 0.1 }), /^resume: learnRate was 0.05, is 0.1$/],
  ["another seed", options({ seed: 3 }), /^resume: seed was 0, is 3$/],
  ["finite patience", options({ patience: 3 }), /^resume: patience was "Infinity", is 3$/],
  ["another end", options({ restore: "best" }), /^resume: restore was "last", is "best"$/],
  [
    "another solver",
    options({ solver: adam() }),
    /^resume: solver was \{"kind":"sgdm","momentum":0.9\}, is \{"beta1":.*\}$/,
  ],
  ["more epochs", options({ epochs: 6 }), /^resume: epochs was 5, is 6$/],
  [
    "another slope",
    changed({ network: { ...spec, layers: [...spec.layers.slice(0, 2), leakyReLU(0.4), spec.layers[3]] } }),
    /^resume: layer 3 was \{"kind":"leakyrelu","slope":0.4\}, is \{"kind":"leakyrelu","slope":0.5\}$/,
  ],
  [
    "a layer less",
    changed({ network: { ...spec, layers: spec.layers.slice(1) } }),
    /^resume: the number of layers was 3, is 4$/,
  ],
  [
    "longer curves",
    changed({ network: { ...spec, input: { channels: 1, steps: 9 } } }),
    /^resume: the network's input was .*9\}, is .*8\}$/,
  ],
  [
    "another loss",
    changed({ network: { ...spec, loss: "observations" } }),
    /^resume: the network's loss was "observations", is "observations-and-steps"$/,
  ],
  [
    "fewer training curves",
    changed({ rows: { training: 8, validation: 3 } }),
    /^resume: the number of training rows was 8, is 9$/,
  ],
  [
    "more validation curves",
    changed({ rows: { training: 9, validation: 4 } }),
    /^resume: the number of validation rows was 4, is 3$/,
  ],
  ...(["train", "validation"] as const).flatMap((set) =>
    (["x", "target"] as const).map((which): readonly [string, Change, RegExp] => [
      `another ${which} in the ${set} set, as large`,
      (_, config) => ({
        [set]: {
          ...config[set],
          [which]: config[set][which].map((value, i) => value + (i === 71 % config[set].x.length ? 1 : 0)),
        },
      }),
      /^resume: the data are others than those that the training began with, though they are as many$/,
    ]),
  ),
  [
    "another order",
    (state) => ({ resume: { ...state, order: state.order.slice().reverse() } }),
    /^resume: the batches hold the rows in another order$/,
  ],
  [
    "given batches",
    () => ({ batches: Uint32Array.of(0, 1, 2, 3) }),
    /^resume: the batches hold the rows in another order$/,
  ],
  ["too many iterations", changed({ iteration: 21 }), /^resume: iteration 21 is none of the 20 planned$/],
  ["half an iteration", changed({ iteration: 1.5 }), /^resume: iteration 1.5 is none/],
  ["a short history", changed({ iteration: 7 }), /^resume: the history must hold iterations 1 to 7$/],
  ["no learnables", changed({ learnables: new Map() }), /^resume: tensor conv1.weight is missing$/],
  ["no moment", changed({ moments: new Map() }), /^resume: moment velocity is missing$/],
  [
    "a moment too many",
    (state) => ({
      resume: { ...state, moments: new Map<string, Tensors>([...state.moments, ["speed", new Map()]]) },
    }),
    /^resume: moment speed does not belong here$/,
  ],
  [
    "a learnable of another shape",
    (state) => ({
      resume: { ...state, learnables: new Map([...state.learnables, ["fc.bias", tensor(2)]]) },
    }),
    /^resume: fc.bias has shape \[2\] and 2 values, expected \[1\]$/,
  ],
  [
    "values that do not fill their shape",
    (state) => ({
      resume: {
        ...state,
        statistics: new Map([["bn1", { shape: [2, 4, 4], data: new Float32Array(31) }]]),
      },
    }),
    /^resume: statistics of bn1 has shape \[2,4,4\] and 31 values, expected \[2,4,4\]$/,
  ],
  [
    "a foreign learnable",
    (state) => ({
      resume: { ...state, learnables: new Map([...state.learnables, ["conv9.bias", tensor(1)]]) },
    }),
    /^resume: tensor conv9.bias does not belong here$/,
  ],
  [
    "a best without weights",
    (state) => ({
      resume: { ...state, ...(state.best && { best: { ...state.best, learnables: new Map() } }) },
    }),
    /^resume: best tensor conv1.weight is missing$/,
  ],
];

test("a state that does not fit is refused in one line", async () => {
  const [state] = (await train({ ...request, checkpointEvery: 2, stopAt: 2 })).states;
  await forRowsInTurn(cases, async ([, change, expected]) => {
    const error = await train({
      ...request,
      config: { ...config, resume: state, ...change(state, config) },
    }).then(
      () => new Error("nothing was thrown"),
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ name: "RangeError", message: expect.stringMatching(expected) });
    expect(error.message).not.toContain("\n");
  });
});

test("checkpoints at no iteration are refused", async () => {
  await expect(train({ ...request, checkpointEvery: 0 })).rejects.toThrow(
    /^checkpoint.every must be a whole number from 1 to 1000000000, got 0$/,
  );
});
