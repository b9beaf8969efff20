import { type Memory, part, type Slice } from "../gpu/memory";
import { Plan } from "../gpu/plan";
import { readStaging } from "../gpu/readback";
import type { Backpropagation, Inspection } from "../network/backpropagation";
import type { Network } from "../network/network";
import type { Step } from "./step";

/** Words from one finding to the next: WebGPU wants bindings to start at multiples of 256 bytes. */
const stride = 64;

/** Finds out which learnable or layer was the first with a value that is not finite. */
export class Diagnosis {
  readonly #memory: Memory;
  readonly #labels: readonly string[];
  readonly #gradientPlan: Plan;
  readonly #learnables: Plan;
  readonly #values: Plan;
  readonly #found: Slice;
  readonly #staging: Slice;

  private constructor(
    memory: Memory,
    labels: readonly string[],
    gradientPlan: Plan,
    scans: {
      readonly learnables: Plan;
      readonly values: Plan;
      readonly found: Slice;
      readonly staging: Slice;
    },
  ) {
    this.#memory = memory;
    this.#labels = labels;
    this.#gradientPlan = gradientPlan;
    this.#learnables = scans.learnables;
    this.#values = scans.values;
    this.#found = scans.found;
    this.#staging = scans.staging;
  }

  static async build(
    network: Network,
    memory: Memory,
    backpropagation: Backpropagation,
    step: Step,
  ): Promise<Diagnosis> {
    const { device, layout, parameters } = network;
    const learnables = layout.places.map(({ name }) => ({
      label: name,
      slice: layout.slice(parameters, name),
    }));
    const values = [...backpropagation.inspections, { label: "the loss", slice: step.score }];
    const labels = [...learnables, ...values].map(({ label }) => label);
    const found = memory.storage("findings", labels.length * stride);
    const scan = (inspections: readonly Inspection[], first: number) =>
      Plan.build(
        device,
        inspections.map(({ label, slice }, index) => ({
          label: `scan ${label}`,
          file: "training/scan",
          entry: "scan",
          constants: {},
          bindings: { values: slice, found: part(found, (first + index) * stride, 1) },
          workgroups: [64] as const,
        })),
      );
    return new Diagnosis(memory, labels, step.gradientPlan, {
      learnables: await scan(learnables, 0),
      values: await scan(values, learnables.length),
      found,
      staging: memory.staging("findings (readback)", found.size),
    });
  }

  /**
   * The first learnable or, where all of them are finite, the first value that is not. Repeats the refused step without
   * its update; the learnables are as they were before it. Where every value is finite, it was the sum of squares of the
   * gradients that overflowed.
   */
  async firstBadValue(): Promise<string> {
    this.#memory.requireLive();
    const { device } = this.#memory;
    this.#gradientPlan.submit(device);
    this.#values.submit(device);
    return (await this.firstBadLearnable()) ?? "the gradient norm";
  }

  /** The first learnable that is not finite. */
  async firstBadLearnable(): Promise<string | undefined> {
    this.#memory.requireLive();
    const { gpu } = this.#memory.device;
    const { buffer, size } = this.#found;
    const encoder = gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    this.#learnables.encode(pass);
    pass.end();
    encoder.copyBufferToBuffer(buffer, 0, this.#staging.buffer, 0, size);
    gpu.queue.submit([encoder.finish()]);
    const words = await readStaging(this.#memory, this.#staging, size);
    const found = new Uint32Array(words.buffer);
    return this.#labels.find((_, index) => found[index * stride] !== 0);
  }
}
