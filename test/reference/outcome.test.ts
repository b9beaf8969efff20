import { describe, expect, it } from "vitest";
import { batchNorm, dense, type NetworkSpec } from "../../src/engine";
import { defaultTrainingOptions, sgdm } from "../../src/engine/training/options";
import { tensorOf } from "../../src/reference/network";
import { rmseOfLoss, trainToEnd } from "../../src/reference/outcome";
import { trainReference } from "../../src/reference/training";

const options = {
  ...defaultTrainingOptions,
  solver: sgdm({ momentum: 0 }),
  learnRate: 1,
  batch: 1,
  l2: 0,
  clip: 1,
  validationEvery: 2,
};

describe("the best weights", () => {
  const line: NetworkSpec = {
    input: { channels: 1, steps: 1 },
    layers: [dense({ outputs: 1 })],
    loss: "observations",
  };
  const initial = new Map([
    ["fc.weight", [0]],
    ["fc.bias", [0]],
  ]);
  // Every step adds 1 to the bias alone.
  const train = { rows: 1, x: [0], target: [100] };
  const heldTo = (target: number) => ({ train, validation: { rows: 1, x: [0], target: [target] } });
  const run = (target: number, restore: "best" | "last", steps = 5) =>
    trainToEnd(line, { ...options, restore }, initial, heldTo(target), new Uint32Array(steps));
  const losses = ({ validations }: ReturnType<typeof run>) => validations.map(({ loss }) => loss);

  it("are those of the lowest validation, at 1 and every second iteration", () => {
    const outcome = run(2, "best");
    expect(losses(outcome)).toEqual([0.5, 0, 2, 0]);
    expect(outcome.best).toEqual({ iteration: 2, loss: 0 });
    expect([...tensorOf(outcome.learnables, "fc.bias")]).toEqual([2]);
    expect(outcome.losses).toHaveLength(5);
  });

  it("are left aside where the last ones are asked for", () => {
    const outcome = run(2, "last");
    expect(losses(outcome)).toEqual([0.5, 0, 2, 4.5]);
    expect(outcome.best).toEqual({ iteration: 2, loss: 0 });
    expect([...tensorOf(outcome.learnables, "fc.bias")]).toEqual([5]);
  });

  it("may be the last ones, though no validation was due there", () => {
    const outcome = run(6, "best");
    expect(losses(outcome)).toEqual([12.5, 8, 2, 0.5]);
    expect(outcome.best).toEqual({ iteration: 5, loss: 0.5 });
    expect(run(6, "last").best).toEqual({ iteration: 4, loss: 2 });
  });
});

it("ends with the statistics that are asked for, those of the best weights among them", () => {
  const network: NetworkSpec = {
    input: { channels: 1, steps: 2 },
    layers: [batchNorm(), dense({ outputs: 1 })],
    loss: "observations",
  };
  const initial = new Map([
    ["bn1.scale", [3]],
    ["bn1.offset", [0]],
    ["fc.weight", [3]],
    ["fc.bias", [0]],
  ]);
  const train = { rows: 3, x: [0, 2, 4, 6, 8, 10], target: [9, 9, 9, 9, 9, 9] };
  // Learning shrinks scale and weight, and so the answers: ever further from these.
  const data = { train, validation: { ...train, target: train.target.map(() => 1000) } };
  const own = { ...options, batch: 2 };
  const batches = [0, 1, 1, 2];
  const end = (restore: "best" | "last", batchNormStatistics: "moving" | "population") =>
    trainToEnd(network, { ...own, restore, batchNormStatistics }, initial, data, batches);
  const [first, last] = [batches.slice(0, 2), batches].map(
    (some) => trainReference(network, own, initial, train, some).movingStatistics,
  );
  expect(end("best", "moving").statistics).toEqual(first);
  expect(end("last", "moving").statistics).toEqual(last);
  const { statistics, validations } = end("best", "population");
  expect(tensorOf(statistics, "bn1.mean")[0]).toBeCloseTo(5, 14);
  expect(tensorOf(statistics, "bn1.variance")[0]).toBeCloseTo(35 / 3, 13);
  // The final validation has the statistics of the training set, those before it had moving ones.
  expect(validations.at(-1)?.loss).not.toBeCloseTo(validations[0].loss, 3);
});

it("tells the RMSE of a loss per point of every output", () => {
  const network: NetworkSpec = {
    input: { channels: 1, steps: 4 },
    layers: [dense({ outputs: 2 })],
    loss: "observations",
  };
  // Errors of 3 at the 8 points of every curve.
  expect(rmseOfLoss(network, (8 * 9) / 2)).toBe(3);
  expect(rmseOfLoss({ ...network, loss: "observations-and-steps" }, (2 * 9) / 2)).toBe(3);
});
