import { describe, expect, test } from "vitest";
import { generateCurves, takeCurves } from "../../../src/calculus/curves";
import { molerCnn } from "../../../src/calculus/networks";
import { conv1d } from "../../../src/engine";
import { gpu } from "../../browser/client";
import { dataOf, type TrainingRequest, train } from "./train";

/** The tests' browser lets its garbage be collected. */
interface Collecting {
  readonly gc: (options: { readonly type: "major"; readonly execution: "async" }) => Promise<void>;
}

const data = takeCurves(
  generateCurves({ curves: 12, samples: 32, seed: 1 }),
  Array.from({ length: 8 }, (_, row) => row),
);
const request = (config: Partial<TrainingRequest["config"]>): TrainingRequest => ({
  spec: molerCnn({ filters: 16, samples: 32 }),
  batch: 8,
  config: { train: data, validation: data, ...config },
});
const long = request({
  stepsPerSubmit: 8,
  options: {
    epochs: 500,
    learnRate: 0.01,
    clip: 8,
    initialisation: "glorot",
    schedule: { kind: "cosine", warmup: 10 },
  },
});

describe("Moler's CNN, narrow", () => {
  test("learns eight curves by heart, in few submits and dispatches", async () => {
    const { progress, result } = await train(long);
    expect(result.stopReason).toBe("completed");
    expect(progress[499].rmse).toBeLessThan(progress[0].rmse / 10);
    expect(result.validation.rmse).toBeLessThan(progress[0].rmse / 10);
    expect(result.submits).toBeLessThanOrEqual(Math.ceil(500 / 8));
    expect(result.dispatchesPerStep).toBeLessThanOrEqual(40);
  });

  test("gives the same bits again, whatever one submit holds", async () => {
    const again = (stepsPerSubmit: number, submitMilliseconds: number) =>
      train(request({ options: { epochs: 20, validationEvery: 6 }, stepsPerSubmit, submitMilliseconds }));
    const first = await again(1, 1e-6);
    expect(first.result.submits).toBe(20);
    expect(first.progress.filter(({ validation }) => validation).map(({ iteration }) => iteration)).toEqual([
      1, 6, 12, 18,
    ]);
    const withoutTime = ({ progress }: typeof first) => progress.map((step) => ({ ...step, seconds: 0 }));
    for (const [steps, milliseconds] of [
      [1, 1e-6],
      [8, 1e-6],
      [1, 1000],
    ]) {
      const other = await again(steps, milliseconds);
      expect(dataOf(other.tensors)).toEqual(dataOf(first.tensors));
      expect(withoutTime(other)).toEqual(withoutTime(first));
    }
  });

  test("allocates nothing while it trains", async () => {
    const { created, result } = await gpu.run(
      async ({ fluxion, device }, { spec, batch, config }) => {
        const network = await fluxion.Network.build(device, { ...spec, batch });
        const trainer = await fluxion.Trainer.build(network, config);
        const prototype = Object.getPrototypeOf(device.gpu);
        const names = Object.getOwnPropertyNames(prototype).filter(
          (name) => name.startsWith("create") && name !== "createCommandEncoder",
        );
        const originals = names.map((name) => [name, prototype[name]] as const);
        const created: string[] = [];
        for (const [name, original] of originals)
          prototype[name] = function (this: GPUDevice, ...args: unknown[]) {
            created.push(name);
            return original.apply(this, args);
          };
        try {
          const steps = trainer.run();
          let step = await steps.next();
          while (!step.done) step = await steps.next();
          const inTraining = created.length;
          // What counts is seen to count.
          await network.readTensors();
          if (created.length === inTraining) throw new Error("reading tensors should create a buffer");
          return { created: created.slice(0, inTraining), result: step.value };
        } finally {
          for (const [name, original] of originals) prototype[name] = original;
          trainer.dispose();
          network.dispose();
        }
      },
      request({ stepsPerSubmit: 4, options: { epochs: 30, validationEvery: 7 } }),
    );
    expect(created).toEqual([]);
    expect(result).toMatchObject({ iterations: 30, buffersCreatedWhileTraining: 0 });
  });
});

test("a thousand steps need no more memory than one", async () => {
  const { bytes, result } = await gpu.run(
    async ({ fluxion, device }, layer) => {
      const network = await fluxion.Network.build(device, {
        input: { channels: 1, steps: 4 },
        layers: [layer],
        loss: "observations",
        batch: 2,
      });
      const curves = { rows: 4, x: new Float32Array(16).fill(0.3), target: new Float32Array(16).fill(1) };
      const trainer = await fluxion.Trainer.build(network, {
        train: curves,
        validation: curves,
        options: { epochs: 500 },
        stepsPerSubmit: 8,
      });
      const bytes = new Set([trainer.bytesOnDevice]);
      const steps = trainer.run();
      let step = await steps.next();
      for (; !step.done; step = await steps.next()) bytes.add(trainer.bytesOnDevice);
      bytes.add(trainer.bytesOnDevice);
      trainer.dispose();
      network.dispose();
      return { bytes: [...bytes, trainer.bytesOnDevice], result: step.value };
    },
    conv1d({ filters: 1, kernel: 3 }),
  );
  expect(bytes.length).toBe(2);
  expect(bytes[0]).toBeGreaterThan(0);
  expect(bytes[1]).toBe(0);
  expect(result).toMatchObject({ iterations: 1000, buffersCreatedWhileTraining: 0 });
  expect(result.hostMsPerStep).toBeGreaterThan(0);
});

test("without checkpoints a trainer keeps no iteration that it has told", async () => {
  const kept = await gpu.run(
    async ({ fluxion, device }, layer) => {
      const network = await fluxion.Network.build(device, {
        input: { channels: 1, steps: 4 },
        layers: [layer],
        loss: "observations",
        batch: 2,
      });
      const curves = { rows: 4, x: new Float32Array(16).fill(0.3), target: new Float32Array(16).fill(1) };
      const trainer = await fluxion.Trainer.build(network, {
        train: curves,
        validation: curves,
        options: { epochs: 500 },
      });
      const steps = trainer.run();
      const told: WeakRef<object>[] = [];
      for (let i = 0; i < 600; i++) told.push(new WeakRef((await steps.next()).value));
      // To look at a reference holds its object until the next task.
      await new Promise((resolve) => setTimeout(resolve));
      await (globalThis as unknown as Collecting).gc({ type: "major", execution: "async" });
      const kept = told.filter((iteration) => iteration.deref() !== undefined).length;
      trainer.dispose();
      network.dispose();
      return kept;
    },
    conv1d({ filters: 1, kernel: 3 }),
  );
  // The few that the loops may still have in hand.
  expect(kept).toBeLessThan(10);
});
