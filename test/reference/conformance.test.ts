import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type ConformanceCase, readCase } from "../../src/check/case";
import { layerReference } from "../../src/check/expected-layer";
import { layerCase } from "../../src/check/operations";
import { trainingCase } from "../../src/check/training";
import { defaultTrainingOptions } from "../../src/engine/training/options";
import { adamStepSize } from "../../src/engine/training/schedule";
import { clipGradients } from "../../src/reference/clip";
import { halfMSE } from "../../src/reference/halfmse";
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

/** The fields of the configurations of all operations that are no layers. */
interface Config {
  readonly epsilon: number;
  readonly normalise: "observations" | "observations-and-steps";
  readonly method: "l2norm" | "global-l2norm" | "absolute-value";
  readonly threshold: number;
  readonly learnRate: number;
  readonly momentum: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly l2: number;
}

type Results = Record<string, ArrayLike<number>>;

const operations: Record<string, (from: Case) => Results> = {
  halfmse({ config, data, shape, names }) {
    const [batch, , steps] = shape("prediction");
    const lengths = names("lengths").length > 0 ? data("lengths") : undefined;
    const { loss, dprediction } = halfMSE(data("prediction"), data("target"), config.normalise, {
      batch,
      steps,
      lengths,
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
};

/** Trains as the case says. */
function trainCase(source: ConformanceCase): Results {
  const { spec, config, named } = trainingCase(source);
  const { losses, learnables } = trainReference(
    spec,
    { ...defaultTrainingOptions, ...config.options, batch: spec.batch },
    new Map(Array.from(config.learnables, ([name, { data }]) => [name, data])),
    config.train,
    config.batches,
  );
  const finals = new Map(Array.from(learnables, ([name, values]) => [`final.${name}`, values]));
  return { loss: losses, ...Object.fromEntries(named(finals)) };
}

const cases = readdirSync(directory)
  .filter((file) => file.endsWith(".safetensors"))
  .map((file) => readCase(readFileSync(new URL(file, directory)), file));

/** A layer by the reference of its kind; anything else by what stands above. */
function compute(source: ConformanceCase): Results {
  const { op, config, inputs } = source;
  if (op === "train") return trainCase(source);
  if (!Object.hasOwn(operations, op)) {
    const { spec, values } = layerCase(source);
    return Object.fromEntries(layerReference(spec, values));
  }
  const tensor = (name: string) => {
    const found = inputs.get(name);
    if (found === undefined) throw new Error(`no tensor in.${name}`);
    return found;
  };
  return operations[op]({
    config: Object.fromEntries(config) as unknown as Config,
    data: (name) => Float64Array.from(tensor(name).data),
    shape: (name) => tensor(name).shape,
    names: (prefix) =>
      [...inputs.keys()]
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length))
        .sort(),
  });
}

describe("conformance vectors", () => {
  it("are all there", () => {
    expect(cases.length).toBeGreaterThanOrEqual(47);
  });

  it.each(cases)("$label", (source) => {
    const results = compute(source);
    for (const [name, { data: expected }] of source.outputs) {
      const got = results[name];
      expect(got.length, name).toBe(expected.length);
      const error = largest(Array.from(expected, (value, i) => got[i] - value)) / largest(expected);
      expect(error, `${name}, largest error`).toBeLessThanOrEqual(tolerance);
    }
  });
});
