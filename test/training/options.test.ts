import { expect, test } from "vitest";
import { dense, type NetworkSpec } from "../../src/nn/spec";
import type { TrainerConfig } from "../../src/train/config";
import { adamw, rmsprop } from "../../src/train/options";
import { gpu } from "../browser/client";

const spec: NetworkSpec = {
  input: { channels: 2, steps: 3 },
  layers: [dense({ outputs: 1 })],
  loss: "observations",
};
const curves = { rows: 4, x: new Float32Array(24), target: new Float32Array(12) };

const impossible: readonly (readonly [string, Partial<TrainerConfig>, RegExp])[] = [
  ["no epoch", { options: { epochs: 0 } }, /^epochs must be a positive whole number, got 0$/],
  ["half an epoch", { options: { epochs: 0.5 } }, /^epochs must be/],
  ["no rate", { options: { learnRate: 0 } }, /^learnRate must be/],
  ["an infinite rate", { options: { learnRate: Number.POSITIVE_INFINITY } }, /^learnRate must be/],
  ["a rate beyond float32", { options: { learnRate: 1e39 } }, /^learnRate must be/],
  ["negative decay", { options: { l2: -1 } }, /^l2 must be/],
  ["a threshold of zero", { options: { clip: 0 } }, /^clip must be positive, got 0$/],
  ["a threshold that is no number", { options: { clip: Number.NaN } }, /^clip must be/],
  ["no validation", { options: { validationEvery: 0 } }, /^validationEvery must be/],
  ["no patience", { options: { patience: 0 } }, /^patience must be/],
  ["a negative seed", { options: { seed: -1 } }, /^seed must be/],
  ["momentum of one", { options: { solver: { kind: "sgdm", momentum: 1 } } }, /^momentum must be/],
  [
    "momentum that is no number",
    { options: { solver: { kind: "sgdm", momentum: Number.NaN } } },
    /^momentum/,
  ],
  [
    "a decay of one",
    { options: { solver: { kind: "adam", beta1: 0.9, beta2: 1, epsilon: 1e-8 } } },
    /^beta2 must be from 0 to below 1, got 1$/,
  ],
  [
    "no epsilon",
    { options: { solver: { kind: "adam", beta1: 0.9, beta2: 0.999, epsilon: 0 } } },
    /^epsilon must be positive/,
  ],
  [
    "an infinite weight decay",
    { options: { solver: adamw({ weightDecay: Number.POSITIVE_INFINITY }) } },
    /^weightDecay must be zero or positive, and finite, got Infinity$/,
  ],
  ["a negative weight decay", { options: { solver: adamw({ weightDecay: -0.1 }) } }, /^weightDecay must be/],
  ["adamw with a decay of one", { options: { solver: adamw({ beta1: 1 }) } }, /^beta1 must be from 0 to/],
  ["rmsprop with a decay of one", { options: { solver: rmsprop({ decay: 1 }) } }, /^decay must be from 0 to/],
  ["rmsprop without epsilon", { options: { solver: rmsprop({ epsilon: 0 }) } }, /^epsilon must be positive/],
  [
    "a period of zero",
    { options: { schedule: { kind: "piecewise", factor: 0.1, period: 0 } } },
    /^schedule.period must be/,
  ],
  [
    "a factor that is no number",
    { options: { schedule: { kind: "piecewise", factor: Number.NaN, period: 1 } } },
    /^schedule.factor must be/,
  ],
  [
    "a negative warm-up",
    { options: { schedule: { kind: "cosine", warmup: -1 } } },
    /^schedule.warmup must be/,
  ],
  ["no step a submit", { stepsPerSubmit: 0 }, /^stepsPerSubmit must be/],
  ["no time a submit", { submitMilliseconds: Number.NaN }, /^submitMilliseconds must be/],
  [
    "a batch larger than the set",
    { train: { rows: 1, x: new Float32Array(6), target: new Float32Array(3) } },
    /^batch \(2\) exceeds the 1 curves of the training set$/,
  ],
  [
    "curves of another length",
    { train: { ...curves, x: new Float32Array(23) } },
    /^training x: expected \(4, 2, 3\) = 24 values, got 23$/,
  ],
  [
    "targets of another length",
    { validation: { ...curves, target: new Float32Array(13) } },
    /^validation target: expected \(4, 1, 3\) = 12 values, got 13$/,
  ],
  [
    "no validation set",
    { validation: { rows: 0, x: new Float32Array(0), target: new Float32Array(0) } },
    /^validation x: expected/,
  ],
  [
    "a rate that grows beyond float32",
    { options: { learnRate: 1, epochs: 50, schedule: { kind: "piecewise", factor: 1e30, period: 1 } } },
    /^the learning rate of iteration 5 is not finite$/,
  ],
  ["half a batch", { batches: Uint32Array.of(0, 1, 2) }, /^batches must hold/],
  ["rows that do not exist", { batches: Uint32Array.of(0, 4) }, /^batches must hold/],
  [
    "learnables of another size",
    { learnables: new Map([["fc.weight", { data: new Float32Array(3) }]]) },
    /^fc.weight: expected 2 values, got 3$/,
  ],
];

test.for(impossible)("%s is refused in one line", async ([, config, expected]) => {
  const building = gpu.run(
    async ({ fluxion, device }, { spec, config }) => {
      const network = await fluxion.Network.build(device, spec);
      try {
        const trainer = await fluxion.Trainer.build(network, config);
        trainer.dispose();
      } finally {
        network.dispose();
      }
    },
    { spec: { ...spec, batch: 2 }, config: { train: curves, validation: curves, ...config } },
  );
  const error = await building.then(
    () => new Error("nothing was thrown"),
    (thrown: Error) => thrown,
  );
  expect(error).toMatchObject({ name: "RangeError", message: expect.stringMatching(expected) });
  expect(error.message).not.toContain("\n");
});

test("a network without learnables cannot be trained", async () => {
  const message = await gpu.run(
    async ({ fluxion, device }, { curves }) => {
      const network = await fluxion.Network.build(device, {
        input: { channels: 2, steps: 3 },
        layers: [fluxion.leakyReLU(0.5)],
        loss: "observations",
        batch: 2,
      });
      const building = fluxion.Trainer.build(network, { train: curves, validation: curves });
      const message = await building.then(
        () => "nothing was thrown",
        (error: Error) => error.message,
      );
      network.dispose();
      return message;
    },
    { curves: { ...curves, target: curves.x } },
  );
  expect(message).toBe("the network has no learnables to train");
});

test("the learning rate and L2 follow the solver where they are not set", async () => {
  const chosen = await gpu.run(
    async ({ fluxion, device }, { spec, curves, solvers }) => {
      const options: { learnRate: number; l2: number }[] = [];
      for (const given of solvers) {
        const network = await fluxion.Network.build(device, { ...spec, batch: 2 });
        const trainer = await fluxion.Trainer.build(network, {
          train: curves,
          validation: curves,
          options: given,
        });
        options.push({ learnRate: trainer.options.learnRate, l2: trainer.options.l2 });
        trainer.dispose();
        network.dispose();
      }
      return options;
    },
    { spec, curves, solvers: [{}, { solver: adamw() }, { solver: rmsprop() }, { solver: adamw(), l2: 0.5 }] },
  );
  expect(chosen).toEqual([
    { learnRate: 0.01, l2: 1e-4 },
    { learnRate: 0.001, l2: 0 },
    { learnRate: 0.001, l2: 1e-4 },
    { learnRate: 0.001, l2: 0.5 },
  ]);
});
