/** The page's half of a training session: what is chosen, what runs, what has run. Components read it and call it. */
import {
  type Experiment,
  type NetworkName,
  OptionError,
  type PresetName,
  resolveExperiment,
} from "../../calculus";
import type { Progress } from "../../engine";
import type { Answers, Command, Failure, Request } from "../worker/protocol";
import { Channel, type Told } from "./channel";
import type { Run, RunOutcome, Settings, ShownPredictions, Speed } from "./run";
import { RunList } from "./run-list";
import type { Gpu, Interrupted, Phase, Surroundings } from "./state";
import {
  noteEnd,
  noteFailure,
  noteNotRestored,
  noteRecovery,
  noteStateNotKept,
  sayEnd,
  sayValidation,
} from "./words";

/** Milliseconds between two validations that are read out. */
const announcementInterval = 5000;

/** One visitor's session. Public fields are read by components; only the methods change them. */
export class Session extends RunList {
  gpu: Gpu = { state: "opening" };
  phase: Phase = "idle";
  settings: Settings;
  /** Why the settings cannot be trained; missing when they can. */
  refusal: OptionError | undefined;
  /** What Train would train; missing when the settings are refused. */
  experiment: Experiment | undefined;
  speed: Speed | undefined;
  /** Latest predictions of the run under way. */
  shown: ShownPredictions | undefined;

  readonly #channel: Channel;
  /** What was asked to be trained and is not built yet; `restored` from an earlier visit, and paused. */
  #pending: (Pick<Run, "id" | "settings" | "experiment"> & { readonly restored: boolean }) | undefined;
  /** Of the run under way. */
  #history: Progress[] = [];
  /** Whether to train again when the run under way has ended. */
  #restarting = false;
  #announced = Number.NEGATIVE_INFINITY;

  constructor(settings: Settings, { worker, store }: Surroundings) {
    super(store);
    this.settings = settings;
    this.#channel = new Channel(
      worker,
      (event) => this.#receive(event),
      (message) => this.#workerBroke(message),
    );
    this.#resolve();
  }

  /** Opens the adapter, restores what an earlier visit left and loads the recorded runs. */
  async open(): Promise<void> {
    this.#channel.send({ kind: "open" });
    // A missing recording is no reason to complain.
    const recorded = this.ask({ kind: "recorded" }).catch(() => []);
    await this.restoreRuns();
    this.update();
    this.recorded = await recorded;
    this.selected ??= this.recorded[0];
    this.update();
    const interrupted = await this.store.interrupted().catch(() => undefined);
    if (interrupted) this.#offer(interrupted);
  }

  /** Whether the run under way was started with other settings than those that stand now. */
  get changed(): boolean {
    return (
      this.active !== undefined && JSON.stringify(this.active.settings) !== JSON.stringify(this.settings)
    );
  }

  get busy(): boolean {
    return this.phase !== "idle";
  }

  choose(preset: PresetName, network: NetworkName): void {
    this.settings = { preset, network, options: {} };
    this.#settingsChanged();
  }

  /** Takes every option back to the preset's. */
  reset(): void {
    this.settings = { ...this.settings, options: {} };
    this.#settingsChanged();
  }

  /** Takes the settings of another run. */
  adopt(settings: Settings): void {
    this.settings = settings;
    this.#settingsChanged();
  }

  /** Trains what is chosen; a run under way must have ended. */
  train(): void {
    if (this.busy || this.gpu.state !== "ready" || !this.experiment) return;
    this.#start({ id: crypto.randomUUID(), settings: this.settings, experiment: this.experiment });
  }

  pause(): void {
    if (this.phase === "running") this.#enter("pausing", { kind: "pause" });
  }

  resume(): void {
    if (this.phase === "paused" || this.phase === "pausing") this.#enter("running", { kind: "resume" });
  }

  /** One iteration, then paused; a training that runs is paused first. */
  step(): void {
    if (this.phase === "paused") this.#enter("pausing", { kind: "step" });
    else this.pause();
  }

  /** Ends the run under way with what it has learnt. */
  stop(): void {
    if (this.busy && this.phase !== "stopping") this.#enter("stopping", { kind: "stop" });
  }

  /** Stops the run under way, which is kept, and trains what is chosen now. */
  restart(): void {
    if (!this.busy) this.train();
    else if (this.experiment) {
      this.#restarting = true;
      this.stop();
    }
  }

  /** Rows of the test set whose predictions are wanted while training. */
  show(rows: readonly number[]): void {
    if (this.active) this.#channel.send({ kind: "show", rows });
  }

  /** Asks the worker. Rejects with a message for the visitor. */
  ask<Kind extends Request["kind"]>(
    request: Extract<Request, { readonly kind: Kind }>,
  ): Promise<Answers[Kind]> {
    return this.#channel.ask(request);
  }

  #settingsChanged(): void {
    this.#resolve();
    this.update();
  }

  #resolve(): void {
    const { preset, network, options } = this.settings;
    try {
      this.experiment = resolveExperiment(preset, network, options);
      this.refusal = undefined;
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      this.experiment = undefined;
      this.refusal = error;
    }
  }

  #start(run: Pick<Run, "id" | "settings" | "experiment">, checkpoint?: Uint8Array<ArrayBuffer>): void {
    const restored = checkpoint !== undefined;
    this.#history = [];
    this.#pending = { ...run, restored };
    this.shown = undefined;
    this.speed = undefined;
    const { id, experiment } = run;
    this.#enter("building", {
      kind: "start",
      run: id,
      experiment,
      ...(restored && { resume: checkpoint, paused: true }),
    });
  }

  /** An interrupted run stands paused where it was, once there is an adapter and unless something else trains. */
  #offer({ id, settings, checkpoint }: Interrupted): void {
    const go = () => {
      if (this.gpu.state === "opening") return;
      stop();
      if (this.gpu.state !== "ready" || this.busy) return;
      try {
        const experiment = resolveExperiment(settings.preset, settings.network, settings.options);
        this.#start({ id, settings, experiment }, checkpoint);
      } catch (error) {
        this.#forget();
        this.notify(noteNotRestored(error));
      }
    };
    const stop = this.on("state", go);
    go();
  }

  #enter(phase: Phase, command: Command): void {
    this.phase = phase;
    this.#channel.send(command);
    this.update();
  }

  #workerBroke(message: string): void {
    if (this.#pending || this.active) this.#failed({ reason: "error", message });
    else {
      this.gpu = { state: "unavailable", reason: "refused", message };
      this.update();
    }
  }

  #receive(event: Told): void {
    switch (event.kind) {
      case "opened":
        this.gpu = { state: "ready", adapter: event.adapter, timestamps: event.timestamps };
        break;
      case "unavailable":
        this.gpu = { state: "unavailable", reason: event.reason, message: event.message };
        break;
      case "started":
        this.#started(event);
        return;
      case "progress":
        this.speed = event.speed;
        for (const iteration of event.iterations) this.#history.push(iteration);
        this.emit("progress", event.iterations);
        this.#announceValidation(event.iterations);
        return;
      case "predictions":
        this.shown = event.shown;
        this.emit("predictions", event.shown);
        return;
      case "paused":
      case "resumed":
        // What was asked for meanwhile counts.
        if (this.phase === "stopping") return;
        this.phase = event.kind === "paused" ? "paused" : "running";
        break;
      case "snapshot":
        this.#keep(event.checkpoint);
        return;
      case "recovering":
        if (this.phase !== "stopping") this.phase = "recovering";
        this.#history = this.#history.filter(({ iteration }) => iteration <= event.from);
        if (this.active) this.activate({ ...this.active, history: this.#history });
        this.notify(noteRecovery(event.message, event.from));
        break;
      case "finished":
        this.#finished(event.outcome);
        return;
      case "discarded":
        this.#discarded();
        return;
      case "failed":
        this.#failed(event.failure);
        return;
      case "checked":
        this.emit("checked", event.check);
        return;
      case "measuring":
        this.emit("measuring", event);
        return;
      default:
        throw new RangeError(`unknown event ${JSON.stringify(event satisfies never)}`);
    }
    this.update();
  }

  #started({ facts, test, history }: Extract<Told, { kind: "started" }>): void {
    this.#history = [...history];
    if (this.#pending) {
      const { restored, ...run } = this.#pending;
      this.activate({ ...run, number: this.nextNumber, facts, test, history: this.#history });
      this.#pending = undefined;
      this.emit("announce", restored ? "Training restored, paused." : "Training started.");
    } else if (this.active) this.activate({ ...this.active, facts, history: this.#history });
    if (this.phase !== "stopping") this.phase = "running";
    this.update();
  }

  #finished(outcome: RunOutcome): void {
    if (!this.active) return;
    this.add({ ...this.active, outcome, history: [...this.#history] });
    const notice = noteEnd(this.active, outcome);
    if (notice) this.notify(notice);
    this.emit("announce", sayEnd(this.active, outcome));
    this.#forget();
    this.#ended();
  }

  /** It was stopped before it had learnt anything. */
  #discarded(): void {
    if (this.selected?.id === this.active?.id) this.selected = this.lastRun;
    this.#forget();
    this.#ended();
  }

  #failed(failure: Failure): void {
    const restored = this.#pending?.restored ?? false;
    if (this.selected?.id === this.active?.id) this.selected = this.lastRun;
    const unfit = failure.reason === "options" || failure.reason === "out-of-memory";
    // After anything else a new page can go on from what was kept last.
    if (unfit) this.#forget();
    this.#restarting = false;
    this.#ended();
    const notice =
      restored && failure.reason === "options"
        ? noteNotRestored(new Error(failure.message))
        : noteFailure(failure);
    this.emit("announce", `${notice.title}.`);
    this.notify(notice);
  }

  #ended(): void {
    this.phase = "idle";
    this.active = undefined;
    this.#pending = undefined;
    this.update();
    if (!this.#restarting) return;
    this.#restarting = false;
    this.train();
  }

  #keep(checkpoint: Uint8Array<ArrayBuffer>): void {
    if (!this.active) return;
    const { id, settings } = this.active;
    this.store
      .saveInterrupted({ id, settings, checkpoint })
      .catch((error: unknown) => this.notify(noteStateNotKept(error)));
  }

  /** What was kept of the run under way is of no more use. */
  #forget(): void {
    this.store.saveInterrupted(undefined).catch(() => undefined);
  }

  /** The last of them, and not too often: a quick training validates many times a second. */
  #announceValidation(iterations: readonly Progress[]): void {
    const sentence = iterations.map(sayValidation).findLast((each) => each !== undefined);
    const now = performance.now();
    if (sentence === undefined || now - this.#announced < announcementInterval) return;
    this.#announced = now;
    this.emit("announce", sentence);
  }
}
