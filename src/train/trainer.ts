import { guardMemory, Memory, type Slice } from "../gpu/memory";
import { ReadbackRing } from "../gpu/readback";
import { Backpropagation } from "../nn/backpropagation";
import { createCursor } from "../nn/batch";
import { scoreWords } from "../nn/halfmse";
import type { Network } from "../nn/network";
import { type CurveSet, uploadCurves } from "./curves";
import { Diagnosis } from "./diagnosis";
import { initialise } from "./initialise";
import { defaultLearnRates, defaultTrainingOptions, type TrainingOptions } from "./options";
import { batchOrder } from "./order";
import { buildPopulationStatistics, buildValidation, createTarget, type Pass } from "./pass";
import { Patience } from "./patience";
import type { Progress, Score, StopReason, TrainingResult } from "./progress";
import { requireCount, requireOptions, requirePositive } from "./requirements";
import { learnRateAt } from "./schedule";
import { buildStep, type Step } from "./step";
import { type Flight, maxStepsPerSubmit, stepsToValidation, submitBytes, submitSteps } from "./submit";

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
  #disposed = false;
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
    this.#ring = new ReadbackRing(network.device, memory, "training results", submitBytes, maxFlights);
  }

  /**
   * Copies the data to the GPU, initialises the learnables and compiles the step.
   * @throws RangeError in one line for impossible options, OutOfMemoryError
   */
  static async build(network: Network, config: TrainerConfig): Promise<Trainer> {
    const solver = config.options?.solver ?? defaultTrainingOptions.solver;
    const options: TrainingOptions = {
      ...defaultTrainingOptions,
      learnRate: defaultLearnRates[solver.kind],
      ...config.options,
      batch: network.batch,
    };
    requireOptions(options);
    requireCount("stepsPerSubmit", config.stepsPerSubmit ?? 1);
    requirePositive("submitMilliseconds", config.submitMilliseconds ?? 1);
    if (network.parameterCount === 0) throw new RangeError("the network has no learnables to train");
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
    const overflow = learnRates.findIndex((rate) => !Number.isFinite(rate));
    if (overflow >= 0) throw new RangeError(`the learning rate of iteration ${overflow + 1} is not finite`);
    const { device, spec } = network;
    return guardMemory(device, async () => {
      const memory = new Memory(device);
      try {
        network.writeLearnables(config.learnables ?? initialTensors(spec, options));
        network.resetStatistics();
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
    if (this.#disposed) throw new Error("the Trainer was disposed");
    if (this.#started) throw new Error("a Trainer trains once: build another to train again");
    this.#started = true;
    const { device } = this.network;
    const buffersBefore = device.buffersCreated;
    const begun = performance.now();
    const seconds = () => (performance.now() - begun) / 1000;
    const flights: Flight[] = [];
    const patience = new Patience(this.options.patience);
    // Patience decides after every validation: no step may be under way by then, or the result would depend on timing.
    const patient = Number.isFinite(this.options.patience);
    let [submitted, done, submits, hostMs] = [0, 0, 0, 0];
    let steps = this.#minSteps;
    let lastSeconds = 0;
    let stopReason: StopReason = "completed";

    const open = () => stopReason === "completed" && !this.#stopping && submitted < this.iterations;
    while (flights.length > 0 || open()) {
      if (open()) {
        const before = performance.now();
        const limit = patient
          ? stepsToValidation(submitted, this.options.validationEvery)
          : Number.POSITIVE_INFINITY;
        flights.push(this.#submit(submitted, Math.min(steps, limit, this.iterations - submitted)));
        hostMs += performance.now() - before;
        submitted += flights[flights.length - 1].steps;
        submits++;
        // Only short submits are worth overlapping; long ones would only delay a stop.
        if (!patient && flights.length < maxFlights && steps > this.#minSteps) continue;
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
    if (stopReason === "diverged") {
      const detail = `iteration ${done + 1}: ${await this.#gpu.diagnosis.firstBadLayer()} is not finite`;
      return { stopReason, detail, ...measured, validation: await this.#finish(false) };
    }
    const validation = await this.#finish(true);
    if (!Number.isFinite(validation.loss)) {
      const detail = `after iteration ${done}: the validation loss is not finite`;
      return { stopReason: "diverged", detail, ...measured, validation };
    }
    return { stopReason, ...measured, validation };
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
    this.#disposed = true;
    this.#memory.dispose();
  }

  #submit(first: number, steps: number): Flight {
    const { step, cursor, validation } = this.#gpu;
    const { validationEvery } = this.options;
    const { network, iterationsPerEpoch } = this;
    const parts = {
      network,
      ring: this.#ring,
      step,
      cursor,
      validation,
      validationEvery,
      iterationsPerEpoch,
    };
    return submitSteps(parts, first, steps);
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

function initialTensors(spec: Network["spec"], { initialisation, seed }: TrainingOptions) {
  return new Map([...initialise(spec, initialisation, seed)].map(([name, data]) => [name, { data }]));
}
