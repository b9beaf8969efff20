import type { Device } from "../gpu/device";
import { type KernelCall, KernelError, spread } from "../gpu/kernel";
import { type Memory, part, type Slice } from "../gpu/memory";
import { Plan } from "../gpu/plan";
import { readWords } from "../gpu/readback";
import type { Problem, Variant } from "./variant";

/** What became of a variant that was tried. */
export interface Trial {
  readonly variant: string;
  /** Measured, 10⁹ floating-point operations a second; undefined where it was not timed. */
  readonly gflops?: number;
  /** Why it cannot be used here. */
  readonly refused?: string;
}

/** Floating-point operations of the plain kernel's run and of a variant's first one. */
const firstFlops = { software: 3e6, hardware: 2e8 };

/** What a run of a variant should take, in milliseconds: many are timed in a submit, which must not be long. */
const runMilliseconds = { software: 3, hardware: 1 };

/** Runs that are timed together, after the one that is checked and timed alone; the better of the two counts. */
const runs = { software: 1, hardware: 4 };

/** Of the largest value: float32 sums of 20 000 terms differ by less between orders, a wrong index by more. */
const tolerance = 5e-4;

/** Results are compared over so many words of each. */
const comparedWords = 1 << 20;

/** Values in the pool: no multiple of what any layout repeats by. */
const poolWords = 65_521;
/** Small enough that a recurrence with such weights forgets, so that rounding does not grow from step to step. */
const amplitude = 0.1;

/** WebGPU wants bindings to start at multiples of 256 bytes. */
const alignment = 64;

/** Random values to fill buffers from. */
export function createNoise(memory: Memory): Slice {
  let state = 1;
  // Park and Miller's minimal standard generator: any noise does.
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return amplitude * ((2 * state) / 2_147_483_647 - 1);
  };
  return memory.upload("noise", Float32Array.from({ length: poolWords }, next));
}

/** What the plain variant made of a slice. */
interface Result {
  readonly slice: Slice;
  readonly before: Slice;
  readonly after: Slice;
  /** The difference that is allowed, as the shader reads it. */
  readonly allowed: Slice;
}

/** Checks and times variants of one problem on its own buffers, which it overwrites. */
export class Bench {
  readonly #device: Device;
  readonly #memory: Memory;
  readonly #problem: Problem;
  readonly #noise: Slice;
  readonly #kind: "software" | "hardware";
  /** Floating-point operations of a run. */
  #flops: number;
  #results: readonly Result[] = [];
  /** What the plain variant writes, whole: a variant that computes in place begins where that one began. */
  #written: readonly Slice[] = [];

  private constructor(device: Device, memory: Memory, problem: Problem, noise: Slice) {
    this.#device = device;
    this.#memory = memory;
    this.#problem = problem;
    this.#noise = noise;
    this.#kind = device.adapter.software ? "software" : "hardware";
    this.#flops = firstFlops[this.#kind];
  }

  /** Runs the plain variant: what it writes is what the others must write. */
  static async open(device: Device, memory: Memory, problem: Problem, noise: Slice): Promise<Bench> {
    const bench = new Bench(device, memory, problem, noise);
    const plan = await Plan.build(device, problem.plain.sample(bench.#part));
    const written = problem.data.filter((slice) =>
      plan.dispatches.some(({ writes }) => writes.some((each) => isSame(each, slice))),
    );
    bench.#written = written;
    bench.#submit((encoder) => bench.#fill(encoder, problem.data));
    const results: Omit<Result, "allowed">[] = written.map((slice) => ({
      slice: leading(slice),
      before: memory.storage("before", leading(slice).size / 4),
      after: memory.storage("after", leading(slice).size / 4),
    }));
    bench.#submit((encoder) => {
      for (const { slice, before } of results) copy(encoder, slice, before);
    });
    plan.submit(device);
    bench.#submit((encoder) => {
      for (const { slice, after } of results) copy(encoder, slice, after);
    });
    const complete: Result[] = [];
    for (const result of results) {
      const [before, after] = [await readWords(device, result.before), await readWords(device, result.after)];
      const largest = after.reduce((most, x, i) => (x === before[i] ? most : Math.max(most, Math.abs(x))), 0);
      complete.push({ ...result, allowed: memory.upload("allowed", Float32Array.of(tolerance * largest)) });
    }
    bench.#results = complete;
    return bench;
  }

  /** Tries the first variant, and from how fast it was sees how much work the next trials take. */
  async begin(variant: Variant): Promise<Trial> {
    const [trial] = await this.try([variant]);
    if (trial.gflops !== undefined) {
      const fitting = trial.gflops * 1e6 * runMilliseconds[this.#kind];
      this.#flops = Math.max(firstFlops[this.#kind], fitting);
    }
    return trial;
  }

  /** Checks each variant against the plain one, and times it, all in one submit. */
  async try(variants: readonly Variant[]): Promise<Trial[]> {
    const built = await Promise.all(variants.map((variant) => this.#build(variant)));
    const flags = this.#memory.upload("differs", new Uint32Array(built.length * alignment));
    const clock = this.#device.gpu.features.has("timestamp-query")
      ? this.#memory.timestamps("trial", 4 * built.length)
      : undefined;
    for (const [i, { plan, checks }] of built.entries()) {
      if (!plan) continue;
      const compare = await Plan.build(this.#device, checks(part(flags, i * alignment, 1)));
      this.#submit((encoder) => {
        this.#fill(encoder, this.#written);
        const encode = (plan: Plan, count: number, reading?: number) => {
          const pass = encoder.beginComputePass(
            clock && reading !== undefined
              ? {
                  timestampWrites: {
                    querySet: clock.queries,
                    beginningOfPassWriteIndex: 4 * i + 2 * reading,
                    endOfPassWriteIndex: 4 * i + 2 * reading + 1,
                  },
                }
              : undefined,
          );
          for (let run = 0; run < count; run++) plan.encode(pass);
          pass.end();
        };
        encode(plan, 1, 0);
        encode(compare, 1);
        encode(plan, runs[this.#kind], 1);
      });
    }
    const milliseconds = clock
      ? await this.#readClock(clock, built.length)
      : await this.#timeByWall(built.map(({ plan }) => plan));
    const differs = new Uint32Array((await readWords(this.#device, flags)).buffer);
    return built.map(({ variant, plan, refused }, i) => {
      if (!plan) return { variant: variant.name, refused };
      if (differs[i * alignment] !== 0)
        return { variant: variant.name, refused: "it computes something else than the plain kernel" };
      return { variant: variant.name, gflops: plan.flops / milliseconds[i] / 1e6 };
    });
  }

  get #part(): number {
    return Math.min(1, this.#flops / this.#problem.flops);
  }

  async #build(variant: Variant) {
    try {
      const plan = await Plan.build(this.#device, variant.sample(this.#part));
      return { variant, plan, checks: (differs: Slice) => this.#checks(differs) };
    } catch (error) {
      // What an adapter cannot compile or dispatch, it cannot use.
      if (!(error instanceof KernelError || error instanceof RangeError)) throw error;
      return { variant, refused: error.message, checks: () => [] };
    }
  }

  #checks(differs: Slice): KernelCall[] {
    return this.#results.map(({ slice, before, after, allowed }) => ({
      label: "compare",
      file: "compare",
      entry: "compare",
      constants: {},
      bindings: { before, after, got: slice, allowed, differs },
      workgroups: spread(slice.size / 4),
    }));
  }

  /** Milliseconds of a run of each. */
  async #readClock(
    { queries, answers }: { readonly queries: GPUQuerySet; readonly answers: Slice },
    count: number,
  ): Promise<number[]> {
    this.#submit((encoder) => encoder.resolveQuerySet(queries, 0, 4 * count, answers.buffer, 0));
    const times = new BigUint64Array((await readWords(this.#device, answers)).buffer);
    const taken = (reading: number) => Number(times[2 * reading + 1] - times[2 * reading]) / 1e6;
    // A clock of coarse ticks may show none.
    const tick = 1e-3;
    return Array.from({ length: count }, (_, i) =>
      Math.max(tick, Math.min(taken(2 * i), taken(2 * i + 1) / runs[this.#kind])),
    );
  }

  async #timeByWall(plans: readonly (Plan | undefined)[]): Promise<number[]> {
    const { queue } = this.#device.gpu;
    const milliseconds: number[] = [];
    for (const plan of plans) {
      await queue.onSubmittedWorkDone();
      const begun = performance.now();
      for (let run = 0; plan && run < runs[this.#kind]; run++) plan.submit(this.#device);
      await queue.onSubmittedWorkDone();
      milliseconds.push((performance.now() - begun) / runs[this.#kind]);
    }
    return milliseconds;
  }

  #submit(encode: (encoder: GPUCommandEncoder) => void): void {
    const encoder = this.#device.gpu.createCommandEncoder();
    encode(encoder);
    this.#device.gpu.queue.submit([encoder.finish()]);
  }

  #fill(encoder: GPUCommandEncoder, slices: readonly Slice[]): void {
    for (const slice of slices)
      for (let done = 0; done < slice.size; done += this.#noise.size) {
        const size = Math.min(this.#noise.size, slice.size - done);
        copy(encoder, { ...this.#noise, size }, { ...slice, offset: slice.offset + done });
      }
  }
}

const isSame = (a: Slice, b: Slice): boolean => a.buffer === b.buffer && a.offset === b.offset;

const leading = (slice: Slice): Slice => ({ ...slice, size: Math.min(slice.size, 4 * comparedWords) });

const copy = (encoder: GPUCommandEncoder, from: Slice, to: Slice): void =>
  encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, from.size);
