import type { KernelCall } from "../gpu/kernel";
import { type Memory, type Slice, write } from "../gpu/memory";
import { Plan } from "../gpu/plan";
import { readStaging } from "../gpu/readback";

/** Values of a batch of samples, (B, …) words, as the host writes and reads them. */
interface Ends {
  readonly inputs: readonly Slice[];
  readonly output: Slice;
}

/** Takes any number of samples through a plan, a batch at a time. Its buffers are shared: one run waits for another. */
export class BatchRunner {
  readonly #memory: Memory;
  readonly #batch: number;
  readonly #plan: Plan;
  readonly #ends: Ends;
  readonly #staging: Slice;

  private constructor(memory: Memory, batch: number, plan: Plan, ends: Ends, staging: Slice) {
    this.#memory = memory;
    this.#batch = batch;
    this.#plan = plan;
    this.#ends = ends;
    this.#staging = staging;
  }

  /** @param calls from the inputs to the output @param ends buffers of whole batches */
  static async build(
    memory: Memory,
    batch: number,
    calls: readonly KernelCall[],
    ends: Ends,
  ): Promise<BatchRunner> {
    const { output } = ends;
    const staging = memory.staging(`${output.buffer.label} (readback)`, output.size);
    return new BatchRunner(memory, batch, await Plan.build(memory.device, calls), ends, staging);
  }

  /** @param values (rows, …) for each input @returns (rows, …) @throws DisposedError where its buffers are gone */
  async run(rows: number, values: readonly (Float32Array | Uint32Array)[]): Promise<Float32Array> {
    const { device } = this.#memory;
    const { inputs, output } = this.#ends;
    const answer = this.#wordsOf(output);
    const result = new Float32Array(rows * answer);
    for (let row = 0; row < rows; row += this.#batch) {
      this.#memory.requireLive();
      const count = Math.min(this.#batch, rows - row);
      inputs.forEach((input, i) => {
        const sample = this.#wordsOf(input);
        write(device, input, values[i].subarray(row * sample, (row + count) * sample));
      });
      const encoder = device.gpu.createCommandEncoder();
      const pass = encoder.beginComputePass();
      this.#plan.encode(pass);
      pass.end();
      encoder.copyBufferToBuffer(output.buffer, 0, this.#staging.buffer, 0, count * answer * 4);
      device.gpu.queue.submit([encoder.finish()]);
      result.set(await readStaging(this.#memory, this.#staging, count * answer * 4), row * answer);
    }
    return result;
  }

  /** Of one sample. */
  #wordsOf({ size }: Slice): number {
    return size / 4 / this.#batch;
  }
}
