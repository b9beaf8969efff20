/** Sequences of different lengths: nothing depends on what stands behind their real steps. */
import { describe, expect, test } from "vitest";
import { expectedTraining, trainingTolerance } from "../../../src/check/expected-training";
import {
  batchNorm,
  biGru,
  biLstm,
  conv1d,
  dense,
  dropout,
  globalMaxPool,
  layerNorm,
  leakyReLU,
  type NetworkSpec,
  sigmoid,
  tanh,
} from "../../../src/engine";
import type { KernelChoice } from "../../../src/engine/layers/layer";
import { initialise } from "../../../src/engine/training/initialise";
import { defaultTrainingOptions } from "../../../src/engine/training/options";
import { batchOrder } from "../../../src/engine/training/resolve";
import { inferenceBackward, inferenceForward } from "../../../src/reference/network";
import { trainToEnd } from "../../../src/reference/outcome";
import { gpu } from "../../browser/client";
import { expectRelative, expectWithin } from "../kernels/bounds";
import { singles } from "../kernels/layer";
import { dataOf, train } from "./train";

const [channels, outputs, steps, batch] = [3, 2, 11, 5];

const convolutional: NetworkSpec = {
  input: { channels, steps },
  layers: [
    conv1d({ filters: 6, kernel: 4 }),
    batchNorm(),
    leakyReLU(0.5),
    conv1d({ filters: 5, kernel: 3 }),
    tanh(),
    batchNorm(),
    dense({ outputs }),
  ],
  loss: "observations-and-steps",
};
const recurrent: NetworkSpec = {
  input: { channels, steps },
  layers: [biLstm({ hidden: 5 }), dropout(0.3), biGru({ hidden: 4 }), dense({ outputs })],
  loss: "observations",
};

/** One step of each sequence, whatever its length. */
const toOne: NetworkSpec = {
  input: { channels, steps },
  layers: [conv1d({ filters: 5, kernel: 3 }), sigmoid(), layerNorm(), globalMaxPool(), dense({ outputs })],
  loss: "observations-and-steps",
};

/** Samples of all lengths, with `padding` behind each. */
function samples(spec: NetworkSpec, lengths: readonly number[], padding: number, seed: number) {
  const rows = lengths.length;
  const values = (own: number, from: number) =>
    singles(rows * own * steps, from).map((value, i) =>
      i % steps < lengths[Math.floor(i / (own * steps))] ? value : padding,
    );
  const target = values(outputs, seed + 1);
  return {
    rows,
    lengths: Uint32Array.from(lengths),
    x: values(channels, seed),
    target: spec === toOne ? target.filter((_, i) => i % steps === 0) : target,
  };
}

const training = (spec: NetworkSpec, padding: number) =>
  samples(spec, [11, 1, 7, 2, 10, 4, 11, 5, 3, 8, 6, 9], padding, 1);
const held = (spec: NetworkSpec, padding: number) => samples(spec, [3, 11, 1, 6, 9, 2, 7], padding, 3);

const request = (spec: NetworkSpec, padding: number) => ({
  spec,
  batch,
  lengths: true,
  config: {
    train: training(spec, padding),
    validation: held(spec, padding),
    options: {
      initialisation: "glorot" as const,
      epochs: 3,
      validationEvery: 2,
      shuffle: "every-epoch" as const,
    },
  },
});

/** Trains as the reference does on each sequence alone. */
async function expectTraining(spec: NetworkSpec, kernels: Partial<KernelChoice> = {}): Promise<void> {
  const { progress, tensors, result } = await train({ ...request(spec, 1e3), kernels });

  const options = { ...defaultTrainingOptions, ...request(spec, 0).config.options, batch };
  const order = batchOrder(12, options);
  const reference = trainToEnd(
    spec,
    options,
    initialise(spec, options.initialisation, options.seed),
    { train: training(spec, 0), validation: held(spec, 0) },
    order,
  );
  const got = new Map<string, ArrayLike<number> | undefined>([
    ["loss", progress.map(({ loss }) => loss)],
    ["gradientNorm", progress.map(({ gradientNorm }) => gradientNorm)],
    ...Array.from(tensors, ([name, { data }]) => [`final.${name}`, data] as const),
  ]);
  for (const { tensor, expected, allowed } of expectedTraining(spec, options, reference))
    expectWithin(tensor, got.get(tensor), expected, allowed);
  for (const [name, expected] of reference.statistics)
    expectRelative(name, tensors.get(name)?.data, expected, trainingTolerance, 1);
  const validations = [...progress.flatMap(({ validation }) => validation ?? []), result.validation];
  for (const what of ["loss", "rmse"] as const)
    expectRelative(
      `validation ${what}`,
      validations.map((each) => each?.[what] ?? Number.NaN),
      reference.validations.map((each) => each[what]),
      trainingTolerance,
    );
}

/** Kernels other than those for the adapter: convolutions that would sum for a batch normalisation, recurrences in chunks. */
const others = [
  ["convolutional", convolutional, { software: false }],
  ["recurrent", recurrent, { software: false, dispatchFlops: 1 }],
  ["recurrent", recurrent, { workgroupBytes: 0 }],
] as const;

test.for(others)("a %s network trains the same with %o", async ([, spec, kernels]) => {
  await expectTraining(spec, kernels);
});

describe.for([
  ["convolutional", convolutional],
  ["recurrent", recurrent],
  ["to one", toOne],
] as const)("a %s network", ([, spec]) => {
  test("trains as the reference does on each sequence alone", () => expectTraining(spec));

  test("no bit depends on what stands behind the real steps", async () => {
    const [one, other] = [await train(request(spec, 1e3)), await train(request(spec, Number.NaN))];
    expect(dataOf(other.tensors)).toEqual(dataOf(one.tensors));
    const scores = ({ progress }: typeof one) => progress.map(({ seconds: _, ...rest }) => rest);
    expect(scores(other)).toEqual(scores(one));
    expect(other.result.validation).toEqual(one.result.validation);
  });

  test("predicts, and differentiates its prediction, as the reference does", async () => {
    const run = (padding: number) =>
      gpu.run(
        async ({ fluxion, device }, { spec, batch, set, weights, dy }) => {
          const network = await fluxion.Network.build(device, { ...spec, batch, lengths: true });
          try {
            const shapes = await network.readTensors();
            const tensors = new Map(
              [...shapes].map(([name, { shape, data }], i) => [
                name,
                { shape, data: /variance/.test(name) ? data : data.map((_, j) => weights[i * 37 + j]) },
              ]),
            );
            network.writeTensors(tensors);
            const prediction = await network.predict(set.x, set.lengths);
            const whole = await network.predict(set.x.map((value) => (value > 100 ? 0 : value || 0)));
            const dx = await network.inputGradient(set.x, dy, set.lengths);
            return { tensors, prediction, whole, dx };
          } finally {
            network.dispose();
          }
        },
        {
          spec,
          batch,
          set: held(spec, padding),
          weights: singles(2000, 9).map((value) => value / 3),
          dy: held(spec, padding).target,
        },
      );
    const got = await run(1e3);
    const clean = held(spec, 0);
    const named = new Map(Array.from(got.tensors, ([name, { data }]) => [name, Float64Array.from(data)]));
    const x = Float64Array.from(clean.x);
    const dy = Float64Array.from(clean.target);
    const prediction = inferenceForward(spec, named, named, x, clean.lengths);
    expectRelative("prediction", got.prediction, prediction, 1e-5);
    expectRelative("all steps", got.whole, inferenceForward(spec, named, named, x), 1e-5);
    expectRelative("dx", got.dx, inferenceBackward(spec, named, named, x, dy, clean.lengths), 1e-5);
    const other = await run(Number.NaN);
    expect(other.prediction).toEqual(got.prediction);
    expect(other.dx).toEqual(got.dx);
  });
});

test("a training on sequences of different lengths goes on to the same bits", async () => {
  const whole = await train({ ...request(recurrent, 0), checkpointEvery: 3 });
  const [state] = whole.states;
  const { config, ...rest } = request(recurrent, 0);
  const resumed = await train({ ...rest, config: { ...config, resume: state } });
  expect(state.iteration).toBe(3);
  expect(dataOf(resumed.tensors)).toEqual(dataOf(whole.tensors));
  const changed = { ...config.train, lengths: config.train.lengths.with(2, 6) };
  await expect(train({ ...rest, config: { ...config, train: changed, resume: state } })).rejects.toThrow(
    /the data are others/,
  );
});

test("a tuning is that of the network as it is built", async () => {
  const { found, wanted } = await gpu.run(
    async ({ fluxion, device }, { spec, batch }) => {
      const { tuning } = await fluxion.tune(device, { ...spec, batch, lengths: true }, { milliseconds: 0 });
      const wanted: string[] = [];
      const network = await fluxion.Network.build(
        device,
        { ...spec, batch, lengths: true },
        {
          choose: ({ kind, sizes, variants }) => {
            wanted.push(`${kind} ${sizes}`);
            return variants[0].calls();
          },
        },
      );
      network.dispose();
      return { found: Object.keys(tuning), wanted };
    },
    { spec: recurrent, batch },
  );
  expect(wanted.filter((key) => !found.includes(key))).toEqual([]);
  expect(wanted.some((key) => /^recurrence .*lengths/.test(key))).toBe(true);
});

test("a window of one step is that step, whatever the length", async () => {
  const values = { shape: [3, 2, 4] as const, data: singles(24, 5) };
  const outputs = await gpu.run(
    ({ fluxion, device }, values) =>
      fluxion.layerGradients(
        device,
        { kind: "maxpool", size: 1, stride: 1 },
        { x: values, dy: values.data, lengths: Uint32Array.of(4, 1, 3), learnables: new Map() },
      ),
    values,
  );
  const real = values.data.map((value, i) => (i % 4 < [4, 1, 3][Math.floor(i / 8)] ? value : 0));
  expect(outputs.get("y")).toEqual(real);
  expect(outputs.get("dx")).toEqual(real);
});
