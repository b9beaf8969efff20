import { requireValue, wholeNumber } from "../fields";
import type { Memory, Slice } from "../gpu/memory";
import { buildLayer } from "../layers/builders";
import {
  type Activation,
  type BuildContext,
  createActivation,
  type KernelChoice,
  type Layer,
} from "../layers/layer";
import { ArenaLayout } from "./arena";
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
    ...kernels,
    parameter: (name) => layout.slice(parameters, name),
  };
  const input = createActivation(context, "input", spec.input);
  const stages = buildStages(context, layers, input);
  return { layers, layout, parameters, context, input, stages, output: stages[stages.length - 1].output };
}

function buildStages(context: BuildContext, layers: readonly ResolvedLayer[], input: Activation): Layer[] {
  const stages: Layer[] = [];
  let previous = input;
  for (let i = 0; i < layers.length; i++) {
    const stage = buildLayer(context, { ...layers[i], following: layers[i + 1]?.spec }, previous);
    if (stage.fused) i++;
    stages.push(stage);
    previous = stage.output;
  }
  return stages;
}
