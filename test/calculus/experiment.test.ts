import { describe, expect, it } from "vitest";
import { generateCurves, splitCurves } from "../../src/calculus/curves";
import { evaluate } from "../../src/calculus/evaluation";
import { optionsOf, resolveExperiment } from "../../src/calculus/experiment";
import { molerBilstm, molerCnn } from "../../src/calculus/networks";

import { networkNames, type PresetName } from "../../src/calculus/options";
import { resolveLayers } from "../../src/engine";
import { batchOrder } from "../../src/engine/training/resolve";
import { halfMSE } from "../../src/reference/halfmse";

describe("Moler's CNN", () => {
  const layers = resolveLayers(molerCnn());

  it("has the post's layers", () => {
    expect(layers.map(({ name, spec }) => [name, spec])).toEqual([
      ["conv1", { kind: "conv1d", filters: 128, kernel: 5 }],
      ["bn1", { kind: "batchnorm", epsilon: 1e-5 }],
      ["relu1", { kind: "leakyrelu", slope: 0.5 }],
      ["conv2", { kind: "conv1d", filters: 128, kernel: 5 }],
      ["bn2", { kind: "batchnorm", epsilon: 1e-5 }],
      ["relu2", { kind: "leakyrelu", slope: 0.5 }],
      ["conv3", { kind: "conv1d", filters: 1, kernel: 5 }],
    ]);
    expect(molerCnn().input).toEqual({ channels: 2, steps: 100 });
    expect(molerCnn().loss).toBe("observations");
  });

  it("has 84 609 parameters", () => {
    const sizes = layers.flatMap(({ learnables }) => learnables.map(({ shape }) => shape));
    expect(sizes.reduce((sum, shape) => sum + shape.reduce((size, extent) => size * extent), 0)).toBe(84_609);
  });
});

describe("Moler's recurrent network", () => {
  const layers = resolveLayers(molerBilstm());

  it("has the post's layers", () => {
    expect(layers.map(({ name, spec }) => [name, spec])).toEqual([
      ["bilstm1", { kind: "bilstm", hidden: 128 }],
      ["drop1", { kind: "dropout", probability: 0.5 }],
      ["bilstm2", { kind: "bilstm", hidden: 128 }],
      ["fc", { kind: "dense", outputs: 1 }],
    ]);
    expect(molerBilstm().input).toEqual({ channels: 2, steps: 100 });
    expect(molerBilstm().loss).toBe("observations-and-steps");
  });

  it("has 528 641 parameters", () => {
    const sizes = layers.flatMap(({ learnables }) => learnables.map(({ shape }) => shape));
    expect(sizes.reduce((sum, shape) => sum + shape.reduce((size, extent) => size * extent), 0)).toBe(
      528_641,
    );
  });
});

describe("the moler preset", () => {
  const [cnn, bilstm] = [resolveExperiment("moler", "cnn"), resolveExperiment("moler", "bilstm")];
  const { data, training: options } = cnn;

  it("trains the CNN as the post and R2018b's defaults say", () => {
    expect(options).toMatchObject({
      solver: { kind: "sgdm", momentum: 0.9 },
      learnRate: 0.01,
      schedule: { kind: "none" },
      epochs: 30,
      batch: 200,
      l2: 1e-4,
      clip: 1,
      clipMethod: "l2norm",
      initialisation: "narrow-normal",
      batchNormStatistics: "population",
      shuffle: "once",
      validationEvery: 50,
      patience: Number.POSITIVE_INFINITY,
      seed: 0,
    });
    expect(data).toEqual({ family: "six", curves: 3000, samples: 100, noise: 1e-3, seed: 0 });
    expect(cnn.spec).toEqual(molerCnn());
  });

  it("trains the recurrent network likewise, by Adam", () => {
    const solver = { kind: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    expect(bilstm.training).toEqual({ ...options, solver, learnRate: 0.001 });
    expect(bilstm.data).toEqual(data);
    expect(bilstm.spec).toEqual(molerBilstm());
  });

  it("decays weights and batchnorm parameters, not biases", () => {
    for (const spec of [cnn.spec, bilstm.spec])
      for (const { name, l2Factor } of resolveLayers(spec).flatMap((layer) => layer.learnables))
        expect(l2Factor, name).toBe(name.endsWith(".bias") ? 0 : 1);
  });

  it("makes 360 iterations, 12 an epoch, and leaves 100 curves out", () => {
    const epoch = batchOrder(2500, options);
    expect(epoch.length / options.batch).toBe(12);
    expect((epoch.length / options.batch) * options.epochs).toBe(360);
    expect(2500 - epoch.length).toBe(100);
  });
});

/** The options of a preset's networks. */
const optionsBy = (preset: PresetName) =>
  networkNames.map((network) => optionsOf(resolveExperiment(preset, network)));

describe("the quick preset", () => {
  it("is the same networks and data, smaller", () => {
    const [moler, quick] = [optionsBy("moler"), optionsBy("quick")];
    for (const [i, size] of (["filters", "hidden"] as const).entries()) {
      const { curves, samples, batch } = moler[i];
      expect({ ...quick[i], curves, samples, batch, [size]: moler[i][size] }).toEqual(moler[i]);
      expect(quick[i].curves).toBeLessThan(curves);
      expect(quick[i][size]).toBeLessThan(moler[i][size] ?? 0);
      expect(quick[i].curves * (5 / 6)).toBeGreaterThanOrEqual(quick[i].batch);
    }
  });
});

describe("the principled preset", () => {
  it("teaches the same networks, narrower, a continuous family for 16 000 iterations", () => {
    for (const [i, network] of networkNames.entries()) {
      const [moler, principled] = [optionsBy("moler")[i], optionsBy("principled")[i]];
      const { samples, noise, seed, kernel } = moler;
      expect(principled).toMatchObject({ family: "continuous", curves: 12_000, samples, noise, seed });
      expect(principled.kernel).toBe(kernel);
      expect(principled.filters ?? principled.hidden).toBeLessThan(moler.filters ?? moler.hidden ?? 0);
      const { data, training } = resolveExperiment("principled", network);
      expect(batchOrder((data.curves * 5) / 6, training).length / training.batch).toBe(16_000);
    }
  });
});

describe("evaluate", () => {
  const curves = generateCurves();
  const { test } = splitCurves(curves, 0);
  const zeros = new Float32Array(curves.clean.length);

  it("scores predicting zero at 1.648, and the loss then is near 136", () => {
    expect(Math.abs(evaluate(zeros, curves).rmseZero / 1.648 - 1)).toBeLessThan(0.01);
    expect(Math.abs(evaluate(new Float32Array(test.clean.length), test).rmse / 1.648 - 1)).toBeLessThan(0.05);
    const shape = { batch: curves.rows, steps: curves.samples };
    const { loss } = halfMSE(
      Float64Array.from(zeros),
      Float64Array.from(curves.target),
      molerCnn().loss,
      shape,
    );
    expect(Math.abs(loss / 136 - 1)).toBeLessThan(0.01);
  });

  it("scores each function by itself", () => {
    const { rmse, rmsePerFunction, rmseZero } = evaluate(zeros, curves);
    // √ of the mean square of each derivative on [−1, 1].
    const exact = {
      x: 1,
      "x^2": Math.sqrt(4 / 3),
      "x^3": Math.sqrt(9 / 5),
      "x^4": Math.sqrt(16 / 7),
      "sin(pi x)": Math.PI / Math.SQRT2,
      "cos(pi x)": Math.PI / Math.SQRT2,
    };
    expect(Object.keys(rmsePerFunction)).toEqual(Object.keys(exact));
    for (const [name, value] of Object.entries(exact))
      expect(Math.abs(rmsePerFunction[name] / value - 1), name).toBeLessThan(0.02);
    expect(rmse).toBe(rmseZero);
  });

  it("scores the clean derivative at zero and at the noise floor of 1e-3", () => {
    const { rmse, rmseNoisy, noiseFloor } = evaluate(test.clean, test);
    expect(rmse).toBe(0);
    expect(rmseNoisy).toBe(noiseFloor);
    expect(Math.abs(noiseFloor / 1e-3 - 1)).toBeLessThan(0.02);
  });

  it("leaves out functions without curves", () => {
    const { train } = splitCurves(generateCurves({ curves: 6, samples: 4 }), 0);
    expect(Object.keys(evaluate(train.clean, train).rmsePerFunction)).toHaveLength(5);
  });

  it("refuses predictions of another length", () => {
    expect(() => evaluate([1, 2], test)).toThrow(new RangeError("50000 predictions expected, got 2"));
  });
});
