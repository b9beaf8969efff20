import { describe, expect, it } from "vitest";
import { adamStepSize, learnRateAt } from "../../src/engine/training/schedule";
import { clipGradients, globalNorm } from "../../src/reference/clip";
import { adamStep, adamWStep, addL2, rmspropStep, sgdmStep } from "../../src/reference/solver";

describe("clipGradients", () => {
  const gradients = new Map([
    ["long", Float64Array.of(6, -8)],
    ["short", Float64Array.of(0.3, 0.4)],
    ["zero", Float64Array.of(0, 0)],
  ]);
  const clip = (threshold: number, method: Parameters<typeof clipGradients>[2]) =>
    Object.fromEntries(
      Array.from(clipGradients(gradients, threshold, method), ([name, values]) => [
        name,
        Array.from(values, (value) => Number(value.toPrecision(12))),
      ]),
    );

  it("l2norm shortens each learnable by itself", () => {
    expect(clip(5, "l2norm")).toEqual({ long: [3, -4], short: [0.3, 0.4], zero: [0, 0] });
  });

  it("l2norm shortens learnables of one group by the norm they have together", () => {
    const pair = new Map([
      ["forward.bias", Float64Array.of(6)],
      ["forward.weight", Float64Array.of(1, 2)],
      ["reverse.bias", Float64Array.of(-8)],
    ]);
    const groupOf = (name: string) => name.slice(name.indexOf(".") + 1);
    expect(Object.fromEntries(clipGradients(pair, 5, "l2norm", groupOf))).toEqual({
      "forward.bias": Float64Array.of(3),
      "forward.weight": Float64Array.of(1, 2),
      "reverse.bias": Float64Array.of(-4),
    });
  });

  it("global-l2norm shortens all by one factor", () => {
    const norm = Math.sqrt(100 + 0.25);
    expect(globalNorm(gradients.values())).toBeCloseTo(norm, 12);
    expect(clip(norm / 2, "global-l2norm")).toEqual({ long: [3, -4], short: [0.15, 0.2], zero: [0, 0] });
    expect(clip(norm * 2, "global-l2norm").long).toEqual([6, -8]);
  });

  it("absolute-value limits each element", () => {
    expect(clip(0.35, "absolute-value")).toEqual({ long: [0.35, -0.35], short: [0.3, 0.35], zero: [0, 0] });
  });

  it.each(["l2norm", "global-l2norm", "absolute-value"] as const)(
    "%s with an infinite threshold changes nothing",
    (method) => {
      expect(clipGradients(gradients, Number.POSITIVE_INFINITY, method)).toEqual(gradients);
    },
  );
});

describe("sgdm", () => {
  it("adds the decay to the gradient and the momentum to the step", () => {
    const weight = Float64Array.of(2);
    const velocity = Float64Array.of(0);
    const rates = { learnRate: 0.5, momentum: 0.75 };
    // Gradient 1 + 0.25·2 = 1.5: velocity −0.75, weight 1.25.
    sgdmStep(weight, velocity, addL2(Float64Array.of(1), weight, 0.25), rates);
    expect([weight[0], velocity[0]]).toEqual([1.25, -0.75]);
    // Gradient 1 + 0.25·1.25 = 1.3125: velocity 0.75·(−0.75) − 0.65625 = −1.21875, weight 0.03125.
    sgdmStep(weight, velocity, addL2(Float64Array.of(1), weight, 0.25), rates);
    expect([weight[0], velocity[0]]).toEqual([0.03125, -1.21875]);
  });
});

describe("adam", () => {
  const rates = { beta1: 0.5, beta2: 0.75, epsilon: 0.5 };

  it("adds ε to the root of the uncorrected square", () => {
    const [weight, mean, square] = [Float64Array.of(2), Float64Array.of(0), Float64Array.of(0)];
    // Mean 2, square 4: the step is 1·2/(2 + 0.5).
    adamStep(weight, mean, square, Float64Array.of(4), { ...rates, stepSize: 1 });
    expect([weight[0], mean[0], square[0]]).toEqual([2 - 2 / 2.5, 2, 4]);
    // Mean 0.5·2 + 0.5·(−2) = 0, square 0.75·4 + 0.25·4 = 4: no step.
    adamStep(weight, mean, square, Float64Array.of(-2), { ...rates, stepSize: 1 });
    expect([weight[0], mean[0], square[0]]).toEqual([2 - 2 / 2.5, 0, 4]);
  });

  it("corrects the bias of both moments in the step size", () => {
    // t = 1: √(1 − 0.75)/(1 − 0.5) = 1. t = 2: √(1 − 0.5625)/(1 − 0.25).
    expect(adamStepSize(0.25, rates, 1)).toBeCloseTo(0.25, 15);
    expect(adamStepSize(0.25, rates, 2)).toBeCloseTo((0.25 * Math.sqrt(0.4375)) / 0.75, 15);
    expect(adamStepSize(0.001, { beta1: 0.9, beta2: 0.999 }, 1e6)).toBeCloseTo(0.001, 15);
    expect(adamStepSize(0.001, { beta1: 0, beta2: 0 }, 1)).toBe(0.001);
  });
});

describe("adamw", () => {
  it("decays the weight it had, and leaves the moments to the gradient", () => {
    const [weight, mean, square] = [Float64Array.of(2), Float64Array.of(0), Float64Array.of(0)];
    const rates = { beta1: 0.5, beta2: 0.75, epsilon: 0.5, stepSize: 1 };
    adamWStep(weight, mean, square, Float64Array.of(4), { ...rates, decay: 0.125 });
    // Adam's step of 2/(2 + 0.5), and an eighth of 2.
    expect([weight[0], mean[0], square[0]]).toEqual([2 - 2 / 8 - 2 / 2.5, 2, 4]);
  });
});

describe("rmsprop", () => {
  it("divides by the root of the mean square, ε outside it", () => {
    const [weight, square] = [Float64Array.of(2), Float64Array.of(0)];
    const rates = { decay: 0.75, epsilon: 0.5, learnRate: 0.25 };
    // Square 0.25·16 = 4: the step is 0.25·4/(2 + 0.5).
    rmspropStep(weight, square, Float64Array.of(4), rates);
    expect([weight[0], square[0]]).toEqual([2 - 1 / 2.5, 4]);
    // Square 0.75·4 + 0.25·4 = 4, gradient −2.
    rmspropStep(weight, square, Float64Array.of(-2), rates);
    expect([weight[0], square[0]]).toEqual([2 - 1 / 2.5 + 0.5 / 2.5, 4]);
  });
});

describe("learnRateAt", () => {
  const at = (iteration: number) => ({ iteration, iterationsPerEpoch: 12, iterations: 360 });

  it("none keeps the base rate", () => {
    expect(learnRateAt(0.01, { kind: "none" }, at(360))).toBe(0.01);
  });

  it("piecewise drops after every period of whole epochs", () => {
    const schedule = { kind: "piecewise", factor: 0.5, period: 10 } as const;
    const rates = [1, 120, 121, 240, 241, 360].map((iteration) => learnRateAt(0.25, schedule, at(iteration)));
    expect(rates).toEqual([0.25, 0.25, 0.125, 0.125, 0.0625, 0.0625]);
  });

  it("cosine warms up linearly, passes half way at half the rate and ends at zero", () => {
    const schedule = { kind: "cosine", warmup: 60 } as const;
    expect(learnRateAt(0.25, schedule, at(15))).toBe(0.0625);
    expect(learnRateAt(0.25, schedule, at(60))).toBe(0.25);
    expect(learnRateAt(0.25, schedule, at(210))).toBeCloseTo(0.125, 15);
    expect(learnRateAt(0.25, schedule, at(160))).toBeCloseTo(0.1875, 15);
    expect(learnRateAt(0.25, schedule, at(360))).toBe(0);
  });

  it("cosine without a warm-up starts below the base rate", () => {
    const rate = learnRateAt(1, { kind: "cosine", warmup: 0 }, at(1));
    expect(rate).toBe((1 + Math.cos(Math.PI / 360)) / 2);
  });
});
