import type { KernelCall } from "../gpu/kernel";
import type { Memory, Slice } from "../gpu/memory";
import { type BackwardPass, createActivation, type TrainingLayer } from "../layers/layer";
import type { NetworkParts } from "./build";

/** Values that a diagnosis of a step can look at, in the order in which they are computed. */
export interface Inspection {
  readonly label: string;
  readonly slice: Slice;
}

/** A network's gradients: buffers and calls of the forward pass while training and of the backward pass. */
export class Backpropagation {
  /** All gradients, laid out as the parameters are. */
  readonly gradients: Slice;
  /** Gradient of the loss with respect to the network's output, to be filled before `backward`. */
  readonly dOutput: Slice;
  /** Gradient with respect to the input, where it was asked for. */
  readonly dInput: Slice | undefined;
  readonly backward: readonly KernelCall[];
  /** Layer outputs in forward order, then gradients in backward order. */
  readonly inspections: readonly Inspection[];
  readonly #layers: readonly TrainingLayer[];

  /** @param options.cursor of the training, and the seed of dropout's random numbers */
  constructor(
    network: NetworkParts,
    memory: Memory,
    options: { readonly inputGradient: boolean; readonly cursor: Slice; readonly seed: number },
  ) {
    const { layout, stages, output } = network;
    this.gradients = layout.create(memory, "gradients");
    const context = {
      ...network.context,
      memory,
      cursor: options.cursor,
      seed: options.seed,
      gradient: (name: string) => layout.slice(this.gradients, name),
    };
    this.dOutput = createActivation(context, "output gradient", output).slice;
    this.#layers = stages.map((stage) => stage.train(context));
    const calls: KernelCall[] = [];
    const inspections: Inspection[] = stages.map(({ name, output: { slice } }) => ({
      label: `${name} output`,
      slice,
    }));
    let gradient: Slice | undefined = this.dOutput;
    let summed = false;
    for (let i = stages.length - 1; i >= 0 && gradient; i--) {
      inspections.push({ label: `${stages[i].name} output gradient`, slice: gradient });
      const pass: BackwardPass = this.#layers[i].backward(
        gradient,
        i > 0 || options.inputGradient,
        this.#layers[i - 1]?.sums,
        summed,
      );
      calls.push(...pass.calls);
      gradient = pass.dInput;
      summed = pass.summed ?? false;
    }
    for (const { name } of layout.places)
      inspections.push({ label: `${name} gradient`, slice: layout.slice(this.gradients, name) });
    this.backward = calls;
    this.dInput = gradient;
    this.inspections = inspections;
  }

  forward(cursor: Slice): KernelCall[] {
    return this.#layers.flatMap((layer) => layer.forward(cursor));
  }

  /** Forward with the statistics of the batch and without dropout, for `pool`. */
  forwardOverSet(cursor: Slice): KernelCall[] {
    return this.#layers.flatMap((layer) => layer.forwardOverSet?.() ?? layer.forward(cursor));
  }

  commit(cursor: Slice): KernelCall[] {
    return this.#layers.flatMap((layer) => layer.commit(cursor));
  }

  pool(cursor: Slice): KernelCall[] {
    return this.#layers.flatMap((layer) => layer.pool(cursor));
  }
}
