import { describe, expect, test } from "vitest";
import { molerBilstm, molerCnn } from "../../../src/calculus/networks";
import {
  averagePool,
  batchNorm,
  biGru,
  biLstm,
  conv1d,
  dense,
  dropout,
  globalAveragePool,
  globalMaxPool,
  gru,
  type LayerSpec,
  lastStep,
  layerNorm,
  leakyReLU,
  lstm,
  maxPool,
  type NetworkSpec,
  relu,
  resolveLayers,
  sigmoid,
  tanh,
} from "../../../src/engine";
import { layerKinds } from "../../../src/engine/layers/registry";
import { outputOf, tensorShapes } from "../../../src/engine/network/spec";
import { inferenceBackward, inferenceForward } from "../../../src/reference/network";
import { gpu } from "../../browser/client";
import { largest } from "../../reference/differences";
import { kernelsFor } from "./adapter";
import { expectRelative } from "./bounds";
import { singles } from "./layer";

/** Without a fused rectifier, with the layers that need care at either end, two output channels. */
const apart: NetworkSpec = {
  input: { channels: 3, steps: 9 },
  layers: [
    batchNorm({ epsilon: 1e-3 }),
    conv1d({ filters: 5, kernel: 4 }),
    leakyReLU(0.2),
    tanh(),
    conv1d({ filters: 2, kernel: 2 }),
    batchNorm(),
  ],
  loss: "observations",
};

const recurrent: NetworkSpec = {
  input: { channels: 5, steps: 33 },
  layers: [
    dropout(0.3),
    lstm({ hidden: 6 }),
    batchNorm(),
    leakyReLU(0.1),
    biLstm({ hidden: 4 }),
    dense({ outputs: 3 }),
    dropout(0.1),
  ],
  loss: "observations-and-steps",
};

/** Time steps change on the way, and to one. */
const shrinking: NetworkSpec = {
  input: { channels: 3, steps: 29 },
  layers: [
    conv1d({ filters: 6, kernel: 3 }),
    layerNorm(),
    relu(),
    maxPool({ size: 3, stride: 2 }),
    dense({ outputs: 5 }),
    tanh(),
    averagePool({ size: 2, stride: 1 }),
    dense({ outputs: 2 }),
  ],
  loss: "observations",
};

const lasting: NetworkSpec = {
  input: { channels: 3, steps: 9 },
  layers: [lstm({ hidden: 6 }), lastStep(), dense({ outputs: 2 })],
  loss: "observations",
};

const overTime = (pool: LayerSpec): NetworkSpec => ({
  input: { channels: 3, steps: 9 },
  layers: [conv1d({ filters: 5, kernel: 2 }), sigmoid(), pool, dense({ outputs: 2 })],
  loss: "observations",
});

const gated: NetworkSpec = {
  input: { channels: 5, steps: 9 },
  layers: [gru({ hidden: 6 }), biGru({ hidden: 3 }), dense({ outputs: 2 })],
  loss: "observations",
};

const point: NetworkSpec = {
  input: { channels: 1, steps: 1 },
  layers: [conv1d({ filters: 129, kernel: 3 }), batchNorm(), leakyReLU(0.5), dense({ outputs: 1 })],
  loss: "observations",
};

/** Learnables and statistics that all matter: rows of weights of length 1, variances from 0.5. */
const tensorsOf = (spec: NetworkSpec) =>
  new Map(
    Array.from(tensorShapes(resolveLayers(spec)), ([name, shape], seed) => {
      const [rows, ...others] = shape;
      const columns = others.reduce((product, size) => product * size, 1);
      const data = singles(rows * columns, seed).map((value) =>
        name.endsWith(".variance") ? 0.5 + value ** 2 : value / Math.sqrt(columns),
      );
      return [name, { shape, data }] as const;
    }),
  );

function curvesOf(spec: NetworkSpec, rows: number) {
  const { channels, steps } = spec.input;
  const output = outputOf(resolveLayers(spec));
  return {
    x: singles(rows * channels * steps, 80).map((value) => 1 + value),
    outputGradient: singles(rows * output.channels * output.steps, 81),
  };
}

const exactly = (tensors: ReturnType<typeof tensorsOf>) =>
  new Map(Array.from(tensors, ([name, { data }]) => [name, Float64Array.from(data)]));

const batch = 7;

const gradientOf = (
  spec: NetworkSpec,
  values: ReturnType<typeof curvesOf>,
  kernels: Parameters<typeof kernelsFor>[0],
) =>
  gpu.run(
    async ({ fluxion, device }, { spec, tensors, x, outputGradient, kernels }) => {
      const network = await fluxion.Network.build(device, spec, kernels);
      network.writeTensors(tensors);
      const gradient = await network.inputGradient(x, outputGradient);
      network.dispose();
      return gradient;
    },
    { spec: { ...spec, batch }, tensors: tensorsOf(spec), ...values, kernels: kernelsFor(kernels) },
  );

describe("the gradient of a prediction with respect to the input follows the reference", () => {
  const cnn = molerCnn({ filters: 33, samples: 31 });
  const bilstm = molerBilstm({ hidden: 33, samples: 31 });
  test.for([
    { name: "CNN", spec: cnn, rows: 2 * batch + 3, kind: "software" },
    { name: "CNN", spec: cnn, rows: batch, kind: "hardware" },
    { name: "BiLSTM", spec: bilstm, rows: batch + 1, kind: "software" },
    { name: "BiLSTM", spec: bilstm, rows: 1, kind: "hardware" },
    { name: "apart", spec: apart, rows: 3, kind: "software" },
    { name: "apart", spec: apart, rows: 33, kind: "hardware" },
    { name: "recurrent", spec: recurrent, rows: batch, kind: "software" },
    { name: "recurrent", spec: recurrent, rows: 9, kind: "hardware" },
    { name: "gated", spec: gated, rows: batch + 1, kind: "software" },
    { name: "one step", spec: point, rows: 1, kind: "software" },
    { name: "fewer and fewer steps", spec: shrinking, rows: 9, kind: "software" },
    { name: "to the last step", spec: lasting, rows: 3, kind: "software" },
    { name: "to the mean", spec: overTime(globalAveragePool()), rows: 3, kind: "software" },
    { name: "to the largest", spec: overTime(globalMaxPool()), rows: 3, kind: "software" },
  ] as const)("$name, $rows curves at batch 7, $kind", async ({ spec, rows, kind }) => {
    const values = curvesOf(spec, rows);
    const [x, outputGradient] = [values.x, values.outputGradient].map((data) => Float64Array.from(data));
    const exact = exactly(tensorsOf(spec));
    // Where z is next to zero the slope may be taken on either side; these data have no such z.
    spec.layers.forEach(({ kind }, i) => {
      if (kind !== "leakyrelu" && kind !== "relu") return;
      const z = inferenceForward({ ...spec, layers: spec.layers.slice(0, i) }, exact, exact, x);
      expect(Math.min(...z.map(Math.abs))).toBeGreaterThan(1e-6);
    });
    const expected = inferenceBackward(spec, exact, exact, x, outputGradient);
    expect(largest(expected)).toBeGreaterThan(0.01);
    expectRelative("dx", await gradientOf(spec, values, kind), expected, 1e-5);
  });

  test("these networks have layers of every kind", () => {
    const pools = [globalAveragePool(), globalMaxPool()].map(overTime);
    const networks = [cnn, bilstm, apart, recurrent, point, shrinking, lasting, gated, ...pools];
    const kinds = networks.flatMap(({ layers }) => layers.map(({ kind }) => kind));
    expect(new Set(kinds)).toEqual(new Set(Object.keys(layerKinds)));
  });

  test("a row of the Jacobian is zero beyond the receptive field of the CNN", async () => {
    const { x } = curvesOf(cnn, 1);
    const outputGradient = new Float32Array(31);
    outputGradient[15] = 1;
    const dx = await gradientOf(cnn, { x, outputGradient }, "software");
    const reached = Array.from(dx.subarray(31)).flatMap((value, s) => (value === 0 ? [] : [s]));
    expect(reached).toEqual(Array.from({ length: 13 }, (_, i) => 9 + i));
  });
});

const small = molerBilstm({ hidden: 5, samples: 13 });

test("it leaves predictions as they were, repeats its bits, and keeps no buffers", async () => {
  const values = { ...curvesOf(small, 9), tensors: tensorsOf(small), spec: { ...small, batch } };
  const found = await gpu.run(async ({ fluxion, device }, { spec, tensors, x, outputGradient }) => {
    const network = await fluxion.Network.build(device, spec);
    network.writeTensors(tensors);
    const bytes = network.bytesOnDevice;
    const alone = await network.inputGradient(x, outputGradient);
    const [before, first, after, second] = await Promise.all([
      network.predict(x),
      network.inputGradient(x, outputGradient),
      network.predict(x),
      network.inputGradient(x, outputGradient),
    ]);
    const kept = network.bytesOnDevice - bytes;
    const tensorsAfter = await network.readTensors();
    network.dispose();
    return { alone, before, first, after, second, kept, tensors: tensorsAfter };
  }, values);
  expect(found.first).toEqual(found.alone);
  expect(found.second).toEqual(found.alone);
  expect(found.after).toEqual(found.before);
  expect(found.kept).toBe(0);
  expect(found.tensors).toEqual(values.tensors);
});

test("asked for between the steps of a training, it changes nothing of it", async () => {
  const { x, outputGradient } = curvesOf(small, 9);
  const curves = { rows: 9, x, target: outputGradient };
  const [undisturbed, disturbed] = await gpu.run(
    async ({ fluxion, device }, { spec, curves }) => {
      const trainedWith = async (asking: boolean) => {
        const network = await fluxion.Network.build(device, spec);
        const trainer = await fluxion.Trainer.build(network, {
          train: curves,
          validation: curves,
          options: { epochs: 5 },
        });
        const gradients: Float32Array[] = [];
        for await (const _ of trainer.run())
          if (asking) gradients.push(await network.inputGradient(curves.x, curves.target));
        const tensors = await network.readTensors();
        trainer.dispose();
        network.dispose();
        return { tensors, gradients };
      };
      return [await trainedWith(false), await trainedWith(true)];
    },
    { spec: { ...small, batch: 3 }, curves },
  );
  expect(disturbed.gradients.length).toBe(15);
  expect(disturbed.gradients[14]).not.toEqual(disturbed.gradients[0]);
  expect(disturbed.tensors).toEqual(undisturbed.tensors);
});

test("refuses other shapes, and a network that is gone, in one line", async () => {
  const errors = await gpu.run(
    async ({ fluxion, device }, spec) => {
      const network = await fluxion.Network.build(device, spec);
      const messageOf = (x: number, outputGradient: number) =>
        network.inputGradient(new Float32Array(x), new Float32Array(outputGradient)).then(
          () => "nothing was thrown",
          ({ name, message }: Error) => `${name}: ${message}`,
        );
      const waiting = [await messageOf(25, 13), await messageOf(0, 0), await messageOf(52, 13)];
      network.dispose();
      return [...waiting, await messageOf(26, 13)];
    },
    { ...small, batch },
  );
  expect(errors).toEqual([
    "RangeError: expected samples of 26 values (C·T) each, got 25 values",
    "RangeError: expected samples of 26 values (C·T) each, got 0 values",
    "RangeError: outputGradient must hold (2, Cout, Tout) = 26 values, got 13",
    "DisposedError: the network was disposed",
  ]);
});

test("what fails while its buffers are made frees them, and may be asked again", async () => {
  const found = await gpu.run(
    async ({ fluxion, device }, { spec, tensors }) => {
      const network = await fluxion.Network.build(device, spec);
      network.writeTensors(tensors);
      const live = new Set<GPUBuffer>();
      const prototype = Object.getPrototypeOf(device.gpu);
      const original: GPUDevice["createBuffer"] = prototype.createBuffer;
      let refusing = true;
      prototype.createBuffer = function (this: GPUDevice, descriptor: GPUBufferDescriptor) {
        if (refusing && descriptor.label === "bilstm1 input gradient")
          throw new fluxion.OutOfMemoryError("no room");
        const buffer = original.call(this, descriptor);
        const destroy = buffer.destroy.bind(buffer);
        live.add(buffer);
        buffer.destroy = () => {
          live.delete(buffer);
          destroy();
        };
        return buffer;
      };
      try {
        const ask = () =>
          network.inputGradient(new Float32Array(26), new Float32Array(13)).then(
            ({ length }) => `${length} values, ${live.size} buffers`,
            ({ message }: Error) => `${message}, ${live.size} buffers`,
          );
        const refused = await ask();
        refusing = false;
        return [refused, await ask()];
      } finally {
        prototype.createBuffer = original;
        network.dispose();
      }
    },
    { spec: { ...small, batch }, tensors: tensorsOf(small) },
  );
  expect(found).toEqual(["no room, 0 buffers", "26 values, 0 buffers"]);
});
