import { describe, expect, test } from "vitest";
import { molerBilstm, molerCnn } from "../../src/calculus/networks";
import { type KernelSum, sumByLabel } from "../../src/gpu/profile";
import { batchNorm, conv1d, type NetworkSpec } from "../../src/nn/spec";
import { adam } from "../../src/train/options";
import { gpu } from "../browser/client";

const profile = (spec: NetworkSpec, batch: number, solver = adam()) =>
  gpu.run(
    async ({ fluxion, device }, { spec, batch, options }) => ({
      profile: await fluxion.profileStep(device, { spec, batch, options }),
      timestamps: device.gpu.features.has("timestamp-query"),
    }),
    { spec, batch, options: { solver } },
  );

describe("the profile of a step", () => {
  test.for([
    { name: "CNN", spec: molerCnn({ filters: 8, samples: 20 }), dispatches: 32 },
    { name: "BiLSTM", spec: molerBilstm({ hidden: 8, samples: 20 }), dispatches: 44 },
  ])("$name: every dispatch counts once, in the order of the step", async ({ spec, dispatches }) => {
    const { profile: found, timestamps } = await profile(spec, 7);
    const { kernels, msPerStep, clock, peak } = found;
    expect(clock).toBe(timestamps ? "timestamps" : "wall");
    expect(kernels.reduce((sum, kernel) => sum + kernel.dispatches, 0)).toBe(dispatches);
    expect(new Set(kernels.map(({ label }) => label)).size).toBe(kernels.length);
    expect(kernels[0].label).toBe("gather input");
    expect(kernels.findIndex(({ label }) => label === "loss and its gradient")).toBeLessThan(
      kernels.findIndex(({ label }) => label === "update (adam)"),
    );
    expect(kernels.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
    for (const { ms, bytes, flops } of kernels) {
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(bytes).toBeGreaterThan(0);
      expect(flops).toBeGreaterThanOrEqual(0);
    }
    expect(msPerStep).toBeGreaterThan(0);
    expect(peak.gflops).toBeGreaterThan(0);
    expect(peak.gbps).toBeGreaterThan(0);
  });

  test("bytes and operations are those of the kernels", async () => {
    const [batch, steps, filters] = [6, 20, 8];
    const spec: NetworkSpec = {
      input: { channels: 4, steps },
      layers: [conv1d({ filters, kernel: 3 }), batchNorm()],
      loss: "observations",
    };
    const { kernels } = (await profile(spec, batch)).profile;
    const of = (label: string) => kernels.find((kernel) => kernel.label === label);
    const activation = (channels: number) => channels * batch * steps * 4;
    const arena = 4 * (128 + 3 * 64);
    expect(of("conv1 forward")).toMatchObject({
      dispatches: 1,
      flops: 2 * batch * steps * 4 * filters * 3,
      // x, weights in pairs of four by four channels, bias, y.
      bytes: activation(4) + 3 * 4 * filters * 4 + filters * 4 + activation(filters),
    });
    // x, statistics, scale, offset, y.
    expect(of("bn1 normalise")?.bytes).toBe(2 * activation(filters) + 2 * 64 + 2 * filters * 4);
    // Gradients are read; weights and both moments are read and written.
    const update = of("update (adam)")?.bytes ?? 0;
    expect(update).toBeGreaterThanOrEqual(7 * arena);
    expect(update).toBeLessThan(7 * arena + 2000);
  });
});

test("dispatches of a label are summed, ranges they share counted once", () => {
  const buffer = (label: string) => ({ label }) as GPUBuffer;
  const [a, b] = [buffer("a"), buffer("b")];
  const range = (of: GPUBuffer, offset: number, size: number) => ({ buffer: of, offset, size });
  const time = (label: string, milliseconds: number, reads: object[], writes: object[], flops?: number) =>
    ({ milliseconds, dispatch: { call: { label, flops }, reads, writes } }) as unknown as Parameters<
      typeof sumByLabel
    >[0][number];
  const sums = sumByLabel([
    time("one", 1, [range(a, 0, 100)], [range(b, 0, 10)], 5),
    time("two", 3, [range(b, 0, 10)], [range(b, 0, 10)]),
    time("one", 2, [range(a, 0, 100), range(a, 256, 100)], [range(b, 0, 10)], 6),
  ]);
  expect(sums).toEqual([
    { label: "one", dispatches: 2, milliseconds: 3, flops: 11, bytes: 210 },
    { label: "two", dispatches: 1, milliseconds: 3, flops: 0, bytes: 20 },
  ] satisfies KernelSum[]);
});
