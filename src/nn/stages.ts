import { requireValue, wholeNumber } from "../fields";
import type { Memory, Slice } from "../gpu/memory";
import { ArenaLayout } from "./arena";
import { buildBatchNorm } from "./batchnorm";
import { buildConv1d } from "./conv1d";
import { buildDropout } from "./dropout";
import { type Activation, type BuildContext, createActivation, type KernelChoice, type Layer } from "./layer";
import { buildLeakyReLU } from "./leakyrelu";
import { buildLstm } from "./lstm";
import { type NetworkSpec, networkLimits, type ResolvedLayer, resolveLayers } from "./spec";

/** What a network consists of on a device, before anything is compiled. */
export interface NetworkParts {
  readonly layers: readonly ResolvedLayer[];
  readonly layout: ArenaLayout;
  /** All learnables, in one buffer. */
  readonly parameters: Slice;
  readonly context: BuildContext;
  readonly input: Activation;
  /** Layers that compute; an activation fused into the one before it does not stand here. */
  readonly stages: readonly Layer[];
  readonly output: Activation;
}

/**
 * Allocates a network's buffers and decides its dispatches.
 * @throws RangeError for impossible sizes, OutOfMemoryError
 */
export function layOutNetwork(
  memory: Memory,
  spec: NetworkSpec,
  batch: number,
  kernels: KernelChoice,
): NetworkParts {
  requireValue("batch", batch, wholeNumber(1, networkLimits.batch));
  const layers = resolveLayers(spec);
  const layout = new ArenaLayout(layers.flatMap(({ learnables }) => learnables));
  const parameters = layout.create(memory, "parameters");
  const context: BuildContext = {
    memory,
    batch,
    steps: spec.input.steps,
    ...kernels,
    parameter: (name) => layout.slice(parameters, name),
  };
  const input = createActivation(context, "input", spec.input.channels);
  const stages = buildStages(context, layers, input);
  return { layers, layout, parameters, context, input, stages, output: stages[stages.length - 1].output };
}

function buildStages(context: BuildContext, layers: readonly ResolvedLayer[], input: Activation): Layer[] {
  const stages: Layer[] = [];
  const dropouts = layers.filter(({ spec }) => spec.kind === "dropout").map(({ name }) => name);
  let fused = false;
  let previous = input;
  layers.forEach((layer, i) => {
    const { spec, name } = layer;
    if (fused) {
      fused = false;
      return;
    }
    const following = layers[i + 1]?.spec;
    const stage = (() => {
      switch (spec.kind) {
        case "conv1d":
          return buildConv1d(context, layer, spec.kernel, previous);
        case "dense":
          return buildConv1d(context, layer, 1, previous);
        case "batchnorm":
          fused = following?.kind === "leakyrelu";
          return buildBatchNorm(
            context,
            { name, epsilon: spec.epsilon },
            following?.kind === "leakyrelu" ? following.slope : undefined,
            previous,
          );
        case "leakyrelu":
          return buildLeakyReLU(context, { name, slope: spec.slope }, previous);
        case "lstm":
        case "bilstm":
          return buildLstm(context, { name, kind: spec.kind, hidden: spec.hidden }, previous);
        case "dropout":
          return buildDropout(
            context,
            { name, probability: spec.probability, ordinal: dropouts.indexOf(name) },
            previous,
          );
        default:
          throw new RangeError(`unknown layer ${JSON.stringify(spec satisfies never)}`);
      }
    })();
    stages.push(stage);
    previous = stage.output;
  });
  return stages;
}
