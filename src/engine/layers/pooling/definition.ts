/** Layers that make one value of several time steps, each channel by itself. */
import { requireFields, wholeNumber } from "../../fields";
import { type LayerKind, layerLimits } from "../kind";
import type { ActivationShape } from "../layer";

/** Windows of `size` steps, which begin `stride` steps apart and lie within the input: T′ = ⌊(T − size) / stride⌋ + 1. */
interface Windows {
  readonly size: number;
  readonly stride: number;
}

/** The largest value of every window; the first of equals. (B, C, T) → (B, C, T′) */
export interface MaxPoolSpec extends Windows {
  readonly kind: "maxpool";
}

/** The mean of every window. (B, C, T) → (B, C, T′) */
export interface AveragePoolSpec extends Windows {
  readonly kind: "averagepool";
}

interface WindowOptions {
  readonly size: number;
  /** The size where nothing is said, so that windows lie side by side. */
  readonly stride?: number;
}

const fields = {
  size: wholeNumber(1, layerLimits.kernel),
  stride: wholeNumber(1, layerLimits.kernel),
} as const;

export const maxPool = (options: WindowOptions): MaxPoolSpec => {
  requireFields("maxPool", options, Object.keys(fields));
  return { kind: "maxpool", stride: options.size, ...options };
};

export const averagePool = (options: WindowOptions): AveragePoolSpec => {
  requireFields("averagePool", options, Object.keys(fields));
  return { kind: "averagepool", stride: options.size, ...options };
};

const pool = {
  fields,
  output: ({ size, stride }: Windows, { channels, steps }: ActivationShape) => ({
    channels,
    steps: Math.floor((steps - size) / stride) + 1,
  }),
  refuse: ({ size }: Windows, { steps }: ActivationShape) =>
    size > steps ? `size ${size} is more than the ${steps} time steps of its input` : undefined,
  learnables: () => [],
} as const;

const windowsOf = ({ size, stride }: Windows): string => `windows of ${size}, stride ${stride}`;

/** Of a sum over the windows that hold a step. */
const gradientTolerance = ({ size, stride }: Windows): number => 2e-7 * Math.ceil(size / stride);

export const maxPoolKind: LayerKind<MaxPoolSpec> = {
  ...pool,
  stem: "maxpool",
  describe: (spec) => ({ kind: "max pooling", detail: windowsOf(spec) }),
  tolerance: (spec) => ({ kind: "relative", y: 0, gradient: gradientTolerance(spec) }),
};

export const averagePoolKind: LayerKind<AveragePoolSpec> = {
  ...pool,
  stem: "averagepool",
  describe: (spec) => ({ kind: "average pooling", detail: windowsOf(spec) }),
  tolerance: (spec) => ({ kind: "relative", y: 2e-7 * spec.size, gradient: gradientTolerance(spec) }),
};

/** The last time step. (B, C, T) → (B, C, 1) */
export interface LastStepSpec {
  readonly kind: "laststep";
}

/** The mean over time. (B, C, T) → (B, C, 1) */
export interface GlobalAveragePoolSpec {
  readonly kind: "globalaveragepool";
}

/** The largest value over time, the first of equals. (B, C, T) → (B, C, 1) */
export interface GlobalMaxPoolSpec {
  readonly kind: "globalmaxpool";
}

export const lastStep = (): LastStepSpec => ({ kind: "laststep" });
export const globalAveragePool = (): GlobalAveragePoolSpec => ({ kind: "globalaveragepool" });
export const globalMaxPool = (): GlobalMaxPoolSpec => ({ kind: "globalmaxpool" });

const toOne = {
  endsSequence: true,
  fields: {},
  output: (_: unknown, { channels }: ActivationShape) => ({ channels, steps: 1 }),
  learnables: () => [],
} as const;

export const lastStepKind: LayerKind<LastStepSpec> = {
  ...toOne,
  stem: "last",
  describe: () => ({ kind: "last time step", detail: "" }),
  tolerance: () => ({ kind: "relative", y: 0, gradient: 0 }),
};

export const globalAveragePoolKind: LayerKind<GlobalAveragePoolSpec> = {
  ...toOne,
  stem: "globalaveragepool",
  describe: () => ({ kind: "average over time", detail: "" }),
  // A sum of all steps, which may cancel.
  tolerance: () => ({ kind: "relative", y: 1e-5, gradient: 2e-7 }),
};

export const globalMaxPoolKind: LayerKind<GlobalMaxPoolSpec> = {
  ...toOne,
  stem: "globalmaxpool",
  describe: () => ({ kind: "largest over time", detail: "" }),
  tolerance: () => ({ kind: "relative", y: 0, gradient: 0 }),
};
