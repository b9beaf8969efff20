import { guardMemory, Memory, type Slice } from "../gpu/memory";
import { ReadbackRing } from "../gpu/readback";
import { Backpropagation } from "../nn/backpropagation";
import { createCursor, cursorWords } from "../nn/batch";
import { scoreWords } from "../nn/halfmse";
import type { Network } from "../nn/network";
import { type CurveSet, uploadCurves } from "./curves";
import { Diagnosis } from "./diagnosis";
import { initialise } from "./initialise";
import { defaultTrainingOptions, type TrainingOptions } from "./options";
import { batchOrder } from "./order";
import { buildPopulationStatistics, buildValidation, createTarget, type Pass } from "./pass";
import { learnRateAt } from "./schedule";
import { buildStep, type Step } from "./step";
import { historyWords } from "./update";

export interface Score {
  readonly loss: number;
  /** Per point, against the (noisy) target. */
  readonly rmse: number;
}

/** One iteration. `validation` stands where one was due. */
export interface Progress extends Score {
  /** Counts from 1. */
  readonly iteration: number;
  /** Counts from 1. */
  readonly epoch: number;
  /** Since training began. */
  readonly seconds: number;
  readonly learnRate: number;
  /** L2 norm over all learnables, L2 regularisation included, before clipping. */
  readonly gradientNorm: number;
  readonly validation?: Score;
}

export type StopReason = "completed" | "stopped" | "patience" | "diverged";

export interface TrainingResult {
  readonly stopReason: StopReason;
  /** What diverged, and when. */
  readonly detail?: string;
  /** Iterations whose update was made. */
  readonly iterations: number;
  readonly seconds: number;
  /** Command buffers handed to the GPU by the training loop. */
  readonly submits: number;
  readonly dispatchesPerStep: number;
  readonly buffersCreatedWhileTraining: number;
  /** Host time to encode and submit one step. */
  readonly hostMsPerStep: number;
  /** With the final inference statistics. */
  readonly validation: Score;
}

export interface TrainerConfig {
  readonly train: CurveSet;
  readonly validation: CurveSet;
  /** What differs from MATLAB's defaults. The batch is the network's. */
  readonly options?: Partial<Omit<TrainingOptions, "batch">>;
  /** Steps that one submit holds at least; the trainer packs more where they are short. */
  readonly stepsPerSubmit?: number;
  /** Milliseconds a submit should take where `stepsPerSubmit` allows: short keeps a page alive. */
  readonly submitMilliseconds?: number;
  /** Rows of every iteration (iterations, B) instead of shuffled epochs: to repeat another program's run. */
  readonly batches?: Uint32Array;
  /** Initial learnables by name instead of random ones. */
  readonly learnables?: ReadonlyMap<string, { readonly data: Float32Array }>;
}

/** Submits in flight: one runs while the results of the other are read. */
const maxFlights = 2;

/** Longest submit, in steps: bounds the staging buffers. */
const maxStepsPerSubmit = 256;

/**
 * Trains a network: many steps a submit, validations between them on the GPU, results read back while later submits
 * run. The host uploads nothing and allocates nothing while it runs.
 */
export class Trainer {
  readonly network: Network;
  readonly options: TrainingOptions;
  /** Planned in all. */
  readonly iterations: number;
  readonly iterationsPerEpoch: number;
  readonly #memory: Memory;
  readonly #gpu: GpuState;
  readonly #ring: ReadbackRing;
  readonly #minSteps: number;
  readonly #submitMilliseconds: number;
  #started = false;
  #stopping = false;

  private constructor(
    network: Network,
    memory: Memory,
    options: TrainingOptions,
    iterations: number,
    iterationsPerEpoch: number,
    gpu: GpuState,
    config: TrainerConfig,
  ) {
    this.network = network;
    this.options = options;
    this.iterations = iterations;
    this.iterationsPerEpoch = iterationsPerEpoch;
    this.#memory = memory;
    this.#gpu = gpu;
    this.#minSteps = Math.min(config.stepsPerSubmit ?? 1, maxStepsPerSubmit);
    this.#submitMilliseconds = config.submitMilliseconds ?? 10;
    const words = maxStepsPerSubmit * (historyWords + scoreWords) + cursorWords;
    this.#ring = new ReadbackRing(network.device, memory, "training results", words * 4, maxFlights);
  }

  /**
   * Copies the data to the GPU, initialises the learnables and compiles the step.
   * @throws RangeError in one line for impossible options, OutOfMemoryError
   */
  static build(network: Network, config: TrainerConfig): Promise<Trainer> {
    const options: TrainingOptions = { ...defaultTrainingOptions, ...config.options, batch: network.batch };
    checkOptions(options, config);
    const { rows } = config.train;
    const rowOrder = config.batches ?? batchOrder(rows, options);
    if (rowOrder.length === 0 || rowOrder.length % options.batch !== 0 || rowOrder.some((row) => row >= rows))
      throw new RangeError(`batches must hold (iterations, ${options.batch}) rows below ${rows}`);
    const orderSteps = rowOrder.length / options.batch;
    const iterationsPerEpoch = config.batches ? orderSteps : Math.floor(rows / options.batch);
    const iterations = config.batches ? orderSteps : options.epochs * iterationsPerEpoch;
    const learnRates = Float32Array.from({ length: iterations }, (_, i) =>
      learnRateAt(options.learnRate, options.schedule, { iteration: i + 1, iterationsPerEpoch, iterations }),
    );
    const { device, spec } = network;
    return guardMemory(device, async () => {
      const memory = new Memory(device);
      try {
        network.writeLearnables(config.learnables ?? initialTensors(spec, options));
        const set = uploadCurves(memory, network, "training", config.train);
        const held = uploadCurves(memory, network, "validation", config.validation);
        const order = { slice: memory.upload("batch order", rowOrder), steps: orderSteps };
        const cursor = createCursor(memory, "training cursor", options.batch);
        const target = createTarget(network, memory);
        const backpropagation = new Backpropagation(network, memory, { inputGradient: false });
        const parts = { options, set, order, cursor, target, learnRates };
        const step = await buildStep(network, memory, backpropagation, parts);
        const gpu: GpuState = {
          step,
          cursor,
          validation: await buildValidation(network, memory, held, target),
          population: await buildPopulationStatistics(network, memory, set, backpropagation),
          diagnosis: await Diagnosis.build(network, memory, backpropagation, step, target.slice),
        };
        return new Trainer(network, memory, options, iterations, iterationsPerEpoch, gpu, config);
      } catch (error) {
        memory.dispose();
        throw error;
      }
    });
  }

  get dispatchesPerStep(): number {
    return this.#gpu.step.plan.dispatches.length;
  }

  /** Floating-point operations of the convolutions of one step, forward and backward. */
  get flopsPerStep(): number {
    return this.#gpu.step.plan.flops;
  }

  /** The step's dispatches, for profiles. */
  get plan(): Step["plan"] {
    return this.#gpu.step.plan;
  }

  get bytesOnDevice(): number {
    return this.#memory.bytes + this.network.bytesOnDevice;
  }

  /** Ends training after the steps already submitted. */
  stop(): void {
    this.#stopping = true;
  }

  /**
   * Trains once. Yields every iteration in order, as submits complete; then takes the inference statistics, validates
   * and returns the result. A loss or gradient that is not finite ends it with `diverged`, learnables as they were
   * before that step.
   */
  async *run(): AsyncGenerator<Progress, TrainingResult> {
    if (this.#started) throw new Error("a Trainer trains once: build another to train again");
    this.#started = true;
    const { device } = this.network;
    const buffersBefore = device.buffersCreated;
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1000;
    const flights: Flight[] = [];
    const patience = new Patience(this.options.patience);
    let [submitted, done, submits, hostMs] = [0, 0, 0, 0];
    let steps = this.#minSteps;
    let lastSeconds = 0;
    let stopReason: StopReason = "completed";

    const open = () => stopReason === "completed" && !this.#stopping && submitted < this.iterations;
    while (flights.length > 0 || open()) {
      if (open()) {
        const before = performance.now();
        flights.push(this.#submit(submitted, Math.min(steps, this.iterations - submitted)));
        hostMs += performance.now() - before;
        submitted += flights[flights.length - 1].steps;
        submits++;
        // Only short submits are worth overlapping; long ones would only delay a stop.
        if (flights.length < maxFlights && steps > this.#minSteps) continue;
      }
      const flight = flights.shift();
      if (!flight) break;
      const results = await flight.read();
      const now = seconds();
      const span = now - lastSeconds;
      for (let i = 0; i < results.iterations.length; i++) {
        const progress = {
          ...results.iterations[i],
          seconds: lastSeconds + (span * (i + 1)) / flight.steps,
        };
        done = progress.iteration;
        yield progress;
        if (progress.validation && patience.exhausted(progress.validation.loss)) stopReason = "patience";
      }
      lastSeconds = now;
      if (results.halted) stopReason = "diverged";
      steps = this.#adapt(steps, span * 1000);
    }
    if (stopReason === "completed" && done < this.iterations) stopReason = "stopped";
    const measured = {
      iterations: done,
      seconds: seconds(),
      submits,
      dispatchesPerStep: this.dispatchesPerStep,
      buffersCreatedWhileTraining: device.buffersCreated - buffersBefore,
      hostMsPerStep: hostMs / Math.max(1, submitted),
    };
    const detail =
      stopReason === "diverged"
        ? `iteration ${done + 1}: ${await this.#gpu.diagnosis.firstBadLayer()} is not finite`
        : undefined;
    const validation = await this.#finish(stopReason !== "diverged");
    return { stopReason, ...(detail && { detail }), ...measured, validation };
  }

  /**
   * Runs `steps` steps in one submit and waits for them, without progress or validation: for benchmarks.
   * @returns host milliseconds spent to encode and submit
   */
  async runSteps(steps: number): Promise<number> {
    const { device } = this.network;
    const begun = performance.now();
    const encoder = device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let i = 0; i < steps; i++) this.plan.encode(pass);
    pass.end();
    device.gpu.queue.submit([encoder.finish()]);
    const hostMs = performance.now() - begun;
    await device.gpu.queue.onSubmittedWorkDone();
    return hostMs;
  }

  dispose(): void {
    this.#memory.dispose();
  }

  /** Encodes `steps` steps from iteration `first` on, with the validations that fall due between them. */
  #submit(first: number, steps: number): Flight {
    const { device } = this.network;
    const { step, cursor, validation } = this.#gpu;
    const encoder = device.gpu.createCommandEncoder();
    const due = Array.from({ length: steps }, (_, i) => first + i + 1).filter((iteration) =>
      this.#validates(iteration),
    );
    const read = this.#ring.take((staging) => {
      let next = first;
      due.forEach((iteration, slot) => {
        const pass = encoder.beginComputePass();
        for (; next < iteration; next++) step.plan.encode(pass);
        validation.encode(pass);
        pass.end();
        const at = (steps * historyWords + slot * scoreWords) * 4;
        encoder.copyBufferToBuffer(validation.score.buffer, 0, staging, at, scoreWords * 4);
      });
      if (next < first + steps) {
        const pass = encoder.beginComputePass();
        for (; next < first + steps; next++) step.plan.encode(pass);
        pass.end();
      }
      const [from, length] = [first * historyWords * 4, steps * historyWords * 4];
      encoder.copyBufferToBuffer(step.history.buffer, from, staging, 0, length);
      const at = (steps * historyWords + due.length * scoreWords) * 4;
      encoder.copyBufferToBuffer(cursor.buffer, 0, staging, at, cursorWords * 4);
    });
    device.gpu.queue.submit([encoder.finish()]);
    const words = steps * historyWords + due.length * scoreWords + cursorWords;
    return { steps, read: async () => this.#parse(await read(words * 4), first, steps, due) };
  }

  #parse(words: Float32Array, first: number, steps: number, due: readonly number[]): FlightResults {
    const counters = new Uint32Array(words.buffer, (words.length - cursorWords) * 4);
    const accepted = Math.min(steps, counters[0] - first);
    const iterations = Array.from({ length: Math.max(0, accepted) }, (_, i) => {
      const iteration = first + i + 1;
      const [loss, rmse, gradientNorm, learnRate] = words.subarray(i * historyWords);
      const slot = due.indexOf(iteration);
      const [validationLoss, validationRmse] = words.subarray(steps * historyWords + slot * scoreWords);
      return {
        iteration,
        epoch: Math.ceil(iteration / this.iterationsPerEpoch),
        learnRate,
        loss,
        rmse,
        gradientNorm,
        ...(slot >= 0 && { validation: { loss: validationLoss, rmse: validationRmse } }),
      };
    });
    return { iterations, halted: counters[2] !== 0 };
  }

  /** MATLAB validates at the first iteration, then every `validationEvery`. */
  #validates(iteration: number): boolean {
    return iteration === 1 || iteration % this.options.validationEvery === 0;
  }

  #adapt(steps: number, milliseconds: number): number {
    if (milliseconds < this.#submitMilliseconds / 2) return Math.min(maxStepsPerSubmit, steps * 2);
    if (milliseconds > this.#submitMilliseconds * 2) return Math.max(this.#minSteps, Math.ceil(steps / 2));
    return steps;
  }

  async #finish(population: boolean): Promise<Score> {
    const { device } = this.network;
    const { validation } = this.#gpu;
    const encoder = device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    if (population && this.options.batchNormStatistics === "population") this.#gpu.population.encode(pass);
    validation.encode(pass);
    pass.end();
    const read = this.#ring.take((staging) =>
      encoder.copyBufferToBuffer(validation.score.buffer, 0, staging, 0, scoreWords * 4),
    );
    device.gpu.queue.submit([encoder.finish()]);
    const [loss, rmse] = await read(scoreWords * 4);
    return { loss, rmse };
  }
}

interface GpuState {
  readonly step: Step;
  readonly cursor: Slice;
  readonly validation: Pass & { readonly score: Slice };
  readonly population: Pass;
  readonly diagnosis: Diagnosis;
}

/** A submit whose results have not been read. */
interface Flight {
  readonly steps: number;
  readonly read: () => Promise<FlightResults>;
}

interface FlightResults {
  readonly iterations: readonly Omit<Progress, "seconds">[];
  readonly halted: boolean;
}

/** Counts validations without a lower loss. */
class Patience {
  readonly #limit: number;
  #best = Number.POSITIVE_INFINITY;
  #waited = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  exhausted(loss: number): boolean {
    if (loss < this.#best) {
      this.#best = loss;
      this.#waited = 0;
    } else this.#waited++;
    return this.#waited >= this.#limit;
  }
}

function initialTensors(spec: Network["spec"], { initialisation, seed }: TrainingOptions) {
  return new Map([...initialise(spec, initialisation, seed)].map(([name, data]) => [name, { data }]));
}

function checkOptions(options: TrainingOptions, config: TrainerConfig): void {
  const require = (name: string, value: number, valid: boolean, expected: string) => {
    if (!valid) throw new RangeError(`${name} must be ${expected}, got ${value}`);
  };
  const requireCount = (name: string, value: number) =>
    require(name, value, Number.isSafeInteger(value) && value >= 1, "a positive whole number");
  // Rates and factors are computed with in f32, where they must neither overflow nor vanish.
  const requirePositive = (name: string, value: number) =>
    require(name, value, Math.fround(value) > 0 &&
      Number.isFinite(Math.fround(value)), "positive and finite");
  const { solver, schedule, learnRate, l2, clip, patience } = options;
  requireCount("epochs", options.epochs);
  requireCount("validationEvery", options.validationEvery);
  requirePositive("learnRate", learnRate);
  require("momentum", solver.momentum, solver.momentum >= 0 && solver.momentum < 1, "from 0 to below 1");
  require("l2", l2, l2 >= 0 && Number.isFinite(Math.fround(l2)), "zero or positive, and finite");
  require("clip", clip, Math.fround(clip) > 0, "positive");
  require("patience", patience, patience >= 1, "at least 1");
  if (schedule.kind === "piecewise") {
    requirePositive("schedule.factor", schedule.factor);
    requireCount("schedule.period", schedule.period);
  }
  if (schedule.kind === "cosine")
    require("schedule.warmup", schedule.warmup, schedule.warmup >= 0 &&
      Number.isFinite(schedule.warmup), "zero or positive, and finite");
  requireCount("stepsPerSubmit", config.stepsPerSubmit ?? 1);
  requirePositive("submitMilliseconds", config.submitMilliseconds ?? 1);
}
