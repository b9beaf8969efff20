/** What plain JavaScript hands over by mistake, and the one line that says so before anything is built. */
import { expect, test } from "vitest";
import {
  averagePool,
  batchNorm,
  biGru,
  biLstm,
  conv1d,
  dense,
  dropout,
  gru,
  layerNorm,
  leakyReLU,
  lstm,
  maxPool,
  type NetworkSpec,
  resolveLayers,
} from "../../../src/engine";
import { requireConfig, type TrainerConfig } from "../../../src/engine/training/config";
import { adam, adamw, rmsprop, sgdm, type TrainingOptions } from "../../../src/engine/training/options";
import { resolveTraining } from "../../../src/engine/training/resolve";

/** Each is wrong in one way; where types would say so, they are not asked. */
type Row = readonly [given: unknown, message: RegExp];

const expectRefusals = (rows: readonly Row[], act: (given: never) => unknown) => {
  for (const [given, message] of rows) {
    let thrown: unknown;
    try {
      act(given as never);
    } catch (error) {
      thrown = error;
    }
    expect(thrown, String(message)).toSatisfy(
      (error) => error instanceof RangeError || error instanceof TypeError,
    );
    expect((thrown as Error).message).toMatch(message);
    expect((thrown as Error).message).not.toContain("\n");
  }
};

test("options that are none, or of values that they may not have", () => {
  const solver = (given: unknown) => ({ solver: given });
  const rows: readonly Row[] = [
    [{ learningRate: 1 }, /^options has no field learningRate: did you mean learnRate\?$/],
    [{ batchSize: 5 }, /^options has no field batchSize: did you mean batch\?$/],
    [{ Epochs: 5 }, /did you mean epochs\?$/],
    [{ lr: 1 }, /^options has no field lr: it may have solver, learnRate, schedule, epochs, /],
    [null, /^options must be an object with solver, .* got null$/],
    ["adam", /^options must be an object with solver, .* got "adam"$/],
    [{ batch: 3 }, /^batch must be 2, as the network was built, got 3$/],
    [{ shuffle: "epoch" }, /^shuffle must be one of once, every-epoch, never, got "epoch"$/],
    [{ restore: true }, /^restore must be one of best, last, got true$/],
    [{ learnRate: undefined }, /^learnRate must be a number above 0 .* got undefined$/],
    [{ learnRate: "0.1" }, /^learnRate must be a number .* got "0.1"$/],
    [{ learnRate: 0 }, /^learnRate must be/],
    [{ learnRate: Number.POSITIVE_INFINITY }, /^learnRate must be/],
    [{ learnRate: 1e39 }, /^learnRate must be a number above 0 in float32, finite in float32, got 1e\+39$/],
    [{ epochs: 0 }, /^epochs must be a whole number from 1 to 1000000, got 0$/],
    [{ epochs: 0.5 }, /^epochs must be/],
    [{ epochs: 1e9 }, /^epochs must be a whole number from 1 to 1000000, got 1000000000$/],
    [{ l2: -1 }, /^l2 must be/],
    [{ clip: 0 }, /^clip must be a number above 0 in float32, finite in float32, or Infinity, got 0$/],
    [{ clip: Number.NaN }, /^clip must be/],
    [{ clipMethod: "norm" }, /^clipMethod must be one of l2norm, global-l2norm, absolute-value, got "norm"$/],
    [{ initialisation: "he" }, /^initialisation must be one of narrow-normal, glorot/],
    [{ batchNormStatistics: [] }, /^batchNormStatistics must be one of .* got an array of 0 values$/],
    [{ validationEvery: 0 }, /^validationEvery must be/],
    [{ patience: 0 }, /^patience must be a whole number from 1 to 1000000000, or Infinity, got 0$/],
    [{ seed: -1 }, /^seed must be/],
    [solver("adam"), /^solver must be an object of kind sgdm, adam, adamw or rmsprop, got "adam"$/],
    [solver(adam), /^solver must be an object of kind .* got a function$/],
    [solver({ kind: "toString" }), /^solver must be an object of kind .* got "toString"$/],
    [
      solver({ kind: "adam", beta1: 0.9 }),
      /^beta2 must be a number from 0, below 1 in float32, got undefined$/,
    ],
    [
      solver({ ...adam(), lr: 0.1 }),
      /^solver has no field lr: it may have kind, .* and epsilon; the learning rate is options.learnRate$/,
    ],
    [solver({ ...sgdm(), nesterov: true }), /^solver has no field nesterov: it may have kind and momentum$/],
    [solver(sgdm({ momentum: 1 })), /^momentum must be/],
    [solver(sgdm({ momentum: Number.NaN })), /^momentum must be/],
    [solver(adam({ beta2: 1 })), /^beta2 must be a number from 0, below 1 in float32, got 1$/],
    [solver(adam({ epsilon: 0 })), /^epsilon must be a number above 0 in float32, at most 1, got 0$/],
    [solver(adamw({ weightDecay: Number.POSITIVE_INFINITY })), /^weightDecay must be/],
    [solver(adamw({ weightDecay: -0.1 })), /^weightDecay must be/],
    [solver(adamw({ beta1: 1 })), /^beta1 must be/],
    [solver(rmsprop({ decay: 1 })), /^decay must be/],
    [solver(rmsprop({ epsilon: 0 })), /^epsilon must be/],
    [{ schedule: "cosine" }, /^schedule must be an object of kind none, piecewise or cosine, got "cosine"$/],
    [{ schedule: { kind: "piecewise", factor: 0.1, period: 0 } }, /^schedule.period must be/],
    [{ schedule: { kind: "piecewise", factor: Number.NaN, period: 1 } }, /^schedule.factor must be/],
    [{ schedule: { kind: "cosine", warmup: -1 } }, /^schedule.warmup must be/],
    [{ schedule: { kind: "cosine", warmUp: 1 } }, /^schedule has no field warmUp: did you mean warmup\?$/],
    [
      { learnRate: 1, epochs: 50, schedule: { kind: "piecewise", factor: 1e30, period: 1 } },
      /^the learning rate of iteration 11 is not finite$/,
    ],
  ];
  expectRefusals(rows, (options) => resolveTraining({ batch: 2, parameterCount: 3 }, options, 10, undefined));
});

test("a training that would never end is refused at once", () => {
  const plan = (rows: number, options: Partial<TrainingOptions>) =>
    resolveTraining({ batch: 1, parameterCount: 3 }, options, rows, undefined);
  const message = /^at most 10000000 iterations can be planned, not 1000000000: use fewer epochs or a larger/;
  expect(() => plan(1000, { epochs: 1e6 })).toThrow(message);
  expect(() => plan(1e6, { epochs: 1000 })).toThrow(message);
  expect(() =>
    resolveTraining(
      { batch: 1000, parameterCount: 3 },
      { epochs: 1000, shuffle: "every-epoch" },
      1e6,
      undefined,
    ),
  ).toThrow(/^every-epoch can shuffle at most 16777216 rows in all epochs together: use fewer epochs/);
  expect(plan(2, { epochs: 3 }).iterations).toBe(6);
});

test("batches, and networks that learn nothing", () => {
  const network = { batch: 2, parameterCount: 3 };
  const plan = (batches: Uint32Array | undefined) => resolveTraining(network, undefined, 4, batches);
  expect(() => plan(Uint32Array.of(0, 1, 2))).toThrow(/^batches must hold \(iterations, 2\) rows below 4$/);
  expect(() => plan(Uint32Array.of(0, 4))).toThrow(/^batches must hold/);
  expect(() => plan(new Uint32Array())).toThrow(/^batches must hold/);
  expect(() => resolveTraining({ ...network, parameterCount: 0 }, undefined, 4, undefined)).toThrow(
    /^the network has no learnables to train$/,
  );
  expect(() => resolveTraining({ ...network, batch: 5 }, undefined, 4, undefined)).toThrow(
    /^batch \(5\) exceeds the 4 rows of the training set$/,
  );
});

test("a configuration of other names, other types, or other data", () => {
  const set = { rows: 4, x: new Float32Array(24), target: new Float32Array(12) };
  const whole = { train: set, validation: set };
  const config = (change: Readonly<Record<string, unknown>>) => ({ ...whole, ...change });
  const train = (change: Readonly<Record<string, unknown>>) => config({ train: { ...set, ...change } });
  const spoilt = (value: number) => new Float32Array(24).fill(value, 7, 8);
  const rows: readonly Row[] = [
    [undefined, /^the Trainer's configuration must be an object with train, .* got undefined$/],
    [
      config({ epochs: 5 }),
      /^the Trainer's configuration has no field epochs: it may have train, validation, opt/,
    ],
    [config({ option: {} }), /has no field option: did you mean options\?$/],
    [{ train: set }, /^validation must be samples \{ rows, x, target \}, got undefined$/],
    [config({ validation: null }), /^validation must be samples \{ rows, x, target \}, got null$/],
    [config({ train: [1, 2] }), /^train.rows must be a whole number from 1 to 1000000, got undefined$/],
    [train({ rows: 0 }), /^train.rows must be a whole number from 1 to 1000000, got 0$/],
    [train({ rows: "4" }), /^train.rows must be .* got "4"$/],
    [train({ x: new Array(24).fill(0) }), /^train.x must be a Float32Array, got an array of 24 values$/],
    [train({ x: new Float64Array(24) }), /^train.x must be a Float32Array, got a Float64Array of 24 values$/],
    [train({ x: new Float32Array(23) }), /^train.x must hold \(4, 2, 3\) = 24 values, got 23$/],
    [
      config({ validation: { ...set, target: new Float32Array(13) } }),
      /^validation.target must hold \(4, 1, 3\) = 12 values, got 13$/,
    ],
    [train({ x: spoilt(Number.NaN) }), /^train.x must be finite, but value 7 \(counted from 0\) is NaN$/],
    [
      train({ target: new Float32Array(12).fill(Number.NEGATIVE_INFINITY) }),
      /^train.target must be finite, but value 0 \(counted from 0\) is -Infinity$/,
    ],
    [config({ stepsPerSubmit: 0 }), /^stepsPerSubmit must be a whole number from 1/],
    [config({ submitMilliseconds: Number.NaN }), /^submitMilliseconds must be a number above 0/],
    [config({ batches: [0, 1] }), /^batches must be a Uint32Array, got an array of 2 values$/],
    [config({ learnables: {} }), /^learnables must be a Map from names to \{ data \}, got an object$/],
    [
      config({ checkpoint: () => undefined }),
      /^checkpoint must be an object with every and save, got a function$/,
    ],
    [config({ checkpoint: { every: 5 } }), /^checkpoint.save must be a function, got undefined$/],
    [config({ checkpoint: { every: 0, save() {} } }), /^checkpoint.every must be a whole number from 1/],
    [
      config({ checkpoint: { interval: 5, save() {} } }),
      /^checkpoint has no field interval: it may have every/,
    ],
    [config({ resume: true }), /^resume must be the state that checkpoint.save was given, .* got true$/],
    [config({ resume: { state: {}, metadata: new Map() } }), /^resume must be the state .* got an object$/],
    [
      config({ resume: { learnables: new Map(), history: [] } }),
      /^resume must be the state .* got an object$/,
    ],
    [config({ resume: { learnables: {}, history: [] } }), /^resume must be the state .* got an object$/],
    [config({ onHold: "pause" }), /^onHold must be a function, got "pause"$/],
  ];
  const shapes = { input: { channels: 2, steps: 3 }, output: { channels: 1, steps: 3 } };
  expectRefusals(rows, (given: TrainerConfig) => requireConfig(given, shapes));
  expect(() => requireConfig({ ...whole, resume: undefined, checkpoint: undefined }, shapes)).not.toThrow();
});

test("layers with other fields than they have", () => {
  const given = <T>(value: unknown) => value as T;
  const rows: readonly (readonly [() => unknown, RegExp])[] = [
    [
      () => conv1d(given({ filters: 3, kernel: 3, stride: 2 })),
      /^conv1d has no field stride: it may have filters and/,
    ],
    [() => conv1d(given(3)), /^conv1d must be an object with filters and kernel, got 3$/],
    [
      () => conv1d(given({ filters: 3, kernelSize: 3 })),
      /^conv1d has no field kernelSize: did you mean kernel\?$/,
    ],
    [() => batchNorm(given({ eps: 1 })), /^batchNorm has no field eps: did you mean epsilon\?$/],
    [() => batchNorm(given(1e-5)), /^batchNorm must be an object with epsilon, got 0.00001$/],
    [() => dense(given({ units: 3 })), /^dense has no field units: it may have outputs$/],
    [() => lstm(given(5)), /^lstm must be an object with hidden, got 5$/],
    [() => gru(given({ hidden: 5, reset: "before" })), /^gru has no field reset: it may have hidden$/],
    [() => biGru(given(5)), /^biGru must be an object with hidden, got 5$/],
    [() => biLstm(given({ units: 5 })), /^biLstm has no field units: it may have hidden$/],
    [() => sgdm(given({ momentun: 0.5 })), /^sgdm has no field momentun: did you mean momentum\?$/],
    ...["learningRate", "learnRate", "learning_rate", "lr"].map(
      (name) =>
        [
          () => sgdm(given({ [name]: 0.5 })),
          new RegExp(
            `^sgdm has no field ${name}: it may have momentum; the learning rate is options.learnRate$`,
          ),
        ] as const,
    ),
    [() => sgdm(given(0.5)), /^sgdm must be an object with momentum, got 0.5$/],
    [() => adam(given({ beta: 0.5 })), /^adam has no field beta: did you mean beta1\?$/],
  ];
  for (const [act, message] of rows) {
    expect(act).toThrow(TypeError);
    expect(act).toThrow(message);
  }
});

test("networks that are none", () => {
  const input = { channels: 2, steps: 3 };
  const layers = [conv1d({ filters: 1, kernel: 1 })];
  const loss = "observations";
  const layer = (...given: readonly unknown[]) => ({ input, layers: given, loss });
  const rows: readonly Row[] = [
    [{ layers, loss }, /^input must be an object with channels and steps, got undefined$/],
    [
      { input: { ...input, length: 3 }, layers, loss },
      /^input has no field length: it may have channels and steps$/,
    ],
    [
      { input: { channels: 0, steps: 3 }, layers, loss },
      /^input.channels must be a whole number from 1 to 4096, got 0$/,
    ],
    [{ input, loss }, /^layers must be an array of layers, got undefined$/],
    [{ input, layers: [], loss }, /^the number of layers must be a whole number from 1 to 256, got 0$/],
    [{ input, layers, loss: "mse" }, /^loss must be one of observations, observations-and-steps, got "mse"$/],
    [{ input, layers }, /^loss must be one of observations, observations-and-steps, got undefined$/],
    [layer(conv1d), /^layers\[0\] must be an object of kind conv1d, batchnorm, .* got a function$/],
    [layer(...layers, { kind: "swish" }), /^layers\[1\] must be an object of kind .* got "swish"$/],
    [
      layer({ kind: "conv1d", filters: 3, kernel: 3, stride: 2 }),
      /^conv1 has no field stride: it may have kind, filt/,
    ],
    [
      layer({ kind: "conv1d", filters: 3 }),
      /^conv1.kernel must be a whole number from 1 to 1024, got undefined$/,
    ],
    [layer(batchNorm({ epsilon: 0 })), /^bn1.epsilon must be a number above 0/],
    [
      layer(leakyReLU("0.5" as unknown as number)),
      /^relu1.slope must be a number, finite in float32, got "0.5"$/,
    ],
    [layer(lstm({ hidden: Number.NaN })), /^lstm1.hidden must be a whole number from 1 to 1024, got NaN$/],
    [layer(biGru({ hidden: 0 })), /^bigru1.hidden must be a whole number from 1 to 1024, got 0$/],
    [layer(biLstm({ hidden: -1 })), /^bilstm1.hidden must be a whole number from 1 to 1024, got -1$/],
    [layer(dropout(Number.NaN)), /^drop1.probability must be a number from 0, below 1 in float32, got NaN$/],
    [layer(dropout(1.5)), /^drop1.probability must be/],
    [layer(layerNorm({ epsilon: 0 })), /^ln1.epsilon must be a number above 0/],
    [layer(maxPool({ size: 0 })), /^maxpool1.size must be a whole number from 1 to 1024, got 0$/],
    [
      layer(averagePool({ size: 2, stride: 0 })),
      /^averagepool1.stride must be a whole number from 1 to 1024/,
    ],
    [
      layer(maxPool({ size: 2, stride: 1 }), averagePool({ size: 3 })),
      /^averagepool1: size 3 is more than the 2 time steps of its input$/,
    ],
  ];
  expectRefusals(rows, (spec: NetworkSpec) => resolveLayers(spec));
});
