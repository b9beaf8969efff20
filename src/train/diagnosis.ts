import type { Memory, Slice } from "../gpu/memory";
import { Plan } from "../gpu/plan";
import { readWords } from "../gpu/readback";
import type { Backpropagation } from "../nn/backpropagation";
import type { Network } from "../nn/network";
import type { Step } from "./step";

/** Finds out, after a step was refused, which layer was the first to produce a value that is not finite. */
export class Diagnosis {
  readonly #network: Network;
  readonly #labels: readonly string[];
  readonly #step: Step;
  readonly #scan: Plan;
  readonly #found: Slice;

  private constructor(network: Network, labels: readonly string[], step: Step, scan: Plan, found: Slice) {
    this.#network = network;
    this.#labels = labels;
    this.#step = step;
    this.#scan = scan;
    this.#found = found;
  }

  static async build(
    network: Network,
    memory: Memory,
    backpropagation: Backpropagation,
    step: Step,
    target: Slice,
  ): Promise<Diagnosis> {
    const inspections = [
      { label: "a training curve", slice: network.input.slice },
      { label: "a training target", slice: target },
      ...backpropagation.inspections,
      { label: "the loss", slice: step.score },
    ];
    const found = memory.storage("findings", inspections.length);
    const scan = await Plan.build(
      network.device,
      inspections.map(({ label, slice }, index) => ({
        label: `scan ${label}`,
        file: "scan",
        entry: "scan",
        constants: { INDEX: index },
        bindings: { values: slice, found },
        workgroups: [64] as const,
      })),
    );
    return new Diagnosis(
      network,
      inspections.map(({ label }) => label),
      step,
      scan,
      found,
    );
  }

  /**
   * Repeats the refused step without its update; the learnables are as they were before it. Where every value is finite,
   * it was their sum of squares that overflowed.
   */
  async firstBadLayer(): Promise<string> {
    const { device } = this.#network;
    this.#step.gradientPlan.submit(device);
    this.#scan.submit(device);
    const words = await readWords(device, this.#found);
    const found = new Uint32Array(words.buffer);
    return this.#labels.find((_, index) => found[index] !== 0) ?? "the gradient norm";
  }
}
