import { describe, expect, test } from "vitest";
import { batchNorm, conv1d, leakyReLU, type NetworkSpec } from "../../../src/engine";
import type { Progress } from "../../../src/engine/training/progress";
import { singles } from "../kernels/layer";
import { dataOf, type Trained, type TrainingRequest, train } from "./train";

const spec: NetworkSpec = {
  input: { channels: 1, steps: 8 },
  // Five channels: statistics with lanes that hold nothing.
  layers: [conv1d({ filters: 5, kernel: 3 }), batchNorm(), leakyReLU(0.5), conv1d({ filters: 1, kernel: 3 })],
  loss: "observations-and-steps",
};
const rows = 8;
const curves = { rows, x: singles(rows * 8, 1), target: singles(rows * 8, 2) };
/** Unrelated to what is trained: learning soon makes it worse. */
const others = { rows: 3, x: singles(24, 3), target: singles(24, 4) };
const every = Uint32Array.from({ length: 48 }, (_, i) => (i * 5) % rows);

/** Batches of two. */
function request(
  options: TrainingRequest["config"]["options"],
  config: Partial<TrainingRequest["config"]> = {},
): TrainingRequest {
  return {
    spec,
    batch: 2,
    config: {
      train: curves,
      validation: others,
      batches: every,
      options: { initialisation: "glorot", learnRate: 0.05, ...options },
      ...config,
    },
  };
}

const untimed = (progress: readonly Progress[]) => progress.map((each) => ({ ...each, seconds: 0 }));

/** The first of the lowest validations. */
function lowest(progress: readonly Progress[]): { iteration: number; loss: number } {
  let best = { iteration: 0, loss: Number.POSITIVE_INFINITY };
  for (const { iteration, validation } of progress)
    if (validation && validation.loss < best.loss) best = { iteration, loss: validation.loss };
  return best;
}

/** The same training, ended after so many iterations. */
const endedAt = (iteration: number, options: TrainingRequest["config"]["options"]): Promise<Trained> =>
  train(request(options, { batches: every.slice(0, iteration * 2) }));

describe.each(["moving", "population"] as const)("with %s statistics", (batchNormStatistics) => {
  const options = { validationEvery: 2, batchNormStatistics } as const;

  test.for([1, 7, 64])("the best weights are put back, %i steps a submit", async (stepsPerSubmit) => {
    const last = await train(request({ ...options, restore: "last" }, { stepsPerSubmit }));
    const best = await train(request({ ...options, restore: "best" }, { stepsPerSubmit }));
    // Keeping them changes nothing on the way.
    expect(untimed(best.progress)).toEqual(untimed(last.progress));
    expect(last.progress).toHaveLength(24);
    const expected = lowest(best.progress);
    expect(expected.iteration).toBeGreaterThan(2);
    expect(expected.iteration).toBeLessThan(20);
    expect(best.result.best).toEqual(expected);
    expect(last.result.best).toEqual(expected);
    expect(best.result.buffersCreatedWhileTraining).toBe(0);
    const there = await endedAt(expected.iteration, options);
    expect(dataOf(best.tensors)).toEqual(dataOf(there.tensors));
    expect(best.result.validation).toEqual(there.result.validation);
    if (batchNormStatistics === "moving") expect(best.result.validation.loss).toBe(expected.loss);
    expect(dataOf(last.tensors)).not.toEqual(dataOf(there.tensors));
  });
});

test("of validations that are equal the first is the best", async () => {
  // At such a rate no weight changes, and without a normalisation no statistics.
  const { progress, result } = await train({
    ...request({ validationEvery: 2, learnRate: 1e-30 }),
    spec: { ...spec, layers: [conv1d({ filters: 1, kernel: 3 })] },
  });
  const losses = progress.flatMap(({ validation }) => (validation ? [validation.loss] : []));
  expect(losses.length).toBeGreaterThan(2);
  expect(new Set(losses).size).toBe(1);
  expect(result.best?.iteration).toBe(1);
});

describe("the last weights are a candidate", () => {
  const options = { validationEvery: 1000, batchNormStatistics: "moving", restore: "best" } as const;

  test("that wins where it is better", async () => {
    const { result, tensors } = await train(request(options, { validation: curves }));
    expect(result.best).toEqual({ iteration: 24, loss: result.validation.loss });
    const last = await train(request({ ...options, restore: "last" }, { validation: curves }));
    expect(dataOf(tensors)).toEqual(dataOf(last.tensors));
    expect(last.result.best?.iteration).toBe(1);
  });

  test("that loses where it is worse", async () => {
    const opposite = { ...curves, target: curves.target.map((value) => -3 * value) };
    const { result, progress } = await train(request(options, { validation: opposite }));
    expect(result.best).toEqual({ iteration: 1, loss: progress[0].validation?.loss });
    expect(result.validation.loss).toBe(result.best?.loss);
  });

  test("also after a stop and when patience ends", async () => {
    const stopped = await train({ ...request(options, { validation: curves }), stopAt: 5 });
    expect(stopped.result.stopReason).toBe("stopped");
    expect(stopped.result.best?.iteration).toBe(stopped.result.iterations);
    const impatient = await train(request({ ...options, validationEvery: 2, patience: 2 }));
    expect(impatient.result.stopReason).toBe("patience");
    expect(impatient.result.best).toEqual(lowest(impatient.progress));
    const after = impatient.progress.slice(impatient.result.best?.iteration);
    expect(after.filter(({ validation }) => validation)).toHaveLength(2);
    expect(impatient.result.validation.loss).toBe(impatient.result.best?.loss);
  });

  test("and the only one where nothing was trained", async () => {
    const { result } = await train({ ...request(options), stopAt: 0 });
    expect(result).toMatchObject({ stopReason: "stopped", iterations: 0 });
    expect(result.best).toEqual({ iteration: 0, loss: result.validation.loss });
  });
});

describe("a validation that is not finite never is the best", () => {
  test("not even the first one", async () => {
    const target = others.target.slice();
    target[5] = 1e25;
    const config = { validation: { ...others, target } };
    const { result, progress, tensors } = await train(
      request({ validationEvery: 2, restore: "best" }, config),
    );
    expect(progress.filter(({ validation }) => validation?.loss === Number.POSITIVE_INFINITY)).toHaveLength(
      13,
    );
    expect(result.stopReason).toBe("diverged");
    expect(result).not.toHaveProperty("best");
    const last = await train(request({ validationEvery: 2 }, config));
    expect(dataOf(tensors)).toEqual(dataOf(last.tensors));
  });

  test("and a later one leaves the best in place, which then is a result", async () => {
    // The second rate throws the weights beyond float32.
    const schedule = { kind: "piecewise", factor: 1e38, period: 1 } as const;
    const options = { learnRate: 0.01, schedule, epochs: 2, clip: 1e30 } as const;
    const once = { batches: undefined, train: { rows: 2, x: singles(16, 5), target: singles(16, 6) } };
    const [best, last] = [
      await train(request({ ...options, restore: "best" }, once)),
      await train(request({ ...options, restore: "last" }, once)),
    ];
    expect(last.result.stopReason).toBe("diverged");
    expect(best.result).toMatchObject({ stopReason: "completed", iterations: 2, best: { iteration: 1 } });
    expect(Number.isFinite(best.result.validation.loss)).toBe(true);
    for (const [name, data] of dataOf(best.tensors)) expect(data.every(Number.isFinite), name).toBe(true);
  });
});

describe("a training that diverges", () => {
  const target = curves.target.slice();
  target[5 * 8] = 1e25;
  // The third step meets the spoilt row.
  const config = {
    train: { ...curves, target },
    validation: curves,
    batches: Uint32Array.of(0, 1, 2, 3, 4, 5, 6, 7),
    stepsPerSubmit: 8,
  };

  test("ends with the best weights, and judges none that were not due", async () => {
    const options = { validationEvery: 4, batchNormStatistics: "moving", restore: "best" } as const;
    const { result, tensors } = await train(request(options, config));
    expect(result).toMatchObject({ stopReason: "diverged", iterations: 2, best: { iteration: 1 } });
    expect(result.detail).toContain("iteration 3: the loss");
    const first = await train(request(options, { validation: curves, batches: Uint32Array.of(0, 1) }));
    expect(dataOf(tensors)).toEqual(dataOf(first.tensors));
    // Those of the second iteration were better, or the test would show nothing.
    const second = await train(request(options, { validation: curves, batches: Uint32Array.of(0, 1, 2, 3) }));
    expect(second.result.best?.iteration).toBe(2);
  });
});
