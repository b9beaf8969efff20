import { expect, test } from "vitest";
import { gpu } from "../../browser/client";

test("a training tells what a step takes by the GPU's own clock, where it has one", async () => {
  const measured = await gpu.run(async ({ fluxion, internals, device }) => {
    const { spec, training, data } = internals.resolveExperiment("quick", "cnn", {
      curves: 60,
      samples: 20,
      filters: 4,
      batch: 10,
      epochs: 4,
    });
    const { train, test } = internals.splitCurves(internals.generateCurves(data), data.seed);
    const network = await fluxion.Network.build(device, { ...spec, batch: training.batch });
    const trainer = await fluxion.Trainer.build(network, { train, validation: test, options: training });
    const before = trainer.gpuMillisecondsPerStep;
    let steps = 0;
    const begun = performance.now();
    for await (const _ of trainer.run()) steps++;
    const elapsed = performance.now() - begun;
    const { gpuMillisecondsPerStep } = trainer;
    trainer.dispose();
    network.dispose();
    const clock = device.gpu.features.has("timestamp-query");
    return { clock, before, steps, elapsed, gpuMillisecondsPerStep };
  });
  expect(measured.before).toBeUndefined();
  expect(measured.steps).toBe(20);
  if (!measured.clock) expect(measured.gpuMillisecondsPerStep).toBeUndefined();
  else {
    expect(measured.gpuMillisecondsPerStep).toBeGreaterThan(0);
    expect(measured.gpuMillisecondsPerStep).toBeLessThan(measured.elapsed);
  }
});
