import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { molerBilstm, molerCnn } from "../../src/calculus/networks";
import { readSafetensors } from "../../src/engine/files/safetensors";
import { adam, defaultTrainingOptions, sgdm } from "../../src/engine/training/options";
import { adamStepSize } from "../../src/engine/training/schedule";
import { batchNormBackward, batchNormForward } from "../../src/reference/batchnorm";
import { clipGradients } from "../../src/reference/clip";
import { conv1dBackward, conv1dForward } from "../../src/reference/conv1d";
import {
  biGruBackward,
  biGruForward,
  type GruWeights,
  gruBackward,
  gruForward,
} from "../../src/reference/gru";
import { halfMSE } from "../../src/reference/halfmse";
import { leakyReLUBackward, leakyReLUForward } from "../../src/reference/leakyrelu";
import {
  biLstmBackward,
  biLstmForward,
  type LstmShape,
  type LstmWeights,
  lstmBackward,
  lstmForward,
} from "../../src/reference/lstm";
import { adamStep, addL2, sgdmStep } from "../../src/reference/solver";
import { trainReference } from "../../src/reference/training";
import { largest } from "./differences";

/** Both sides are float64, so they differ by rounding only; 5e-15 is the most that was seen. */
const tolerance = 1e-12;
const directory = new URL("../conformance/", import.meta.url);

interface Case {
  readonly config: Config;
  /** The tensor `in.NAME`. */
  readonly data: (name: string) => Float64Array;
  readonly shape: (name: string) => readonly number[];
  /** Names under `in.` that begin with a prefix, in order, without it. */
  readonly names: (prefix: string) => string[];
}

/** The fields of the configurations of all operations together. */
interface Config {
  readonly kernel: number;
  readonly epsilon: number;
  readonly slope: number;
  readonly filters: number;
  readonly hidden: number;
  readonly dropout: number;
  readonly network: "cnn" | "bilstm";
  readonly loss: "observations" | "observations-and-steps";
  readonly normalise: "observations" | "observations-and-steps";
  readonly method: "l2norm" | "global-l2norm" | "absolute-value";
  readonly threshold: number;
  readonly learnRate: number;
  readonly momentum: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly l2: number;
  readonly options: {
    readonly solver: "sgdm" | "adam";
    readonly learnRate: number;
    readonly momentum: number;
    readonly beta1: number;
    readonly beta2: number;
    readonly epsilon: number;
    readonly l2: number;
    readonly threshold: number;
  };
  readonly gradientThresholdMethod: "l2norm" | "global-l2norm" | "absolute-value";
}

type Results = Record<string, ArrayLike<number>>;

const operations: Record<string, (from: Case) => Results> = {
  conv1d({ config, data, shape }) {
    const [batch, inputChannels, steps] = shape("x");
    const sizes = { batch, inputChannels, outputChannels: shape("weight")[0], kernel: config.kernel, steps };
    return {
      y: conv1dForward(data("x"), data("weight"), data("bias"), sizes),
      ...conv1dBackward(data("dy"), data("x"), data("weight"), sizes),
    };
  },
  dense({ data, shape }) {
    const [batch, inputChannels, steps] = shape("x");
    const sizes = { batch, inputChannels, outputChannels: shape("weight")[0], kernel: 1, steps };
    return {
      y: conv1dForward(data("x"), data("weight"), data("bias"), sizes),
      ...conv1dBackward(data("dy"), data("x"), data("weight"), sizes),
    };
  },
  batchnorm({ config: { epsilon }, data, shape }) {
    const [batch, channels, steps] = shape("x");
    const sizes = { batch, channels, steps };
    const result = batchNormForward(data("x"), data("scale"), data("offset"), epsilon, sizes);
    const { mean, variance } = result;
    return {
      ...result,
      ...batchNormBackward(data("dy"), data("x"), data("scale"), mean, variance, epsilon, sizes),
    };
  },
  leakyrelu({ config: { slope }, data }) {
    return {
      y: leakyReLUForward(data("x"), slope),
      dx: leakyReLUBackward(data("dy"), data("x"), slope),
    };
  },
  lstm(from) {
    const sizes = recurrentShape(from);
    const weights = lstmWeights(from, "forward");
    const { dx, dweights } = lstmBackward(from.data("dy"), from.data("x"), weights, sizes);
    return { y: lstmForward(from.data("x"), weights, sizes), dx, ...ofDirection("forward", dweights) };
  },
  bilstm(from) {
    const sizes = recurrentShape(from);
    const weights = { forward: lstmWeights(from, "forward"), reverse: lstmWeights(from, "reverse") };
    const { dx, dweights } = biLstmBackward(from.data("dy"), from.data("x"), weights, sizes);
    return {
      y: biLstmForward(from.data("x"), weights, sizes),
      dx,
      ...ofDirection("forward", dweights.forward),
      ...ofDirection("reverse", dweights.reverse),
    };
  },
  gru(from) {
    const sizes = recurrentShape(from);
    const weights = gruWeights(from, "forward");
    const { dx, dweights } = gruBackward(from.data("dy"), from.data("x"), weights, sizes);
    return { y: gruForward(from.data("x"), weights, sizes), dx, ...ofDirection("forward", dweights) };
  },
  bigru(from) {
    const sizes = recurrentShape(from);
    const weights = { forward: gruWeights(from, "forward"), reverse: gruWeights(from, "reverse") };
    const { dx, dweights } = biGruBackward(from.data("dy"), from.data("x"), weights, sizes);
    return {
      y: biGruForward(from.data("x"), weights, sizes),
      dx,
      ...ofDirection("forward", dweights.forward),
      ...ofDirection("reverse", dweights.reverse),
    };
  },
  halfmse({ config, data, shape }) {
    const [batch, , steps] = shape("prediction");
    const { loss, dprediction } = halfMSE(data("prediction"), data("target"), config.normalise, {
      batch,
      steps,
    });
    return { loss: [loss], dprediction };
  },
  clip({ config, data, names }) {
    const gradients = new Map(names("g").map((suffix) => [`g${suffix}`, data(`g${suffix}`)]));
    return Object.fromEntries(clipGradients(gradients, config.threshold, config.method));
  },
  sgdm({ config, data, names }) {
    const weight = data("weight");
    const velocity = new Float64Array(weight.length);
    return Object.fromEntries(
      names("grad.").map((step) => {
        sgdmStep(weight, velocity, addL2(data(`grad.${step}`), weight, config.l2), config);
        return [`weight.${step}`, weight.slice()];
      }),
    );
  },
  adam({ config, data, names }) {
    const weight = data("weight");
    const [mean, square] = [new Float64Array(weight.length), new Float64Array(weight.length)];
    return Object.fromEntries(
      names("grad.").map((step, i) => {
        const gradient = addL2(data(`grad.${step}`), weight, config.l2);
        const stepSize = adamStepSize(config.learnRate, config, i + 1);
        adamStep(weight, mean, square, gradient, { ...config, stepSize });
        return [`weight.${step}`, weight.slice()];
      }),
    );
  },
  train({ config, data, shape, names }) {
    const { filters, kernel, slope, hidden, dropout, options, gradientThresholdMethod } = config;
    const [rows, , samples] = shape("x");
    const network =
      config.network === "cnn"
        ? molerCnn({ filters, kernel, slope, samples })
        : molerBilstm({ hidden, dropout, samples });
    expect(network.loss).toBe(config.loss);
    const { losses, learnables } = trainReference(
      network,
      {
        ...defaultTrainingOptions,
        solver:
          options.solver === "adam"
            ? adam({ beta1: options.beta1, beta2: options.beta2, epsilon: options.epsilon })
            : sgdm({ momentum: options.momentum }),
        learnRate: options.learnRate,
        l2: options.l2,
        clip: options.threshold,
        clipMethod: gradientThresholdMethod,
        batch: shape("batches")[1],
      },
      new Map(names("init.").map((name) => [name, data(`init.${name}`)])),
      { rows, x: data("x"), target: data("target") },
      data("batches"),
    );
    const finals = Array.from(learnables, ([name, values]) => [`final.${name}`, values]);
    return { loss: losses, ...Object.fromEntries(finals) };
  },
};

const recurrentShape = ({ config: { hidden }, shape }: Case): LstmShape => {
  const [batch, inputChannels, steps] = shape("x");
  return { batch, inputChannels, hidden, steps };
};

const lstmWeights = ({ data }: Case, direction: string): LstmWeights => ({
  weight_ih: data(`${direction}.weight_ih`),
  weight_hh: data(`${direction}.weight_hh`),
  bias: data(`${direction}.bias`),
});

const gruWeights = ({ data }: Case, direction: string): GruWeights => ({
  weight_ih: data(`${direction}.weight_ih`),
  weight_hh: data(`${direction}.weight_hh`),
  bias_ih: data(`${direction}.bias_ih`),
  bias_hh: data(`${direction}.bias_hh`),
});

const ofDirection = (direction: string, gradients: LstmWeights | GruWeights): Results =>
  Object.fromEntries(Object.entries(gradients).map(([name, values]) => [`d${direction}.${name}`, values]));

const cases = readdirSync(directory)
  .filter((file) => file.endsWith(".safetensors"))
  .map((file) => {
    const { tensors, metadata } = readSafetensors(readFileSync(new URL(file, directory)), file);
    return { file, tensors, operation: metadata.get("op") ?? "", config: metadata.get("config") ?? "" };
  });

describe("conformance vectors", () => {
  it("are all there", () => {
    expect(cases.length).toBeGreaterThanOrEqual(24);
  });

  it.each(cases)("$file", ({ tensors, operation, config }) => {
    const tensor = (name: string) => {
      const found = tensors.get(`in.${name}`);
      if (found === undefined) throw new Error(`no tensor in.${name}`);
      return found;
    };
    const results = operations[operation]({
      config: JSON.parse(config),
      data: (name) => Float64Array.from(tensor(name).data),
      shape: (name) => tensor(name).shape,
      names: (prefix) =>
        [...tensors.keys()]
          .filter((key) => key.startsWith(`in.${prefix}`))
          .map((key) => key.slice(`in.${prefix}`.length))
          .sort(),
    });
    for (const [key, { data: expected }] of tensors) {
      if (!key.startsWith("out.")) continue;
      const got = results[key.slice("out.".length)];
      expect(got.length, key).toBe(expected.length);
      const error = largest(Array.from(expected, (value, i) => got[i] - value)) / largest(expected);
      expect(error, `${key}, largest error`).toBeLessThanOrEqual(tolerance);
    }
  });
});
