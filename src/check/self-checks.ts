/** What the self-test computes: sizes that reach every kernel of a training on this device, and its odd ends. */

import { conv1d, dense } from "../engine/layers/convolution/definition";
import type { KernelChoice } from "../engine/layers/layer";
import { batchNorm, layerNorm } from "../engine/layers/normalisation/definition";
import { dropout, leakyReLU, relu, sigmoid, tanh } from "../engine/layers/pointwise/definition";
import {
  averagePool,
  globalAveragePool,
  globalMaxPool,
  lastStep,
  maxPool,
} from "../engine/layers/pooling/definition";
import { biGru, biLstm, gru, lstm } from "../engine/layers/recurrence/definition";
import { kindOf, type LayerSpec } from "../engine/layers/registry";
import { adam, adamw, type ClipMethod, rmsprop, sgdm } from "../engine/training/options";
import { toomCookTolerance, withinRelative } from "./bounds";
import { expectedOfLayer } from "./expected-layer";
import { layerGradients } from "./operations";
import { clipCase, halfMseCase, type ReferenceCase, solverCase } from "./reference-case";
import { runOperation } from "./run";
import { exponentials, type SelfCheck } from "./self-check";
import { trainingChecks } from "./training-checks";
import { type LayerValues, layerValues, singles } from "./values";

type Shape = LayerValues["x"]["shape"];

function layerChecks(): SelfCheck[] {
  const layers: readonly (readonly [LayerSpec, Shape])[] = [
    [conv1d({ filters: 1, kernel: 1 }), [1, 1, 1]],
    [conv1d({ filters: 1, kernel: 2 }), [33, 3, 31]],
    [conv1d({ filters: 33, kernel: 9 }), [3, 31, 3]],
    [conv1d({ filters: 31, kernel: 5 }), [3, 33, 127]],
    [conv1d({ filters: 128, kernel: 5 }), [4, 2, 100]],
    // Enough work for a longer tile on a software adapter.
    [conv1d({ filters: 64, kernel: 5 }), [5, 64, 100]],
    [conv1d({ filters: 1, kernel: 5 }), [4, 128, 100]],
    [dense({ outputs: 1 }), [1, 1, 1]],
    [dense({ outputs: 31 }), [33, 129, 3]],
    // Enough work for the product kernel of a software adapter.
    [dense({ outputs: 128 }), [25, 64, 50]],
    [batchNorm(), [1, 3, 3]],
    [batchNorm(), [31, 33, 33]],
    // Rows enough for two splits of their sums.
    [layerNorm(), [17, 5, 67]],
    [leakyReLU(0.5), [31, 33, 3]],
    [leakyReLU(0.01), [3, 127, 33]],
    [tanh(), [17, 33, 7]],
    [relu(), [3, 67, 17]],
    [sigmoid(), [17, 33, 7]],
    [maxPool({ size: 3, stride: 2 }), [3, 33, 18]],
    [averagePool({ size: 2, stride: 3 }), [3, 33, 18]],
    [lastStep(), [3, 5, 17]],
    [globalAveragePool(), [3, 5, 17]],
    [globalMaxPool(), [3, 5, 17]],
    [dropout(0.3), [3, 5, 7]],
    [dropout(0.5), [17, 130, 3]],
  ];
  return [
    ...layers.map(([spec, shape]) => layerCheck(spec, shape)),
    ...[batchNorm(), biLstm({ hidden: 5 })].map((spec) => layerCheck(spec, [7, 3, 9], { hasLengths: true })),
  ];
}

/** Convolutions as a tuner may choose them where neither the rules nor the sizes do. */
function variantChecks(): SelfCheck[] {
  const shape: Shape = [3, 31, 33];
  const convolution = conv1d({ filters: 33, kernel: 4 });
  return [
    ...["5x8 staged", "plain"].map((variant) =>
      layerCheck(convolution, shape, {
        kernels: { tuning: { convolution: { variant }, "weight gradient": { variant } } },
        note: variant,
      }),
    ),
    layerCheck(convolution, shape, {
      kernels: {
        choose: ({ variants }) =>
          (variants.find(({ name }) => name.startsWith("toom-cook")) ?? variants[0]).calls(),
      },
      note: "toom-cook",
      tolerance: toomCookTolerance,
    }),
  ];
}

/** A recurrence in one dispatch, cut into chunks of a few time steps, and with a dispatch for every time step. */
function recurrentChecks(): SelfCheck[] {
  const chunked: Shape = [11, 3, 7];
  return [
    layerCheck(lstm({ hidden: 5 }), [3, 2, 65]),
    layerCheck(biLstm({ hidden: 33 }), [17, 3, 7]),
    layerCheck(biLstm({ hidden: 24 }), [5, 48, 50]),
    layerCheck(biLstm({ hidden: 9 }), chunked, {
      // Of two time steps.
      kernels: { dispatchFlops: 2 * 8 * 9 * 9 * 11 * 2 },
      note: "in chunks",
    }),
    layerCheck(biLstm({ hidden: 9 }), chunked, {
      kernels: { workgroupBytes: 0 },
      note: "step by step",
    }),
    layerCheck(gru({ hidden: 5 }), [3, 2, 65]),
    layerCheck(biGru({ hidden: 33 }), [17, 3, 7]),
    layerCheck(biGru({ hidden: 9 }), chunked, {
      kernels: { workgroupBytes: 0 },
      note: "step by step",
    }),
  ];
}

function layerCheck(
  spec: LayerSpec,
  shape: Shape,
  variant: {
    readonly kernels?: Partial<KernelChoice>;
    readonly note?: string;
    /** Relative to the largest value of a tensor, instead of what the rounding of its sums explains. */
    readonly tolerance?: number;
    /** Samples have real steps, from one to all. */
    readonly hasLengths?: true;
  } = {},
): SelfCheck {
  const { kernels, hasLengths, tolerance } = variant;
  const [batch, , steps] = shape;
  const note = hasLengths ? "with lengths" : variant.note;
  return {
    kernel: spec.kind,
    shape: [`(${shape.join(", ")})`, kindOf(spec).describe(spec).detail, note].filter(Boolean).join(", "),
    async run(device) {
      const lengths = Uint32Array.from({ length: batch }, (_, row) => steps - ((row * 5) % steps));
      const values = { ...away(spec, layerValues(spec, shape)), ...(hasLengths && { lengths }) };
      const usual = kindOf(spec).tolerance(spec);
      const expected = expectedOfLayer(
        spec,
        values,
        usual.kind === "relative"
          ? { ...usual, y: exponentials * usual.y, gradient: exponentials * usual.gradient }
          : usual,
      );
      return {
        got: await layerGradients(device, spec, values, kernels),
        expected:
          tolerance === undefined
            ? expected
            : expected.map((each) => withinRelative(each.tensor, each.expected, tolerance)),
      };
    },
  };
}

/** What a normalisation must take away: channels far from zero and of other widths than 1. */
function away(spec: LayerSpec, values: LayerValues): LayerValues {
  if (kindOf(spec).tolerance(spec).kind !== "normalisation") return values;
  const { shape, data } = values.x;
  const [, channels, steps] = shape;
  const tolerance = kindOf(spec).tolerance(spec);
  // Of the channels of a step: all of them far from zero, or their distance would be their spread.
  const over = tolerance.kind === "normalisation" && tolerance.over;
  const means = over === "channels" ? [1000] : [0, 1000, -7.7];
  const moved = data.map((value, i) => {
    const c = Math.floor(i / steps) % channels;
    return means[c % means.length] + [1, 0.01][c % 2] * value;
  });
  return { ...values, x: { shape, data: moved } };
}

function clipChecks(): SelfCheck[] {
  const methods: readonly (readonly [ClipMethod, number])[] = [
    ["l2norm", 5],
    ["global-l2norm", 1],
    ["absolute-value", 0.5],
  ];
  return methods.map(([method, threshold]) =>
    operationCheck("clip", `${method} to ${threshold}`, () => {
      // Norms of about 1, 6, 71 and 2: some above and some below a threshold; one takes several workgroups.
      const lengths = [1, 33, 5001, 3];
      const gradients = new Map(lengths.map((length, i) => [`gradient ${i + 1}`, singles(length, i)]));
      return clipCase(gradients, method, threshold);
    }),
  );
}

const solverChecks = (): SelfCheck[] =>
  [sgdm(), adam(), adamw({ weightDecay: 0.5 }), rmsprop()].map((solver) =>
    operationCheck(solver.kind, "2049 weights, 5 steps", () => solverCase(solver, { length: 2049, l2: 0.1 })),
  );

function operationCheck(kernel: string, shape: string, build: () => ReferenceCase): SelfCheck {
  return {
    kernel,
    shape,
    async run(device) {
      const { op, config, inputs, outputs, tolerance } = build();
      const got = await runOperation(device, {
        label: `${kernel} ${shape}`,
        op,
        config: new Map(Object.entries(config)),
        inputs: new Map(Array.from(inputs, ([name, tensor]) => [name, { dtype: "F32", ...tensor }])),
        outputs: new Map(),
        rtol: new Map(),
      });
      return { got, expected: Array.from(outputs, ([name, data]) => withinRelative(name, data, tolerance)) };
    },
  };
}

/** In the order in which they run. */
export const selfChecks: readonly SelfCheck[] = [
  ...layerChecks(),
  ...variantChecks(),
  ...recurrentChecks(),
  operationCheck("halfmse", "(33, 1, 31), by observations", () => halfMseCase([33, 1, 31], "observations")),
  operationCheck("halfmse", "(31, 3, 127), by observations and steps", () =>
    halfMseCase([31, 3, 127], "observations-and-steps"),
  ),
  ...clipChecks(),
  ...solverChecks(),
  ...trainingChecks,
];
