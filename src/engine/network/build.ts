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
import { kindOf } from "../layers/registry";
import { ArenaLayout } from "./arena";
import { keepPadding } from "./padding";
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
 * @param hasLengths whether every sample has a number of real steps of its own
 * @throws RangeError for impossible sizes, OutOfMemoryError
 */
export function layOutNetwork(
  memory: Memory,
  spec: NetworkSpec,
  batch: number,
  kernels: KernelChoice,
  hasLengths = false,
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
  const input = {
    ...createActivation(context, "input", spec.input),
    ...(hasLengths && { lengths: memory.storage("lengths", batch) }),
  };
  const stages = buildStages(context, layers, input);
  return { layers, layout, parameters, context, input, stages, output: stages[stages.length - 1].output };
}

/** @throws RangeError where a layer makes other steps of those that count */
function requireSameSteps({ name, spec, input, output }: ResolvedLayer): void {
  if (output.steps !== input.steps && !kindOf(spec).endsSequence)
    throw new RangeError(
      `${name} makes ${output.steps} steps of ${input.steps}: sequences that have lengths keep their steps until a layer ends them`,
    );
}

function buildStages(context: BuildContext, layers: readonly ResolvedLayer[], input: Activation): Layer[] {
  const stages: Layer[] = [];
  let previous = input;
  for (let i = 0; i < layers.length; i++) {
    const layer = layers[i];
    const { lengths } = previous;
    if (lengths) requireSameSteps(layer);
    const { endsSequence, keepsPadding } = kindOf(layer.spec);
    const built = buildLayer(context, { ...layer, following: layers[i + 1]?.spec }, previous);
    if (built.fused) i++;
    const stage = lengths && !endsSequence ? { ...built, output: { ...built.output, lengths } } : built;
    stages.push(
      lengths && !endsSequence && !keepsPadding ? keepPadding(context, stage, previous, lengths) : stage,
    );
    previous = stage.output;
  }
  return stages;
}
