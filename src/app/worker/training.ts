import {
  type Curves,
  DeviceLostError,
  type Evaluation,
  type Experiment,
  evaluate,
  generateCurves,
  type LearnableValues,
  modelMetadata,
  Network,
  OutOfMemoryError,
  splitCurves,
  Trainer,
  type TrainingResult,
  type TrainingState,
  writeModel,
} from "../../index";
import type { RunOutcome } from "../session/run";
import type { DeviceKeeper } from "./device";
import { Preview } from "./preview";
import type { Event, Failure } from "./protocol";
import { Reports } from "./reports";

/** Milliseconds between two snapshots: what a lost device or a closed page may cost. */
const snapshotInterval = 5000;

/** Where a training begins, other than at its beginning. */
interface Start {
  readonly resume?: TrainingState | undefined;
  readonly paused: boolean;
}

/** A training built on the device that there is now. */
interface Built {
  readonly trainer: Trainer;
  readonly preview: Preview;
  readonly reports: Reports;
}

/** One run from its data to its result, over the loss of a device if need be. Tells all that happens. */
export class Training {
  readonly run: string;
  readonly #experiment: Experiment;
  readonly #devices: DeviceKeeper;
  readonly #tell: (event: Event) => void;
  readonly #train: Curves;
  readonly #test: Curves;
  readonly #zero: Evaluation;
  #built: Built | undefined;
  #snapshot: TrainingState | undefined;
  #rows: readonly number[] | undefined;
  #holding: boolean;
  /** Told when training holds for somebody else's sake, or has ended. */
  #yielded: (() => void) | undefined;
  #ending: "stop" | "discard" | undefined;

  /** Draws the curves. */
  constructor(
    run: string,
    experiment: Experiment,
    start: Start,
    devices: DeviceKeeper,
    tell: (event: Event) => void,
  ) {
    this.run = run;
    this.#experiment = experiment;
    this.#devices = devices;
    this.#tell = tell;
    const { train, test } = splitCurves(generateCurves(experiment.data), experiment.data.seed);
    this.#train = train;
    this.#test = test;
    this.#zero = evaluate(new Float32Array(test.clean.length), test);
    this.#snapshot = start.resume;
    this.#holding = start.paused;
  }

  /** Trains to the end and tells it: `finished`, `discarded` or `failed`. Never rejects. */
  async complete(): Promise<void> {
    const { run } = this;
    try {
      const outcome = await this.#attempt().catch((error: unknown) => this.#recover(error));
      this.#tell(
        this.#ending === "discard" ? { kind: "discarded", run } : { kind: "finished", run, outcome },
      );
    } catch (error) {
      this.#tell(
        this.#ending === "discard"
          ? { kind: "discarded", run }
          : { kind: "failed", run, failure: describe(error) },
      );
    }
  }

  pause(): void {
    this.#holding = true;
    this.#built?.trainer.pause();
  }

  resume(): void {
    this.#holding = false;
    if (!this.#yielded) this.#built?.trainer.resume();
    this.#tell({ kind: "resumed", run: this.run });
  }

  /** One more iteration. */
  step(): void {
    this.#built?.trainer.step();
  }

  /** Does something else with the device while training waits, if it runs. */
  async standAside<T>(action: () => Promise<T>): Promise<T> {
    const built = this.#built;
    if (!built || this.#holding) return action();
    await new Promise<void>((resolve) => {
      this.#yielded = resolve;
      built.trainer.pause();
    });
    try {
      return await action();
    } finally {
      this.#yielded = undefined;
      // A pause asked for meanwhile has begun already.
      if (this.#holding) this.#held();
      else built.trainer.resume();
    }
  }

  stop(): void {
    this.#end("stop");
  }

  discard(): void {
    this.#end("discard");
  }

  /** Rows of the test set to be predicted while training. */
  show(rows: readonly number[]): void {
    this.#rows = rows;
    this.#built?.preview.show(rows);
  }

  /** @throws RangeError for a name that no layer has, Error while nothing is built */
  async inspect(layer: string): Promise<readonly LearnableValues[]> {
    if (!this.#built) throw new Error("the network is not built yet");
    return this.#built.trainer.inspect(layer);
  }

  #end(ending: "stop" | "discard"): void {
    this.#ending = ending;
    this.#built?.trainer.stop();
  }

  /** Goes on from the last snapshot after the device was lost; whatever else went wrong is thrown. */
  async #recover(error: unknown): Promise<RunOutcome> {
    if (!(error instanceof DeviceLostError) || this.#ending === "discard") throw error;
    const from = this.#snapshot?.iteration ?? 0;
    this.#tell({ kind: "recovering", run: this.run, message: error.message, from });
    return this.#attempt();
  }

  async #attempt(): Promise<RunOutcome> {
    const { spec, training } = this.#experiment;
    const device = await this.#devices.open();
    const network = await Network.build(device, { ...spec, batch: training.batch });
    let trainer: Trainer | undefined;
    try {
      trainer = await Trainer.build(network, {
        train: this.#train,
        validation: this.#test,
        options: training,
        checkpoint: { save: (state) => this.#keep(state) },
        ...(this.#snapshot && { resume: this.#snapshot }),
        onHold: () => this.#held(),
      });
      this.#tell({ kind: "started", run: this.run, test: this.#test, facts: this.#facts(trainer) });
      return await this.#follow(trainer);
    } finally {
      // Nothing may be submitted with buffers that are gone.
      await this.#built?.preview.close();
      this.#built = undefined;
      this.#yielded?.();
      trainer?.dispose();
      network.dispose();
    }
  }

  #facts(trainer: Trainer): Extract<Event, { kind: "started" }>["facts"] {
    const { network } = trainer;
    return {
      adapter: network.device.adapter,
      layers: network.layers,
      parameters: network.parameterCount,
      iterations: trainer.iterations,
      iterationsPerEpoch: trainer.iterationsPerEpoch,
      dispatchesPerStep: trainer.dispatchesPerStep,
      bytesOnDevice: trainer.bytesOnDevice,
      zero: this.#zero,
      noiseFloor: this.#zero.noiseFloor,
    };
  }

  async #follow(trainer: Trainer): Promise<RunOutcome> {
    const { run } = this;
    const { iteration = 0, seconds = 0 } = this.#snapshot ?? {};
    const reports = new Reports({ iteration, seconds }, (iterations, speed) => {
      const { gpuMillisecondsPerStep } = trainer;
      this.#tell({ kind: "progress", run, iterations, speed: { ...speed, gpuMillisecondsPerStep } });
    });
    const preview = new Preview(trainer.network, this.#test, this.#rows, iteration, (shown) =>
      this.#tell({ kind: "predictions", run, shown }),
    );
    this.#built = { trainer, preview, reports };
    // What was asked for while it was built counts.
    if (this.#holding) trainer.pause();
    if (this.#ending) trainer.stop();
    preview.refresh();
    const saving = setInterval(() => trainer.requestSave(), snapshotInterval);
    try {
      const progress = trainer.run();
      for (let next = await progress.next(); ; next = await progress.next()) {
        if (next.done) return await this.#conclude(trainer.network, next.value);
        if (this.#ending === "discard") throw new Error("the run was discarded");
        reports.add(next.value);
        preview.advance(next.value.iteration);
      }
    } finally {
      clearInterval(saving);
      reports.flush();
    }
  }

  /** Everything submitted has come back: the page sees where it stands, and it is kept. */
  #held(): void {
    if (this.#yielded) {
      this.#yielded();
      return;
    }
    this.#built?.reports.flush();
    this.#built?.preview.refresh();
    this.#built?.trainer.requestSave();
    this.#tell({ kind: "paused", run: this.run });
  }

  #keep(state: TrainingState): void {
    this.#snapshot = state;
    this.#tell({ kind: "snapshot", run: this.run, state });
  }

  async #conclude(network: Network, { hostMsPerStep: _, ...result }: TrainingResult): Promise<RunOutcome> {
    const finishedAt = new Date().toISOString();
    if (result.stopReason === "diverged" || this.#ending === "discard") return { result, finishedAt };
    const prediction = new Float32Array(await network.predict(this.#test.x));
    const model = writeModel(
      this.#experiment.spec,
      await network.readTensors(),
      modelMetadata(this.#experiment),
    );
    const evaluation = evaluate(prediction, this.#test);
    return { result, finishedAt, trained: { evaluation, prediction, model } };
  }
}

function describe(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof OutOfMemoryError) return { reason: "out-of-memory", message };
  if (error instanceof DeviceLostError) return { reason: "device-lost", message };
  if (error instanceof RangeError) return { reason: "options", message };
  return { reason: "error", message };
}
