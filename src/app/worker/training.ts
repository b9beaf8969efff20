import { type Experiment, evaluate, modelMetadata } from "../../calculus";
import {
  DeviceLostError,
  DivergedError,
  Network,
  readCheckpoint,
  Trainer,
  type TrainingResult,
  type TrainingState,
  writeCheckpoint,
  writeModel,
} from "../../engine";
import type { LearnableValues } from "../../engine/training/inspector";
import type { RunFacts, RunOutcome, Speed } from "../session/run";
import { type Data, drawData } from "./data";
import type { DeviceKeeper } from "./device";
import { describeFailure } from "./failure";
import { Preview } from "./preview";
import type { Command, Event } from "./protocol";
import { Reports } from "./reports";
import { tuningFor } from "./tuning";
import type { Turns } from "./turns";

/** Milliseconds between two snapshots: what a lost device or a closed page may cost. */
const snapshotInterval = 5000;

/** What a training needs of its worker. */
export interface Workplace {
  readonly devices: DeviceKeeper;
  /** Of whatever builds on the device. */
  readonly turns: Turns;
  readonly tell: (event: Event, transfer?: readonly Transferable[]) => void;
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
  readonly #workplace: Workplace;
  readonly #kept: Uint8Array | undefined;
  #built: Built | undefined;
  #snapshot: TrainingState | undefined;
  #rows: readonly number[] | undefined;
  /** What the visitor wants. */
  #paused: boolean;
  #stopping = false;
  /** Steps asked for while training stood aside. */
  #steps = 0;
  /** Whether training waits for something else to be done with the device. */
  #aside = false;
  #holding = false;
  /** Told once, when training next holds or has ended. */
  #atHold: (() => void) | undefined;

  constructor(
    { run, experiment, resume, paused = false }: Extract<Command, { kind: "start" }>,
    workplace: Workplace,
  ) {
    this.run = run;
    this.#experiment = experiment;
    this.#workplace = workplace;
    this.#kept = resume;
    this.#paused = paused;
  }

  /** Trains to the end and tells it: `finished`, `discarded` or `failed`. Never rejects. */
  async complete(): Promise<void> {
    const { run } = this;
    const { tell } = this.#workplace;
    try {
      if (this.#kept) this.#snapshot = (await readCheckpoint(this.#kept, "the interrupted run")).state;
      const data = drawData(this.#experiment);
      const outcome = await this.#attempt(data).catch((error: unknown) => this.#recover(error, data));
      const { stopReason, iterations } = outcome.result;
      const learnt = stopReason !== "stopped" || iterations > 0;
      tell(learnt ? { kind: "finished", run, outcome } : { kind: "discarded", run });
    } catch (error) {
      tell({ kind: "failed", run, failure: describeFailure(error) });
    }
  }

  pause(): void {
    this.#paused = true;
    this.#built?.trainer.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#workplace.tell({ kind: "resumed", run: this.run });
    if (!this.#aside) this.#goOn();
  }

  /** One more iteration. */
  step(): void {
    this.#steps++;
    if (!this.#aside) this.#goOn();
  }

  stop(): void {
    this.#stopping = true;
    this.#built?.trainer.stop();
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

  /** Does something else with the device while training waits. Call it in turn. */
  async standAside<T>(action: () => Promise<T>): Promise<T> {
    this.#aside = true;
    try {
      await this.#hold();
      return await action();
    } finally {
      this.#aside = false;
      this.#goOn();
    }
  }

  /** Resolves when training holds, or is not there. */
  #hold(): Promise<void> {
    const built = this.#built;
    if (!built || this.#holding) return Promise.resolve();
    return new Promise((resolve) => {
      this.#atHold = resolve;
      built.trainer.pause();
    });
  }

  /** After whatever was waited for: as the visitor wants it. */
  #goOn(): void {
    const trainer = this.#built?.trainer;
    if (!trainer) return;
    if (!this.#paused) {
      this.#steps = 0;
      this.#holding = false;
      trainer.resume();
    } else if (this.#steps > 0) {
      this.#holding = false;
      for (; this.#steps > 0; this.#steps--) trainer.step();
    } else if (this.#holding) this.#tellPaused();
  }

  /** Goes on from the last snapshot after the device was lost; whatever else went wrong is thrown. */
  async #recover(error: unknown, data: Data): Promise<RunOutcome> {
    if (!(error instanceof DeviceLostError)) throw error;
    const from = this.#snapshot?.iteration ?? 0;
    this.#workplace.tell({ kind: "recovering", run: this.run, message: error.message, from });
    return this.#attempt(data);
  }

  async #attempt(data: Data): Promise<RunOutcome> {
    const built = await this.#workplace.turns.take(() => this.#build(data));
    const { trainer, preview, reports } = built;
    const saving = setInterval(() => trainer.requestSave(), snapshotInterval);
    try {
      const progress = trainer.run();
      for (let next = await progress.next(); ; next = await progress.next()) {
        if (next.done) return await concludeRun(trainer, next.value, this.#experiment, data, reports.speed);
        reports.add(next.value, trainer.gpuMillisecondsPerStep);
        preview.advance();
      }
    } catch (error) {
      if (error instanceof DivergedError)
        return await concludeRun(trainer, error.result, this.#experiment, data, reports.speed);
      throw error;
    } finally {
      clearInterval(saving);
      reports.flush();
      // Nothing may be submitted with buffers that are gone.
      await preview.close();
      this.#built = undefined;
      this.#held();
      this.#holding = false;
      trainer.dispose();
      trainer.network.dispose();
    }
  }

  async #build(data: Data): Promise<Built> {
    const { run } = this;
    const { devices, tell } = this.#workplace;
    const { spec, training } = this.#experiment;
    const device = await devices.open();
    const batched = { ...spec, batch: training.batch };
    const network = await Network.build(device, batched, { tuning: await tuningFor(device, batched) });
    const trainer = await Trainer.build(network, {
      train: data.train,
      validation: data.test,
      options: training,
      checkpoint: { save: (state) => this.#keep(state) },
      ...(this.#snapshot && { resume: this.#snapshot }),
      onHold: () => this.#held(),
    }).catch((error: unknown) => {
      network.dispose();
      throw error;
    });
    const { iteration = 0, seconds = 0, history = [] } = this.#snapshot ?? {};
    const reports = new Reports({ iteration, seconds }, (iterations, speed) =>
      tell({ kind: "progress", run, iterations, speed }),
    );
    const preview = new Preview(network, data.test, this.#rows, (shown) =>
      tell({ kind: "predictions", run, shown }),
    );
    tell({ kind: "started", run, test: data.test, facts: factsOf(trainer, data), history });
    // What was asked for while it was built counts.
    if (this.#paused) trainer.pause();
    if (this.#stopping) trainer.stop();
    preview.refresh();
    // A page that is left at once finds its run again.
    if (!this.#snapshot) trainer.requestSave();
    this.#built = { trainer, preview, reports };
    return this.#built;
  }

  /** Everything submitted has come back. */
  #held(): void {
    this.#holding = true;
    const waiting = this.#atHold;
    this.#atHold = undefined;
    if (waiting) waiting();
    else if (this.#built) this.#tellPaused();
  }

  /** The page sees where training stands, and it is kept. */
  #tellPaused(): void {
    this.#built?.reports.flush();
    this.#built?.preview.refresh();
    this.#built?.trainer.requestSave();
    this.#workplace.tell({ kind: "paused", run: this.run });
  }

  async #keep(state: TrainingState): Promise<void> {
    this.#snapshot = state;
    const checkpoint = await writeCheckpoint(state);
    this.#workplace.tell({ kind: "snapshot", run: this.run, checkpoint }, [checkpoint.buffer]);
  }
}

/** What is known of a training as soon as it is built. */
function factsOf(trainer: Trainer, { zero }: Data): RunFacts {
  const { network } = trainer;
  return {
    adapter: network.device.adapter,
    layers: network.layers,
    parameters: network.parameterCount,
    iterations: trainer.iterations,
    iterationsPerEpoch: trainer.iterationsPerEpoch,
    dispatchesPerStep: trainer.dispatchesPerStep,
    bytesOnDevice: trainer.bytesOnDevice,
    zero,
    noiseFloor: zero.noiseFloor,
  };
}

/** Evaluates a trained network and writes it down; where training diverged, nothing of it is worth keeping. */
async function concludeRun(
  trainer: Trainer,
  { hostMsPerStep: _, ...result }: TrainingResult,
  experiment: Experiment,
  { test }: Data,
  { gpuMillisecondsPerStep }: Speed,
): Promise<RunOutcome> {
  const { network } = trainer;
  const outcome = { result, finishedAt: new Date().toISOString(), gpuMillisecondsPerStep };
  if (result.stopReason === "diverged") return outcome;
  const prediction = new Float32Array(await network.predict(test.x));
  const model = writeModel(experiment.spec, await network.readTensors(), modelMetadata(experiment));
  const evaluation = evaluate(prediction, test);
  return { ...outcome, trained: { evaluation, testCurves: test.rows, prediction, model } };
}
