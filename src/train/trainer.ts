import { guardMemory, Memory } from "../gpu/memory";
import type { Plan } from "../gpu/plan";
import { ReadbackRing } from "../gpu/readback";
import { scoreWords } from "../nn/halfmse";
import type { Network } from "../nn/network";
import type { TrainerConfig } from "./config";
import { type Course, planCourse } from "./course";
import { initialise } from "./initialise";
import type { TrainingOptions } from "./options";
import { Pace } from "./pace";
import { buildParts, type TrainingParts } from "./parts";
import { Patience } from "./patience";
import type { BestScore, Progress, Score, StopReason, TrainingResult } from "./progress";
import { requireCount, requirePositive } from "./requirements";
import { requireFit, writeState } from "./resume";
import { bestWords, parseBest } from "./snapshot";
import type { TrainingState } from "./state";
import { type Flight, stepsToMultiple, stepsToValidation, submitBytes, submitSteps } from "./submit";

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
  readonly #course: Course;
  readonly #config: TrainerConfig;
  readonly #memory: Memory;
  readonly #parts: TrainingParts;
  readonly #ring: ReadbackRing;
  #started = false;
  #disposed = false;
  #stopping = false;

  private constructor(
    network: Network,
    memory: Memory,
    course: Course,
    parts: TrainingParts,
    config: TrainerConfig,
  ) {
    this.network = network;
    this.options = course.options;
    this.iterations = course.iterations;
    this.iterationsPerEpoch = course.iterationsPerEpoch;
    this.#course = course;
    this.#config = config;
    this.#memory = memory;
    this.#parts = parts;
    this.#ring = new ReadbackRing(network.device, memory, "training results", submitBytes, maxFlights);
  }

  /**
   * Copies the data to the GPU, initialises the learnables, or takes them from the state to resume, and compiles the
   * step.
   * @throws RangeError in one line for impossible options or a state of another training, OutOfMemoryError
   */
  static async build(network: Network, config: TrainerConfig): Promise<Trainer> {
    const { stepsPerSubmit, submitMilliseconds, checkpoint, resume } = config;
    requireCount("stepsPerSubmit", stepsPerSubmit ?? 1);
    requirePositive("submitMilliseconds", submitMilliseconds ?? 1);
    if (checkpoint) requireCount("checkpoint.every", checkpoint.every);
    const course = planCourse(network, config.options, config.train.rows, config.batches);
    if (resume) requireFit(resume, network, course, setRows(config));
    const { device } = network;
    return guardMemory(device, async () => {
      const memory = new Memory(device);
      try {
        if (!resume) {
          network.writeLearnables(config.learnables ?? initialTensors(network.spec, course.options));
          network.resetStatistics();
        }
        const parts = await buildParts(network, memory, course, config);
        if (resume) writeState(network, resume, { ...parts, moments: parts.step.moments });
        return new Trainer(network, memory, course, parts, config);
      } catch (error) {
        memory.dispose();
        throw error;
      }
    });
  }

  get dispatchesPerStep(): number {
    return this.#parts.step.plan.dispatches.length;
  }

  /** Floating-point operations of the convolutions, dense layers and LSTMs of one step, forward and backward. */
  get flopsPerStep(): number {
    return this.#parts.step.plan.flops;
  }

  /** The step's dispatches, for profiles. */
  get plan(): Plan {
    return this.#parts.step.plan;
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
   * and returns the result. A loss, gradient or learnable that is not finite ends it with `diverged`, learnables as they
   * were before that step, or the best ones where `restore` asks for them.
   */
  async *run(): AsyncGenerator<Progress, TrainingResult> {
    if (this.#disposed) throw new Error("the Trainer was disposed");
    if (this.#started) throw new Error("a Trainer trains once: build another to train again");
    this.#started = true;
    const { device } = this.network;
    const { checkpoint, resume } = this.#config;
    const buffersBefore = device.buffersCreated;
    const begun = performance.now();
    const seconds = () => (resume?.seconds ?? 0) + (performance.now() - begun) / 1000;
    const flights: Flight[] = [];
    // Patience decides after every validation: no step may be under way by then, or the result would depend on timing.
    const patient = Number.isFinite(this.options.patience);
    const patience = new Patience(this.options.patience);
    const pace = this.#pace(patient);
    // Only checkpoints need it.
    const history = checkpoint && [...(resume?.history ?? [])];
    const first = resume?.iteration ?? 0;
    let [submitted, done, submits, hostMs] = [first, first, 0, 0];
    let lastSeconds = seconds();
    let lastSaved = -1;
    let stopReason: StopReason = "completed";
    for (const { validation } of resume?.history ?? [])
      if (validation && patience.exhausted(validation.loss)) stopReason = "patience";

    const save = async (): Promise<void> => {
      if (!checkpoint || !history || !this.#parts.capture || lastSaved === done) return;
      await checkpoint.save({
        network: this.network.spec,
        options: this.options,
        rows: setRows(this.#config),
        order: this.#course.order,
        iteration: done,
        seconds: lastSeconds,
        ...(await this.#parts.capture.read()),
        history: [...history],
      });
      lastSaved = done;
      lastSeconds = seconds();
    };
    const open = () => stopReason === "completed" && !this.#stopping && submitted < this.iterations;
    const saving = (iterations: number) => checkpoint !== undefined && iterations % checkpoint.every === 0;
    while (flights.length > 0 || open()) {
      const alone = patient || !pace.overlaps || saving(submitted);
      if (open() && flights.length < (alone ? 1 : maxFlights)) {
        const before = performance.now();
        const flight = this.#submit(submitted, pace.steps(submitted));
        hostMs += performance.now() - before;
        flights.push(flight);
        submitted += flight.steps;
        submits++;
        continue;
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
        history?.push(progress);
        yield progress;
        if (progress.validation && patience.exhausted(progress.validation.loss)) stopReason = "patience";
      }
      lastSeconds = now;
      if (results.halted) stopReason = "diverged";
      else if (saving(done) && done === submitted) await save();
      pace.measured(span * 1000);
    }
    if (stopReason === "completed" && done < this.iterations) stopReason = "stopped";
    if (stopReason === "stopped" || stopReason === "patience") await save();
    const measured = {
      iterations: done,
      seconds: seconds(),
      submits,
      dispatchesPerStep: this.dispatchesPerStep,
      buffersCreatedWhileTraining: device.buffersCreated - buffersBefore,
      hostMsPerStep: hostMs / Math.max(1, submitted - first),
    };
    if (stopReason === "diverged") {
      const detail = `iteration ${done + 1}: ${await this.#parts.diagnosis.firstBadValue()} is not finite`;
      return { stopReason, detail, ...measured, ...(await this.#finish(false)) };
    }
    const outcome = await this.#finish(true);
    const invalid = Number.isFinite(outcome.validation.loss) ? undefined : "the validation loss";
    const bad = (await this.#parts.diagnosis.firstBadLearnable()) ?? invalid;
    if (bad !== undefined) {
      const detail = `after iteration ${done}: ${bad} is not finite`;
      return { stopReason: "diverged", detail, ...measured, ...outcome };
    }
    return { stopReason, ...measured, ...outcome };
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

  #pace(patient: boolean): Pace {
    const { stepsPerSubmit = 1, submitMilliseconds = 10, checkpoint } = this.#config;
    const { validationEvery } = this.options;
    return new Pace(stepsPerSubmit, submitMilliseconds, [
      (done) => this.iterations - done,
      ...(patient ? [(done: number) => stepsToValidation(done, validationEvery)] : []),
      ...(checkpoint ? [(done: number) => stepsToMultiple(done, checkpoint.every)] : []),
    ]);
  }

  #submit(first: number, steps: number): Flight {
    const { step, cursor, candidate } = this.#parts;
    const { validationEvery } = this.options;
    const { network, iterationsPerEpoch } = this;
    const request = {
      network,
      ring: this.#ring,
      step,
      cursor,
      validation: candidate,
      validationEvery,
      iterationsPerEpoch,
    };
    return submitSteps(request, first, steps);
  }

  /** Puts the best weights back where they are wanted, the last ones among the candidates, and validates. */
  async #finish(population: boolean): Promise<{ readonly validation: Score; readonly best?: BestScore }> {
    const { device } = this.network;
    const { validation, candidate, snapshot } = this.#parts;
    const encoder = device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    if (this.options.restore === "best") {
      candidate.encode(pass);
      snapshot.restore.encode(pass);
    }
    if (population) this.#parts.population?.encode(pass);
    validation.encode(pass);
    pass.end();
    const read = this.#ring.take((staging) => {
      encoder.copyBufferToBuffer(validation.score.buffer, 0, staging, 0, scoreWords * 4);
      encoder.copyBufferToBuffer(snapshot.best.buffer, 0, staging, scoreWords * 4, bestWords * 4);
    });
    device.gpu.queue.submit([encoder.finish()]);
    const words = await read((scoreWords + bestWords) * 4);
    const [loss, rmse] = words;
    const best = parseBest(words.subarray(scoreWords));
    return { validation: { loss, rmse }, ...(best && { best }) };
  }
}

const setRows = ({ train, validation }: TrainerConfig): TrainingState["rows"] => ({
  training: train.rows,
  validation: validation.rows,
});

function initialTensors(spec: Network["spec"], { initialisation, seed }: TrainingOptions) {
  return new Map([...initialise(spec, initialisation, seed)].map(([name, data]) => [name, { data }]));
}
