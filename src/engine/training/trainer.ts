import { requireValue, show, wholeNumber } from "../fields";
import { guardMemory, Memory } from "../gpu/memory";
import type { Plan } from "../gpu/plan";
import { ReadbackRing } from "../gpu/readback";
import { Stopwatch } from "../gpu/stopwatch";
import { Network } from "../network/network";
import { Checkpoints } from "./checkpoints";
import { requireConfig, type TrainerConfig } from "./config";
import { endTraining } from "./ending";
import type { LearnableValues } from "./inspector";
import type { TrainingOptions } from "./options";
import { Clock, Gate, Pace, Patience } from "./pacing";
import { buildParts, type TrainingParts } from "./parts";
import { DivergedError, type Progress, type StopReason, type TrainingResult } from "./progress";
import { type ResolvedTraining, resolveTraining } from "./resolve";
import { beginTraining, describeData, requireFit } from "./resume";
import type { TrainingState } from "./state";
import { type Flight, type SubmitParts, stepsToValidation, submitBytes, submitSteps } from "./submit";

/** Submits in flight: one runs while the results of the other are read. */
const maxFlights = 2;

/** The memory of each network's Trainer: two would each change what the other has learnt. */
const taken = new WeakMap<Network, Memory>();

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
  readonly #config: TrainerConfig;
  readonly #memory: Memory;
  readonly #parts: TrainingParts;
  readonly #ring: ReadbackRing;
  readonly #submission: SubmitParts;
  readonly #gate: Gate;
  readonly #checkpoints: Checkpoints | undefined;
  #gpuMillisecondsPerStep: number | undefined;
  /** What the cursor on the GPU follows: it cannot follow both. */
  #use: "run" | "runSteps" | undefined;
  #stepsRun = 0;
  #stopping = false;

  private constructor(
    network: Network,
    memory: Memory,
    resolved: ResolvedTraining,
    parts: TrainingParts,
    config: TrainerConfig,
    data: Pick<TrainingState, "rows" | "data"> | undefined,
  ) {
    this.network = network;
    this.options = resolved.options;
    this.iterations = resolved.iterations;
    this.iterationsPerEpoch = resolved.iterationsPerEpoch;
    this.#config = config;
    this.#memory = memory;
    this.#parts = parts;
    this.#ring = new ReadbackRing(memory, "training results", submitBytes, maxFlights);
    this.#submission = {
      network,
      ring: this.#ring,
      step: parts.step,
      cursor: parts.cursor,
      validation: parts.candidate,
      validationEvery: resolved.options.validationEvery,
      iterationsPerEpoch: resolved.iterationsPerEpoch,
      stopwatch: Stopwatch.create(network.device, memory, "training steps"),
    };
    this.#gate = new Gate(network.device.lost);
    const { checkpoint, resume } = config;
    const { options, order } = resolved;
    if (checkpoint && parts.reader && data) {
      const constants = { network: network.spec, options, ...data, order };
      this.#checkpoints = new Checkpoints(checkpoint, constants, parts.reader, resume?.history ?? []);
    }
  }

  /**
   * Copies the data to the GPU, initialises the learnables, or takes them from the state to resume, and compiles the
   * step. A network has one Trainer at a time: dispose of it before another is built.
   * @throws RangeError in one line for impossible options or a state of another training, OutOfMemoryError, DisposedError,
   * Error where the network has a Trainer that was not disposed of
   */
  static async build(network: Network, config: TrainerConfig): Promise<Trainer> {
    if (!(network instanceof Network))
      throw new TypeError(`Trainer.build takes a Network, got ${show(network)}`);
    requireConfig(config, network);
    const { checkpoint, resume } = config;
    const resolved = resolveTraining(network, config.options, config.train.rows, config.batches);
    const data = checkpoint || resume ? await describeData(config) : undefined;
    if (resume && data) requireFit(resume, network, resolved, data);
    const { device, context } = network;
    context.memory.requireLive();
    if (taken.has(network))
      throw new Error("the network has a Trainer already: dispose of it before another is built");
    const memory = new Memory(device, { name: "the Trainer", parent: context.memory });
    taken.set(network, memory);
    return guardMemory(device, async () => {
      const parts = await buildParts(network, memory, resolved, config);
      memory.requireLive();
      beginTraining(network, resolved, config, parts);
      return new Trainer(network, memory, resolved, parts, config, data);
    }).catch((error: unknown) => {
      memory.dispose();
      taken.delete(network);
      throw error;
    });
  }

  get dispatchesPerStep(): number {
    return this.#parts.step.plan.dispatches.length;
  }

  /** Floating-point operations of the convolutions, dense and recurrent layers of one step, forward and backward. */
  get flopsPerStep(): number {
    return this.#parts.step.plan.flops;
  }

  /** The step's dispatches, for profiles. */
  get plan(): Plan {
    return this.#parts.step.plan;
  }

  /** Of the last submit that could be timed on the GPU's own clock; undefined where none could. */
  get gpuMillisecondsPerStep(): number | undefined {
    return this.#gpuMillisecondsPerStep;
  }

  get bytesOnDevice(): number {
    return this.#memory.bytes + this.network.bytesOnDevice;
  }

  /**
   * Holds before the next submit, once the steps already submitted have been yielded: `onHold` tells when. Called before
   * `run`, training holds before its first step; where none is left, it ends instead. The time does not count.
   */
  pause(): void {
    this.#gate.pause();
  }

  /** Goes on at full pace. */
  resume(): void {
    this.#gate.resume();
  }

  /** Makes one more iteration, then holds (again). Several calls add up. */
  step(): void {
    this.#gate.step();
  }

  /**
   * Ends training after the steps already submitted; a training that holds, at once. Where `checkpoint.save` does not settle
   * within half a minute, `run` rejects.
   */
  stop(): void {
    this.#stopping = true;
    this.#checkpoints?.hurry();
    this.#gate.wake();
  }

  /**
   * Saves the state through `checkpoint.save` as soon as no submit is in flight, also while training holds. A state that
   * was saved already is not saved again, and none is once training has diverged.
   * @throws Error where the trainer was built without a checkpoint
   */
  requestSave(): void {
    if (!this.#checkpoints) throw new Error("this Trainer has no checkpoint to save through");
    this.#checkpoints.request();
    this.#gate.wake();
  }

  /**
   * The learnables of a layer in order, none where it has none: their values after the last step submitted, and the
   * gradients by which that step led to them. The gradients are those of the loss, before L2 and clipping; zero before
   * the first step of a Trainer, and those of the refused step where training diverged. May be called at any time.
   * @param layer `conv1`, `bn1` …
   * @throws RangeError for a name that no layer has, DisposedError
   */
  async inspect(layer: string): Promise<readonly LearnableValues[]> {
    this.#memory.requireLive();
    return this.#parts.inspector.read(layer);
  }

  /**
   * Trains once. Yields every iteration in order, as submits complete; then takes the inference statistics, validates
   * and returns the result.
   * @throws DivergedError where a loss, gradient or learnable is not finite, with the result; the learnables are those
   * before that step, or the best ones where `restore` asks for them. DisposedError where Trainer or network are disposed of
   * meanwhile, DeviceLostError, or what `checkpoint.save` throws
   */
  async *run(): AsyncGenerator<Progress, TrainingResult> {
    this.#memory.requireLive();
    if (this.#use) throw new Error("a Trainer trains once: build another to train again");
    this.#use = "run";
    const { device } = this.network;
    const { resume, onHold } = this.#config;
    const [gate, checkpoints] = [this.#gate, this.#checkpoints];
    const buffersBefore = device.buffersCreated;
    const clock = new Clock(resume?.seconds ?? 0);
    const flights: Flight[] = [];
    // Patience decides after every validation: no step may be under way by then, or the result would depend on timing.
    const patient = Number.isFinite(this.options.patience);
    const patience = new Patience(this.options.patience);
    const pace = this.#pace(patient);
    const first = resume?.iteration ?? 0;
    let [submitted, done, submits, hostMs] = [first, first, 0, 0];
    let lastSeconds = clock.seconds;
    let stopReason: StopReason = "completed";
    for (const { validation } of resume?.history ?? [])
      if (validation && patience.exhausted(validation.loss)) stopReason = "patience";

    const open = () => stopReason === "completed" && !this.#stopping && submitted < this.iterations;
    const save = async () => {
      await checkpoints?.save(done, lastSeconds);
      lastSeconds = clock.seconds;
    };
    const hold = async () => {
      clock.stop();
      const { openings } = gate;
      onHold?.(done);
      // Opened and closed again meanwhile, it is another hold, and told anew.
      while (open() && gate.closed && gate.openings === openings) {
        if (device.fault) throw device.fault;
        this.#memory.requireLive();
        if (checkpoints?.wanted) await save();
        else await gate.change();
      }
      clock.start();
    };
    while (flights.length > 0 || open()) {
      this.#memory.requireLive();
      if (checkpoints?.wanted && flights.length === 0) {
        await save();
        continue;
      }
      const alone = patient || !pace.overlaps || checkpoints?.due(submitted);
      const room = gate.closed || checkpoints?.wanted ? 0 : alone ? 1 : maxFlights;
      if (open() && flights.length < room) {
        const before = performance.now();
        const flight = submitSteps(this.#submission, submitted, gate.admit(pace.steps(submitted)));
        hostMs += performance.now() - before;
        flights.push(flight);
        submitted += flight.steps;
        submits++;
        continue;
      }
      const flight = flights.shift();
      if (!flight) {
        await hold();
        continue;
      }
      const results = await flight.read();
      const now = clock.seconds;
      const span = now - lastSeconds;
      for (let i = 0; i < results.iterations.length; i++) {
        const progress = {
          ...results.iterations[i],
          seconds: lastSeconds + (span * (i + 1)) / flight.steps,
        };
        done = progress.iteration;
        checkpoints?.add(progress);
        yield progress;
        if (progress.validation && patience.exhausted(progress.validation.loss)) stopReason = "patience";
      }
      lastSeconds = now;
      this.#gpuMillisecondsPerStep = results.gpuMillisecondsPerStep ?? this.#gpuMillisecondsPerStep;
      if (results.halted) stopReason = "diverged";
      else if (checkpoints?.due(done) && done === submitted) checkpoints.request();
      // Single steps tell nothing of full pace.
      if (!gate.closed) pace.measured(span * 1000);
    }
    if (stopReason === "completed" && done < this.iterations) stopReason = "stopped";
    const early = stopReason === "stopped" || stopReason === "patience";
    if (early || (checkpoints?.wanted && stopReason !== "diverged")) await save();
    const measured = {
      iterations: done,
      seconds: clock.seconds,
      submits,
      dispatchesPerStep: this.dispatchesPerStep,
      buffersCreatedWhileTraining: device.buffersCreated - buffersBefore,
      hostMsPerStep: hostMs / Math.max(1, submitted - first),
    };
    const { network, options } = this;
    const ending = { network, memory: this.#memory, ring: this.#ring, parts: this.#parts, options };
    const result = { ...measured, ...(await endTraining(ending, stopReason, done)) };
    if (result.stopReason === "diverged") throw new DivergedError(result);
    return result;
  }

  /**
   * Runs `steps` steps in one submit and waits for them, without progress or validation: for benchmarks, which do not `run`.
   * @returns host milliseconds spent to encode and submit
   * @throws RangeError for more steps than are left of those planned, DisposedError, also where it is disposed of meanwhile,
   * Error where the Trainer has begun to run
   */
  async runSteps(steps: number): Promise<number> {
    this.#memory.requireLive();
    if (this.#use === "run")
      throw new Error("runSteps takes a Trainer of its own: this one has begun to run");
    requireValue("steps", steps, wholeNumber(1, this.iterations - this.#stepsRun));
    this.#use = "runSteps";
    this.#stepsRun += steps;
    const { device } = this.network;
    const begun = performance.now();
    const encoder = device.gpu.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let i = 0; i < steps; i++) this.plan.encode(pass);
    pass.end();
    device.gpu.queue.submit([encoder.finish()]);
    const hostMs = performance.now() - begun;
    await device.gpu.queue.onSubmittedWorkDone();
    this.#memory.requireLive();
    if (device.fault) throw device.fault;
    return hostMs;
  }

  /** Frees the Trainer's buffers; a `run` under way, and whatever else waits for an answer, rejects with a DisposedError. */
  dispose(): void {
    this.#memory.dispose();
    // Disposed of again, it must not give free the network of a Trainer that was built meanwhile.
    if (taken.get(this.network) === this.#memory) taken.delete(this.network);
    this.#checkpoints?.abandon();
    this.#gate.wake();
  }

  #pace(patient: boolean): Pace {
    const { stepsPerSubmit = 1, submitMilliseconds = 10 } = this.#config;
    const { validationEvery } = this.options;
    const checkpoints = this.#checkpoints;
    return new Pace(stepsPerSubmit, submitMilliseconds, [
      (done) => this.iterations - done,
      ...(patient ? [(done: number) => stepsToValidation(done, validationEvery)] : []),
      ...(checkpoints ? [(done: number) => checkpoints.stepsToDue(done)] : []),
    ]);
  }
}
