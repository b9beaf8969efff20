import type { Device } from "../gpu/device";
import { type KernelCall, spread } from "../gpu/kernel";
import { KernelError } from "../gpu/kernel-error";
import { guardMemory, type Memory, OutOfMemoryError, type Slice, write } from "../gpu/memory";
import { Plan } from "../gpu/plan";
import { readStaging, readWords } from "../gpu/readback";
import { readingBytes, Stopwatch } from "../gpu/stopwatch";
import type { Problem, Variant } from "../layers/variant";

/** What became of a variant that was tried. */
export interface Trial {
  readonly variant: string;
  /** Measured, 10⁹ floating-point operations a second; undefined where the clock showed nothing. */
  readonly gflops?: number;
  /** Why it cannot be used here. */
  readonly refused?: string;
}

/** Floating-point operations of the plain kernel's run and of a variant's first one. */
const firstFlops = { software: 3e6, hardware: 2e8 };

/** What a run of a variant should take, in milliseconds. Short ones on a software adapter say little of what many threads do. */
const runMilliseconds = { software: 30, hardware: 1 };

/** A measurement lasts so long, in milliseconds, or as many runs: beside it the clock's ticks, of 0.1 ms at most, weigh little. */
const timedMilliseconds = 3;
const mostRuns = 64;

/** Of the largest value: float32 sums of 20 000 terms differ by less between orders, a wrong index by more. */
const tolerance = 5e-4;

/** Results are compared over so many words of each, from the beginning. */
const comparedWords = { software: 1 << 20, hardware: 1 << 22 };

/** Values of the noise: no multiple of what any layout repeats by. */
const noiseWords = 65_521;
/** Small enough that a recurrence with such weights forgets, so that rounding does not grow from step to step. */
const amplitude = 0.1;

/** Random values to fill buffers from, twice one behind the other: what is filled may begin anywhere in the first. */
export function createNoise(memory: Memory): Slice {
  let state = 1;
  // Park and Miller's minimal standard generator: the noise need not be good.
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return amplitude * ((2 * state) / 2_147_483_647 - 1);
  };
  const noise = Float32Array.from({ length: noiseWords }, next);
  const twice = new Float32Array(2 * noiseWords);
  twice.set(noise);
  twice.set(noise, noiseWords);
  return memory.upload("noise", twice);
}

/** What the plain variant made of a slice, and what difference from it is allowed. */
interface Result {
  readonly slice: Slice;
  readonly before: Slice;
  readonly after: Slice;
  readonly allowed: Slice;
}

/** A variant that can run here. */
interface Candidate {
  readonly variant: Variant;
  /** Counts as much as the part of the work that the plan does. */
  readonly preparation: Plan;
  readonly plan: Plan;
  /** Sets `differs` where it has written something else than the plain variant. */
  readonly compare: Plan;
  readonly differs: Slice;
  readonly stopwatch: Stopwatch | undefined;
}

/** What a run of a candidate leaves for the host: a reading of the clock, then `differs`. */
const noteBytes = readingBytes + 16;

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

  /**
   * Runs the plain variant: what it writes is what the others must write.
   * @throws OutOfMemoryError, before anything is submitted
   */
  static async open(device: Device, memory: Memory, problem: Problem, noise: Slice): Promise<Bench> {
    const bench = new Bench(device, memory, problem, noise);
    const plan = await bench.#allocating(() => Plan.build(device, problem.plain.excerpt(bench.#part).calls));
    bench.#written = problem.data.filter((slice) =>
      plan.dispatches.some(({ writes }) => writes.some((each) => isSame(each, slice))),
    );
    bench.#results = await bench.#allocating(async () =>
      bench.#written.map((slice) => {
        const words = Math.min(slice.size / 4, comparedWords[bench.#kind]);
        return {
          slice: { ...slice, size: words * 4 },
          before: memory.storage("before", words),
          after: memory.storage("after", words),
          allowed: memory.storage("allowed", 1),
        };
      }),
    );
    bench.#submit((encoder) => {
      bench.#fill(encoder, problem.data);
      for (const { slice, before } of bench.#results) copy(encoder, slice, before);
      const pass = encoder.beginComputePass();
      plan.encode(pass);
      pass.end();
      for (const { slice, after } of bench.#results) copy(encoder, slice, after);
    });
    for (const { before, after, allowed } of bench.#results) {
      const [was, is] = [await readWords(device, before), await readWords(device, after)];
      const largest = is.reduce((most, x, i) => (x === was[i] ? most : Math.max(most, Math.abs(x))), 0);
      write(device, allowed, Float32Array.of(tolerance * largest));
    }
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

  /** Checks each variant against the plain one, then times those that are right. */
  async try(variants: readonly Variant[]): Promise<Trial[]> {
    const refused = new Map<Variant, string>();
    const ready = await this.#build(variants, refused);
    const first = await this.#run(ready, ({ preparation, plan }) => [preparation, plan], "checking");
    for (const [i, { variant }] of ready.entries())
      if (first[i].differs) refused.set(variant, "it computes something else than the plain kernel");
    const right = ready.filter(({ variant }) => !refused.has(variant));
    const once = new Map(ready.map(({ variant }, i) => [variant, first[i].milliseconds]));
    const repeated = (candidate: Candidate, plan: Plan): Plan[] =>
      Array.from({ length: runsFor(once.get(candidate.variant) ?? 0) }, () => plan);
    const timed = await this.#run(right, (candidate) => repeated(candidate, candidate.plan), "timing");
    const prepared = right.filter(({ preparation }) => preparation.dispatches.length > 0);
    const before = await this.#run(
      prepared,
      (candidate) => repeated(candidate, candidate.preparation),
      "timing",
    );
    const rates = new Map(
      right.map((candidate, i) => {
        const part = candidate.plan.flops / this.#problem.flops;
        const preparing = before[prepared.indexOf(candidate)]?.milliseconds ?? 0;
        return [candidate.variant, candidate.plan.flops / (timed[i].milliseconds + part * preparing) / 1e6];
      }),
    );
    return variants.map((variant) => {
      const gflops = rates.get(variant);
      // A clock that stands still, or runs backwards, tells nothing.
      return {
        variant: variant.name,
        ...(refused.has(variant) && { refused: refused.get(variant) }),
        ...(gflops !== undefined && Number.isFinite(gflops) && { gflops }),
      };
    });
  }

  get #part(): number {
    return Math.min(1, this.#flops / this.#problem.flops);
  }

  /** What an adapter cannot hold, compile or dispatch, it cannot use. */
  async #build(variants: readonly Variant[], refused: Map<Variant, string>): Promise<Candidate[]> {
    const refuse = (refusals: readonly Variant[], error: unknown) => {
      const known =
        error instanceof KernelError || error instanceof RangeError || error instanceof OutOfMemoryError;
      if (!known) throw error;
      for (const variant of refusals) refused.set(variant, error.message);
      return [];
    };
    return this.#allocating(async () =>
      (
        await Promise.all(
          variants.map(async (variant) => {
            try {
              const { prepare = [], calls } = variant.excerpt(this.#part);
              const preparation = await Plan.build(this.#device, prepare);
              const plan = await Plan.build(this.#device, calls);
              const differs = this.#memory.storage("differs", 1);
              const compare = await Plan.build(this.#device, this.#checks(differs));
              const stopwatch = Stopwatch.create(this.#device, this.#memory, "trial");
              return [{ variant, preparation, plan, compare, differs, stopwatch }];
            } catch (error) {
              return refuse([variant], error);
            }
          }),
        )
      ).flat(),
    ).catch((error: unknown) => refuse(variants, error));
  }

  #checks(differs: Slice): KernelCall[] {
    return this.#results.map(({ slice, before, after, allowed }) => ({
      label: "compare",
      file: "measuring/compare",
      entry: "compare",
      constants: {},
      bindings: { before, after, got: slice, allowed, differs },
      workgroups: spread(slice.size / 4),
    }));
  }

  /** Runs the plans of each. Milliseconds of a plan, by the GPU's clock where it has one; 0 where that shows none. */
  async #run(
    candidates: readonly Candidate[],
    plansOf: (candidate: Candidate) => readonly Plan[],
    purpose: "checking" | "timing",
  ): Promise<{ readonly milliseconds: number; readonly differs: boolean }[]> {
    if (candidates.length === 0) return [];
    const { queue } = this.#device.gpu;
    const notes = this.#memory.staging("notes", candidates.length * noteBytes);
    const byWall: number[] = [];
    const plans = candidates.map(plansOf);
    for (const [i, { compare, differs, stopwatch }] of candidates.entries()) {
      if (!stopwatch) await queue.onSubmittedWorkDone();
      const begun = performance.now();
      this.#submit((encoder) => {
        if (purpose === "checking") this.#fill(encoder, this.#written);
        const pass = encoder.beginComputePass(stopwatch && { timestampWrites: stopwatch.timestampWrites });
        for (const plan of plans[i]) plan.encode(pass);
        pass.end();
        stopwatch?.encodeReading(encoder, notes.buffer, i * noteBytes);
        if (purpose === "timing") return;
        const comparing = encoder.beginComputePass();
        compare.encode(comparing);
        comparing.end();
        encoder.copyBufferToBuffer(differs.buffer, 0, notes.buffer, i * noteBytes + readingBytes, 4);
      });
      if (!stopwatch) await queue.onSubmittedWorkDone();
      byWall.push(performance.now() - begun);
    }
    const words = await readStaging(this.#memory, notes, notes.size);
    const bytes = Uint8Array.from(new Uint8Array(words.buffer));
    return candidates.map((candidate, i) => {
      const start = i * noteBytes;
      const reading = bytes.slice(start, start + readingBytes);
      const whole = candidate.stopwatch ? (Stopwatch.milliseconds(reading.buffer) ?? 0) : byWall[i];
      const [flag] = new Uint32Array(bytes.buffer, start + readingBytes, 1);
      return { milliseconds: whole / plans[i].length, differs: flag !== 0 };
    });
  }

  /** Throws OutOfMemoryError before anything is done with what could not be allocated. */
  async #allocating<T>(build: () => Promise<T>): Promise<T> {
    const { value } = await guardMemory(this.#device, async () => ({
      value: await build(),
      // The memory is freed as a whole.
      dispose: () => undefined,
    }));
    return value;
  }

  #submit(encode: (encoder: GPUCommandEncoder) => void): void {
    const encoder = this.#device.gpu.createCommandEncoder();
    encode(encoder);
    this.#device.gpu.queue.submit([encoder.finish()]);
  }

  /** Slices begin at different places of the noise, or sums of their products would not be of one size. */
  #fill(encoder: GPUCommandEncoder, slices: readonly Slice[]): void {
    const period = this.#noise.size / 2;
    for (const slice of slices) {
      const start = ((this.#problem.data.indexOf(slice) * 9973) % noiseWords) * 4;
      for (let done = 0; done < slice.size; done += period) {
        const size = Math.min(period, slice.size - done);
        copy(
          encoder,
          { ...this.#noise, offset: this.#noise.offset + start, size },
          { ...slice, offset: slice.offset + done },
        );
      }
    }
  }
}

/** As many runs as last long enough, by what one took. */
const runsFor = (milliseconds: number): number =>
  Math.max(1, Math.min(mostRuns, Math.ceil(timedMilliseconds / Math.max(milliseconds, 1e-3))));

const isSame = (a: Slice, b: Slice): boolean => a.buffer === b.buffer && a.offset === b.offset;

const copy = (encoder: GPUCommandEncoder, from: Slice, to: Slice): void =>
  encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, from.size);
