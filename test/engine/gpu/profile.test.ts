import { describe, expect, test } from "vitest";
import { molerBilstm, molerCnn } from "../../../src/calculus/networks";
import { batchNorm, conv1d, type NetworkSpec } from "../../../src/engine";
import { type KernelSum, sumByLabel } from "../../../src/engine/gpu/profile";
import { adam } from "../../../src/engine/training/options";
import { gpu } from "../../browser/client";

/** As a user is told, or as soon as can be, beside a peak that nobody has measured. */
const profile = (spec: NetworkSpec, batch: number, as: "told" | "soon") =>
  gpu.run(
    async ({ fluxion, internals, device }, { spec, batch, options, as }) => {
      const budget = {
        profiles: { most: 2, milliseconds: 0 },
        steps: { most: 3, least: 3, milliseconds: 0 },
        submitMilliseconds: 0,
      };
      const training = { spec, batch, options };
      return {
        profile: await (as === "told"
          ? fluxion.profileStep(device, training)
          : internals.profileWithin(device, training, budget, { gflops: 10, gbps: 5 })),
        timestamps: device.gpu.features.has("timestamp-query"),
      };
    },
    { spec, batch, options: { solver: adam() }, as },
  );

describe("the profile of a step", () => {
  test.for([
    { name: "CNN", spec: molerCnn({ filters: 8, samples: 20 }), dispatches: 32, as: "told" },
    { name: "BiLSTM", spec: molerBilstm({ hidden: 8, samples: 20 }), dispatches: 44, as: "soon" },
  ] as const)(
    "$name: every dispatch counts once, in the order of the step",
    async ({ spec, dispatches, as }) => {
      const { profile: found, timestamps } = await profile(spec, 7, as);
      const { kernels, msPerStep, clock, peak } = found;
      expect(clock).toBe(timestamps ? "timestamps" : "wall");
      expect(kernels.reduce((sum, kernel) => sum + kernel.dispatches, 0)).toBe(dispatches);
      expect(new Set(kernels.map(({ label }) => label)).size).toBe(kernels.length);
      expect(kernels[0].label).toBe("gather input");
      expect(kernels.findIndex(({ label }) => label === "loss and its gradient")).toBeLessThan(
        kernels.findIndex(({ label }) => label === "update (adam)"),
      );
      expect(kernels.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
      for (const { ms, bytes, flops, minimumMs, bound } of kernels) {
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(bytes).toBeGreaterThan(0);
        expect(flops).toBeGreaterThanOrEqual(0);
        expect(minimumMs).toBeCloseTo(Math.max(flops / peak.gflops, bytes / peak.gbps) / 1e6, 12);
        if (flops === 0) expect(bound).toBe("memory");
      }
      expect(msPerStep).toBeGreaterThan(0);
      expect(peak.gflops).toBeGreaterThan(0);
      expect(peak.gbps).toBeGreaterThan(0);
    },
  );

  test("bytes and operations are those of the kernels", async () => {
    const [batch, steps, filters] = [6, 20, 8];
    const spec: NetworkSpec = {
      input: { channels: 4, steps },
      layers: [conv1d({ filters, kernel: 3 }), batchNorm()],
      loss: "observations",
    };
    const { kernels } = (await profile(spec, batch, "soon")).profile;
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

/** What the calls of a training step say of themselves; three batches of curves lie on the device. */
const plannedBytes = (spec: NetworkSpec, batch: number, dispatchFlops: number) =>
  gpu.run(
    async ({ fluxion, device }, { spec, batch, dispatchFlops }) => {
      const network = await fluxion.Network.build(device, { ...spec, batch }, { dispatchFlops });
      const rows = 3 * batch;
      const values = (channels: number) => new Float32Array(rows * channels * spec.input.steps);
      const curves = { rows, x: values(network.input.channels), target: values(network.output.channels) };
      const trainer = await fluxion.Trainer.build(network, {
        train: curves,
        validation: curves,
        options: { epochs: 4 },
      });
      const calls = trainer.plan.dispatches.map(({ call: { label, flops = 0, bytes } }) => ({
        ...{ label, flops, bytes },
      }));
      trainer.dispose();
      network.dispose();
      return calls;
    },
    { spec, batch, dispatchFlops },
  );

/** Bytes of one cell that a dispatch over these time steps cannot do without: no value twice, and none that it made itself. */
function cellBytes(pass: "forward" | "backward", steps: readonly number[], last: number, ragged: boolean) {
  const [read, written] = [new Set<string>(), new Set<string>()];
  const fetch = (values: readonly string[]) => {
    for (const value of values) if (!written.has(value)) read.add(value);
  };
  const store = (values: readonly string[]) => {
    for (const value of values) written.add(value);
  };
  for (const t of steps) {
    fetch([`gates ${t}`]);
    if (pass === "forward") {
      if (t > 0) fetch([`c ${t - 1}`, `h ${t - 1}`]);
      store([`gates ${t}`, `c ${t}`, `h ${t}`, ...(ragged ? [`padded h ${t}`] : [])]);
    } else {
      fetch([`c ${t}`, `dy ${t}`]);
      if (t > 0) fetch([`c ${t - 1}`]);
      if (t < last) fetch([`gates ${t + 1}`, `c ${t + 1}`]);
      store([`gates ${t}`, `c ${t}`]);
    }
  }
  return [...read, ...written].reduce((sum, value) => sum + (value.startsWith("gates") ? 16 : 4), 0);
}

describe("bytes of a call that touches only a part of what it binds", () => {
  const [batch, steps] = [5, 12];
  const spec = (hidden: number) => molerBilstm({ hidden, samples: steps, dropout: 0 });

  test.for([
    { hidden: 8, chunk: 12 },
    { hidden: 8, chunk: 5 },
    { hidden: 7, chunk: 5 },
    { hidden: 7, chunk: 1 },
  ])("recurrence of $hidden units in chunks of $chunk steps", async ({ hidden, chunk }) => {
    const stepFlops = 8 * hidden * hidden * batch * 2;
    const calls = await plannedBytes(spec(hidden), batch, stepFlops * chunk);
    for (const pass of ["forward", "backward"] as const) {
      const found = calls.filter(({ label }) => label === `bilstm1 recurrence ${pass}`);
      let done = 0;
      const expected = found.map(({ flops }) => {
        const own = Array.from({ length: flops / stepFlops }, () => {
          const step = done++;
          return pass === "forward" ? step : steps - 1 - step;
        });
        const cells = 2 * hidden * batch * cellBytes(pass, own, steps - 1, hidden % 4 !== 0);
        // Weights between padded units as vec4f, and the chunk's first step.
        return cells + 2 * 8 * 8 * 16 + 16;
      });
      expect(found.length).toBeGreaterThanOrEqual(steps / chunk);
      expect(done).toBe(steps);
      expect(found.map(({ bytes }) => bytes)).toEqual(expected);
    }
  });

  test("gather: the batch of all curves, and its row of the order", async () => {
    const calls = await plannedBytes(spec(8), batch, 1e9);
    const bytes = (channels: number) => 16 + batch * (channels * steps + 1) * 4 + batch * steps * 16;
    expect(calls.find(({ label }) => label === "gather input")?.bytes).toBe(bytes(2));
    expect(calls.find(({ label }) => label === "gather target")?.bytes).toBe(bytes(1));
  });
});

test("dispatches of a label are summed, each with what it binds or what it says it touches", () => {
  const buffer = (label: string) => ({ label }) as GPUBuffer;
  const [a, b] = [buffer("a"), buffer("b")];
  const range = (of: GPUBuffer, offset: number, size: number) => ({ buffer: of, offset, size });
  const time = (
    call: { label: string; flops?: number; executed?: number; bytes?: number },
    milliseconds: number,
    reads: object[],
    writes: object[],
  ) =>
    ({ milliseconds, dispatch: { call, reads, writes } }) as unknown as Parameters<
      typeof sumByLabel
    >[0][number];
  const sums = sumByLabel([
    time({ label: "one", flops: 5, executed: 2 }, 1, [range(a, 0, 100)], [range(b, 0, 10)]),
    time({ label: "two" }, 3, [range(b, 0, 10)], [range(b, 0, 10)]),
    time({ label: "one", flops: 6 }, 2, [range(a, 0, 100), range(a, 256, 100)], [range(b, 0, 10)]),
    time({ label: "three", bytes: 7 }, 4, [range(a, 0, 100)], [range(b, 0, 10)]),
  ]);
  expect(sums).toEqual([
    { label: "one", dispatches: 2, milliseconds: 3, flops: 11, executed: 8, bytes: 320 },
    { label: "two", dispatches: 1, milliseconds: 3, flops: 0, executed: 0, bytes: 20 },
    { label: "three", dispatches: 1, milliseconds: 4, flops: 0, executed: 0, bytes: 7 },
  ] satisfies KernelSum[]);
});

test("a plan of more dispatches than a set of queries can time is timed in parts", async () => {
  const count = 2050;
  const labels = await gpu.run(async ({ internals, device }, count) => {
    const memory = new internals.Memory(device);
    const bindings = { x: memory.storage("x", 4), y: memory.storage("y", 4) };
    const call = {
      file: "pointwise/leakyrelu",
      entry: "forward",
      constants: { LENGTH: 1, SLOPE: 0.5 },
      bindings,
    };
    const plan = await internals.Plan.build(
      device,
      Array.from({ length: count }, (_, i) => ({ ...call, label: `${i}`, workgroups: [1] as const })),
    );
    const times = await internals.profilePlan(device, plan);
    memory.dispose();
    return times.map(({ dispatch }) => dispatch.call.label);
  }, count);
  expect(labels).toEqual(Array.from({ length: count }, (_, i) => `${i}`));
});
