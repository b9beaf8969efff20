import { describe, expect, test } from "vitest";
import { batchNorm, biLstm, conv1d, dense, leakyReLU, type NetworkSpec } from "../../../src/engine";
import { gpu } from "../../browser/client";

const convolutional: NetworkSpec & { readonly batch: number } = {
  input: { channels: 2, steps: 33 },
  batch: 31,
  layers: [conv1d({ filters: 9, kernel: 5 }), batchNorm(), leakyReLU(0.5), conv1d({ filters: 1, kernel: 3 })],
  loss: "observations",
};
test("with time enough, every variant of a convolution is checked and timed", async () => {
  const { findings } = await gpu.run(
    ({ fluxion, device }, spec) => fluxion.tune(device, spec, { milliseconds: 1e6 }),
    convolutional,
  );
  expect(findings.length).toBeGreaterThan(4);
  for (const { problem, choice, trials } of findings) {
    expect(new Set(trials.map(({ variant }) => variant)).size, problem).toBeGreaterThan(1);
    for (const { variant, gflops, refused } of trials)
      expect({ problem, variant, refused, timed: (gflops ?? 0) > 0 }).toMatchObject({
        refused: undefined,
        timed: true,
      });
    expect(trials.map(({ variant }) => variant)).toContain(choice.variant);
    expect(choice.gflops).toBeGreaterThan(0);
  }
});

test("the algorithm of Toom and Cook is not refused where most taps see nothing but padding", async () => {
  const spec: NetworkSpec & { readonly batch: number } = {
    input: { channels: 32, steps: 1 },
    batch: 50,
    layers: [conv1d({ filters: 32, kernel: 5 })],
    loss: "observations",
  };
  const { findings } = await gpu.run(
    ({ fluxion, device }, spec) => fluxion.tune(device, spec, { milliseconds: 1e6 }),
    spec,
  );
  const trials = findings.flatMap(({ trials }) => trials);
  expect(trials.some(({ variant }) => variant.startsWith("toom-cook"))).toBe(true);
  expect(trials.filter(({ refused }) => refused !== undefined)).toEqual([]);
});

test("a recurrence of more values than are compared is not refused: it computes in place, and begins anew", async () => {
  const spec: NetworkSpec & { readonly batch: number } = {
    input: { channels: 2, steps: 100 },
    batch: 41,
    layers: [biLstm({ hidden: 64 }), dense({ outputs: 1 })],
    loss: "observations-and-steps",
  };
  const { findings } = await gpu.run(async ({ fluxion, device }, spec) => {
    const { tuning } = await fluxion.tune(device, spec, { milliseconds: 0 });
    const known = Object.fromEntries(Object.entries(tuning).filter(([key]) => !/recurrence/.test(key)));
    return fluxion.tune(device, spec, { known, milliseconds: 3000 });
  }, spec);
  const trials = findings.flatMap(({ trials }) => trials);
  expect(trials.length).toBeGreaterThan(0);
  expect(trials.filter(({ refused }) => refused !== undefined)).toEqual([]);
  expect(trials.filter(({ gflops }) => !((gflops ?? 0) > 0))).toEqual([]);
});

test("what is known is not measured, and without time the rules decide", async () => {
  const { first, second, third } = await gpu.run(async ({ fluxion, device }, spec) => {
    const first = await fluxion.tune(device, spec, { milliseconds: 0 });
    const second = await fluxion.tune(device, spec, { known: first.tuning });
    const [one, ...others] = Object.entries(first.tuning);
    const third = await fluxion.tune(device, spec, { known: Object.fromEntries(others), milliseconds: 0 });
    return { first, second, third: { ...third, one: one[0] } };
  }, convolutional);
  expect(first.findings.length).toBe(Object.keys(first.tuning).length);
  expect(first.findings.every(({ trials }) => trials.length === 0)).toBe(true);
  expect(second.findings).toEqual([]);
  expect(second.tuning).toEqual(first.tuning);
  expect(third.findings.map(({ problem }) => problem)).toEqual([third.one]);
  expect(third.tuning).toEqual(first.tuning);
});

describe("what a driver computes wrongly is found and not chosen:", () => {
  /** The post's middle convolution: of such a size samples are a small part. */
  const wide: NetworkSpec & { readonly batch: number } = {
    input: { channels: 128, steps: 100 },
    batch: 20,
    layers: [conv1d({ filters: 128, kernel: 5 }), conv1d({ filters: 128, kernel: 5 })],
    loss: "observations",
  };
  // Staged convolutions and products are other kernels, and a tap alone has no neighbour.
  const direct = /^(?!toom-cook|1x)(?!.*(staged|product))/;
  const toomCook = /^toom-cook/;
  const faults = [
    {
      kernel: "conv1d.convolve",
      text: "var tap = 0u;",
      fault: "var tap = 1u;",
      kind: "convolution",
      own: direct,
    },
    {
      kernel: "conv1d.convolve",
      text: "t < STEPS",
      fault: "t < STEPS - 1",
      kind: "convolution",
      own: direct,
    },
    {
      kernel: "weightgradient.weight_gradient",
      text: "part * IN_GROUPS + inGroup",
      fault: "part * IN_GROUPS + min(inGroup, 1u)",
      kind: "weight gradient",
      own: /^(?!1x)/,
    },
    {
      kernel: "weightgradient.weight_gradient",
      text: "t + TAP_BLOCK",
      fault: "t + TAP_BLOCK - 1",
      kind: "weight gradient",
      own: direct,
    },
    { kernel: "toomcook.transform_input", text: "5.25", fault: "5.5", kind: "convolution", own: toomCook },
    {
      kernel: "toomcook.interpolate_gradient",
      text: "odd = i % 2 == 1",
      fault: "odd = i % 4 == 1",
      kind: "weight gradient",
      own: toomCook,
    },
  ];

  test.for(
    faults.flatMap((fault) => [
      // There are no other groups of input channels to be mistaken for in a small one.
      ...(fault.text.includes("inGroup") ? [] : [{ ...fault, spec: convolutional, size: "small" }]),
      { ...fault, spec: wide, size: "wide" },
    ]),
  )("$kernel, $text, $size", async ({ kernel, text, fault, kind, spec, own }) => {
    const findings = await gpu.run(
      async ({ fluxion, internals, device }, { spec, kernel, text, fault, kind }) => {
        const faulty = internals.withShaders(device, (label, code) => {
          const altered = label === kernel ? code.replaceAll(text, fault) : code;
          if (label === kernel && altered === code) throw new Error(`${kernel} has no such text`);
          return altered;
        });
        // What is known is not measured: all the time goes to the kind concerned.
        const { tuning } = await fluxion.tune(faulty, spec, { milliseconds: 0 });
        const known = Object.fromEntries(Object.entries(tuning).filter(([key]) => !key.startsWith(kind)));
        return (await fluxion.tune(faulty, spec, { known, milliseconds: 1500 })).findings;
      },
      { spec, kernel, text, fault, kind },
    );
    const concerned = findings.filter(({ problem, trials }) => problem.startsWith(kind) && trials.length > 0);
    expect(concerned.length).toBeGreaterThan(0);
    for (const { problem, choice, trials } of concerned) {
      const faulty = trials.filter(({ variant }) => own.test(variant));
      for (const { variant, refused } of faulty)
        expect(refused, `${problem}, ${variant}`).toContain("something else than the plain kernel");
      expect(faulty.map(({ variant }) => variant)).not.toContain(choice.variant);
    }
  });
});

test("with one tuning two trainings have the same bits; what names no variant goes by the rules", async () => {
  const { bits, known } = await gpu.run(async ({ fluxion, device }, { batch, ...spec }) => {
    const tuning = {
      convolution: { variant: "5x4" },
      "weight gradient": { variant: "plain" },
    };
    const train = async (tuning: Record<string, { readonly variant: string }>) => {
      const network = await fluxion.Network.build(device, { ...spec, batch }, { tuning });
      const values = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * i));
      const curves = { rows: batch, x: values(batch * 2 * 33), target: values(batch * 33) };
      const options = { epochs: 3, learnRate: 0.01, solver: fluxion.sgdm() };
      const trainer = await fluxion.Trainer.build(network, { train: curves, validation: curves, options });
      for await (const _ of trainer.run());
      const tensors = await network.readTensors();
      trainer.dispose();
      network.dispose();
      return Array.from(tensors, ([name, { data }]) => [name, [...data]] as const);
    };
    return {
      bits: [await train(tuning), await train(tuning)],
      known: [await train({ convolution: { variant: "7x7" } }), await train({})],
    };
  }, convolutional);
  expect(bits[1]).toEqual(bits[0]);
  expect(known[1]).toEqual(known[0]);
  expect(bits[0]).not.toEqual(known[0]);
});
