import { numberIn } from "../../fields";
import type { LayerKind } from "../kind";

/** y = x for x ≥ 0, slope·x below; derivative 1 at 0. */
export interface LeakyReLUSpec {
  readonly kind: "leakyrelu";
  readonly slope: number;
}

const leakyDefaults = { slope: 0.01 } as const;

export const leakyReLU = (slope: number = leakyDefaults.slope): LeakyReLUSpec => ({
  kind: "leakyrelu",
  slope,
});

export const leakyReLUKind: LayerKind<LeakyReLUSpec> = {
  stem: "relu",
  keepsPadding: true,
  defaults: leakyDefaults,
  fields: { slope: numberIn({ above: Number.NEGATIVE_INFINITY, below: Number.POSITIVE_INFINITY }) },
  output: (_, input) => input,
  learnables: () => [],
  describe: ({ slope }) => ({ kind: "leaky ReLU", detail: `slope ${slope}` }),
  tolerance: () => ({ kind: "rounding" }),
};

/** y = x for x > 0, otherwise 0; derivative 0 at 0. */
export interface ReLUSpec {
  readonly kind: "relu";
}

export const relu = (): ReLUSpec => ({ kind: "relu" });

export const reluKind: LayerKind<ReLUSpec> = {
  stem: "relu",
  keepsPadding: true,
  fields: {},
  output: (_, input) => input,
  learnables: () => [],
  describe: () => ({ kind: "ReLU", detail: "" }),
  tolerance: () => ({ kind: "rounding" }),
};

/** y = 1 / (1 + e⁻ˣ). */
export interface SigmoidSpec {
  readonly kind: "sigmoid";
}

export const sigmoid = (): SigmoidSpec => ({ kind: "sigmoid" });

export const sigmoidKind: LayerKind<SigmoidSpec> = {
  stem: "sigmoid",
  fields: {},
  output: (_, input) => input,
  learnables: () => [],
  describe: () => ({ kind: "sigmoid", detail: "" }),
  // As of tanh; its derivative is at most a quarter.
  tolerance: () => ({ kind: "relative", y: 2e-6, gradient: 2e-6 }),
};

/** y = tanh x. */
export interface TanhSpec {
  readonly kind: "tanh";
}

export const tanh = (): TanhSpec => ({ kind: "tanh" });

export const tanhKind: LayerKind<TanhSpec> = {
  stem: "tanh",
  keepsPadding: true,
  fields: {},
  output: (_, input) => input,
  learnables: () => [],
  describe: () => ({ kind: "hyperbolic tangent", detail: "" }),
  // WGSL allows exp(x) an error of 3 + 2·|x| last places.
  tolerance: () => ({ kind: "relative", y: 2e-6, gradient: 2e-6 }),
};

/** While training every value is zero with this probability, and divided by 1 − probability otherwise. */
export interface DropoutSpec {
  readonly kind: "dropout";
  readonly probability: number;
}

const dropoutDefaults = { probability: 0.5 } as const;

export const dropout = (probability: number = dropoutDefaults.probability): DropoutSpec => ({
  kind: "dropout",
  probability,
});

export const dropoutKind: LayerKind<DropoutSpec> = {
  stem: "drop",
  keepsPadding: true,
  defaults: dropoutDefaults,
  fields: { probability: numberIn({ from: 0, below: 1 }) },
  output: (_, input) => input,
  learnables: () => [],
  describe: ({ probability }) => ({ kind: "dropout", detail: `probability ${probability}` }),
  tolerance: () => ({ kind: "rounding" }),
};
