import { describe, expect, it } from "vitest";
import {
  batchNorm,
  biLstm,
  conv1d,
  dense,
  dropout,
  leakyReLU,
  lstm,
  type NetworkSpec,
  resolveLayers,
} from "../../src/engine";
import { halfMSE } from "../../src/reference/halfmse";
import {
  inferenceBackward,
  inferenceForward,
  trainingBackward,
  trainingForward,
} from "../../src/reference/network";
import { expectGradient, largest, normals } from "./differences";
import { randomLearnables } from "./learnables";

const networks: Record<string, NetworkSpec> = {
  "convolutions, T 7": {
    input: { channels: 2, steps: 7 },
    layers: [
      conv1d({ filters: 5, kernel: 5 }),
      batchNorm(),
      leakyReLU(0.5),
      conv1d({ filters: 3, kernel: 4 }),
      batchNorm({ epsilon: 1e-3 }),
      leakyReLU(0.1),
      conv1d({ filters: 1, kernel: 3 }),
    ],
    loss: "observations",
  },
  "two dense layers, T 1": {
    input: { channels: 3, steps: 1 },
    layers: [dense({ outputs: 4 }), leakyReLU(0.2), batchNorm(), dense({ outputs: 2 })],
    loss: "observations-and-steps",
  },
  "recurrent, T 6": {
    input: { channels: 2, steps: 6 },
    layers: [biLstm({ hidden: 3 }), batchNorm(), lstm({ hidden: 5 }), dense({ outputs: 1 })],
    loss: "observations-and-steps",
  },
};
const batch = 3;

describe.each(Object.entries(networks))("network: %s", (_, network) => {
  const { channels, steps } = network.input;
  const outputChannels = resolveLayers(network).at(-1)?.output.channels ?? 0;
  const x = normals(batch * channels * steps, 100);
  const target = normals(batch * outputChannels * steps, 101);
  const learnables = randomLearnables(network);

  it("every gradient agrees with differences", () => {
    const evaluate = () => {
      const pass = trainingForward(network, learnables, x);
      return { pass, ...halfMSE(pass.prediction, target, network.loss, { batch, steps }) };
    };
    const { pass, dprediction } = evaluate();
    const { dx, gradients } = trainingBackward(network, learnables, pass, dprediction);
    expect([...gradients.keys()].sort()).toEqual([...learnables.keys()].sort());
    // The bias before a batch normalisation has gradient zero, so errors are taken relative to the largest.
    const scale = largest([...gradients.values()].map(largest));
    expectGradient("x", dx, x, () => evaluate().loss, scale);
    for (const [name, gradient] of gradients)
      expectGradient(name, gradient, learnables.get(name) ?? x, () => evaluate().loss, scale);
  });

  it("at inference with the statistics of a batch repeats its training pass", () => {
    const { prediction, statistics } = trainingForward(network, learnables, x);
    expect(inferenceForward(network, learnables, statistics, x)).toEqual(prediction);
  });

  it("at inference treats every curve by itself", () => {
    const { statistics } = trainingForward(network, learnables, x);
    const all = inferenceForward(network, learnables, statistics, x);
    const last = inferenceForward(network, learnables, statistics, x.slice((batch - 1) * channels * steps));
    expect(last).toEqual(all.slice((batch - 1) * outputChannels * steps));
  });

  it("the gradient of the input at inference agrees with differences", () => {
    // Of another batch, so that nothing depends on x.
    const { statistics } = trainingForward(network, learnables, normals(x.length, 102));
    const evaluate = () => {
      const prediction = inferenceForward(network, learnables, statistics, x);
      return halfMSE(prediction, target, network.loss, { batch, steps });
    };
    const dx = inferenceBackward(network, learnables, statistics, x, evaluate().dprediction);
    expectGradient("x", dx, x, () => evaluate().loss);
  });

  it("names a missing learnable", () => {
    const [name] = learnables.keys();
    const rest = new Map([...learnables].slice(1));
    expect(() => trainingForward(network, rest, x)).toThrow(`there is no tensor ${name}`);
  });
});

it("at inference dropout passes gradients on", () => {
  const network: NetworkSpec = {
    input: { channels: 2, steps: 3 },
    layers: [dropout(0.5), dense({ outputs: 1 }), dropout(0.1)],
    loss: "observations",
  };
  const weight = Float64Array.of(3, -5);
  const learnables = new Map([
    ["fc.weight", weight],
    ["fc.bias", Float64Array.of(1)],
  ]);
  const dx = inferenceBackward(network, learnables, new Map(), new Float64Array(6), Float64Array.of(0, 1, 2));
  expect(Array.from(dx)).toEqual([0, 3, 6, 0, -5, -10]);
});
