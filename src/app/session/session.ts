/** The page's half of a training session: what is chosen, what runs, what has run. Components read it and call it. */
import {
  type Experiment,
  type NetworkName,
  OptionError,
  type OptionName,
  type PresetName,
  type Progress,
  resolveExperiment,
  type TrainingState,
} from "../../index";
import type { Answers, Command, Failure, Request } from "../worker/protocol";
import { Channel, type Told } from "./channel";
import type { Run, RunOutcome, Settings, ShownPredictions, Speed } from "./run";
import type { Gpu, Interrupted, Notice, Phase, SessionChanges, Surroundings } from "./state";
import { noteDivergence, noteFailure, noteRecovery, sayEnd, sayValidation } from "./words";

type Listener<Kind extends keyof SessionChanges> = (change: SessionChanges[Kind]) => void;

/** One visitor's session. Public fields are read by components; only the methods change them. */
export class Session {
  gpu: Gpu = { state: "opening" };
  phase: Phase = "idle";
  settings: Settings;
  /** Why the settings cannot be trained; missing when they can. */
  refusal: OptionError | undefined;
  /** What Train would train; missing when the settings are refused. */
  experiment: Experiment | undefined;
  notices: readonly Notice[] = [];
  /** Finished in this browser, oldest first. */
  runs: readonly Run[] = [];
  /** The run under way. */
  active: Run | undefined;
  /** The run that charts and tables show: the one under way, or a chosen one. */
  selected: Run | undefined;
  /** Runs drawn beside the selected one. */
  compared: ReadonlySet<string> = new Set();
  speed: Speed | undefined;
  /** Latest predictions of the run under way. */
  shown: ShownPredictions | undefined;
  /** Runs that came with the page. */
  recorded: readonly Run[] = [];

  readonly #surroundings: Surroundings;
  readonly #listeners = new Map<keyof SessionChanges, Set<(change: never) => void>>();
  readonly #channel: Channel;
  /** What was asked to be trained and is not built yet. */
  #pending: Pick<Run, "id" | "settings" | "experiment"> | undefined;
  /** Of the run under way. */
  #history: Progress[] = [];
  /** Whether to train again when the run under way has ended. */
  #restarting = false;

  constructor(settings: Settings, surroundings: Surroundings) {
    this.settings = settings;
    this.#surroundings = surroundings;
    this.#channel = new Channel(
      surroundings.worker,
      (event) => this.#receive(event),
      (message) => this.#workerBroke(message),
    );
    this.#resolve();
  }

  /** Opens the adapter, restores what an earlier visit left and loads the recorded runs. */
  async open(): Promise<void> {
    this.#channel.send({ kind: "open" });
    await this.#restore();
    // A missing recording is no reason to complain.
    this.recorded = await this.ask({ kind: "recorded" }).catch(() => []);
    this.selected ??= this.recorded[0];
    this.#changed();
  }

  async #restore(): Promise<void> {
    const { store } = this.#surroundings;
    try {
      this.runs = [...(await store.runs()), ...this.runs];
      this.selected ??= this.runs.at(-1);
      const interrupted = await store.interrupted();
      if (interrupted && !this.active) this.#offer(interrupted);
      this.#changed();
    } catch (error) {
      this.notify({
        tone: "neutral",
        title: "Runs are not kept",
        message: `This browser lets the page store nothing (${messageOf(error)}): finished runs are lost when you leave.`,
      });
    }
  }

  /** Listens to one kind of change; returns a function that ends it. */
  on<Kind extends keyof SessionChanges>(kind: Kind, listener: Listener<Kind>): () => void {
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
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

  /** Every run there is to see, the recorded ones first, the one under way last. */
  get all(): readonly Run[] {
    return [...this.recorded, ...this.runs, ...(this.active ? [this.active] : [])];
  }

  choose(preset: PresetName, network: NetworkName): void {
    this.settings = { preset, network, options: {} };
    this.#settingsChanged();
  }

  /** Sets an option, or with `undefined` takes it back to the preset's. */
  set(option: OptionName, value: string | number | undefined): void {
    const { [option]: _, ...others } = this.settings.options;
    const options = value === undefined ? others : { ...others, [option]: value };
    this.settings = { ...this.settings, options };
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
    this.#start(crypto.randomUUID(), this.settings, this.experiment);
  }

  pause(): void {
    if (this.phase === "running") this.#enter("pausing", { kind: "pause" });
  }

  resume(): void {
    if (this.phase === "paused" || this.phase === "pausing") this.#enter("running", { kind: "resume" });
  }

  /** One iteration, then paused. */
  step(): void {
    if (this.phase === "paused") this.#enter("pausing", { kind: "step" });
    else if (this.phase === "running") this.pause();
  }

  stop(): void {
    if (this.phase === "running" || this.phase === "paused" || this.phase === "pausing")
      this.#enter("stopping", { kind: "stop" });
  }

  /** Leaves the run under way without a result and trains what is chosen now. */
  restart(): void {
    if (!this.busy) {
      this.train();
      return;
    }
    if (!this.experiment) return;
    this.#restarting = true;
    this.#enter("stopping", { kind: "discard" });
  }

  select(id: string): void {
    this.selected = this.all.find((run) => run.id === id) ?? this.selected;
    this.#changed();
  }

  /** Draws a run beside the selected one, or no longer. */
  compare(id: string, wanted: boolean): void {
    const compared = new Set(this.compared);
    if (wanted) compared.add(id);
    else compared.delete(id);
    this.compared = compared;
    this.#changed();
  }

  async deleteRun(id: string): Promise<void> {
    this.runs = this.runs.filter((run) => run.id !== id);
    this.compare(id, false);
    if (this.selected?.id === id) this.selected = this.active ?? this.runs.at(-1) ?? this.recorded[0];
    this.#changed();
    await this.#surroundings.store.deleteRun(id).catch(() => undefined);
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

  notify(notice: Notice): void {
    this.notices = [...this.notices.filter(({ title }) => title !== notice.title), notice];
    this.#changed();
  }

  dismiss(notice: Notice): void {
    this.notices = this.notices.filter((each) => each !== notice);
    this.#changed();
  }

  #settingsChanged(): void {
    this.#resolve();
    this.#changed();
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

  #start(
    id: string,
    settings: Settings,
    experiment: Experiment,
    from?: { readonly state: TrainingState; readonly paused: boolean },
  ): void {
    this.#history = [...(from?.state.history ?? [])];
    this.#pending = { id, settings, experiment };
    this.shown = undefined;
    this.speed = undefined;
    this.#enter("building", {
      kind: "start",
      run: id,
      experiment,
      ...(from && { resume: from.state, paused: from.paused }),
    });
  }

  /** An interrupted run stands paused where it was, once there is an adapter. */
  #offer({ run, state }: Interrupted): void {
    const go = () => {
      if (this.gpu.state !== "ready" || this.busy) return;
      stop();
      this.#start(run.id, run.settings, run.experiment, { state, paused: true });
    };
    const stop = this.on("state", go);
    go();
  }

  #enter(phase: Phase, command: Command): void {
    this.phase = phase;
    this.#channel.send(command);
    this.#changed();
  }

  #workerBroke(message: string): void {
    if (this.#pending || this.active) this.#failed({ reason: "error", message });
    else {
      this.gpu = { state: "unavailable", reason: "refused", message };
      this.#changed();
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
        this.#history.push(...event.iterations);
        this.#emit("progress", event.iterations);
        for (const each of event.iterations) this.#announce(sayValidation(each));
        break;
      case "predictions":
        this.shown = event.shown;
        this.#emit("predictions", event.shown);
        return;
      case "paused":
      case "resumed":
        // What was asked for meanwhile counts.
        if (this.phase === "stopping") return;
        this.phase = event.kind === "paused" ? "paused" : "running";
        break;
      case "snapshot":
        if (this.active) void this.#keep({ run: this.active, state: event.state });
        return;
      case "recovering":
        this.phase = "recovering";
        this.#history = this.#history.filter(({ iteration }) => iteration <= event.from);
        if (this.active) this.#activate({ ...this.active, history: this.#history });
        this.notify(noteRecovery(event.message, event.from));
        break;
      case "finished":
        this.#finished(event.outcome);
        return;
      case "discarded":
        this.#ended();
        break;
      case "failed":
        this.#failed(event.failure);
        return;
      case "checked":
        this.#emit("checked", event.check);
        return;
      default:
        throw new RangeError(`unknown event ${JSON.stringify(event satisfies never)}`);
    }
    this.#changed();
  }

  #started({ facts, test }: Extract<Told, { kind: "started" }>): void {
    if (!this.#pending) {
      // A new device after a loss: the run is known already.
      if (this.active) this.#activate({ ...this.active, facts });
      this.phase = "running";
      this.#changed();
      return;
    }
    const number = 1 + Math.max(0, ...this.runs.map((run) => run.number));
    const resumed = this.#history.length > 0;
    this.#activate({ ...this.#pending, number, facts, test, history: this.#history });
    this.#pending = undefined;
    this.phase = "running";
    this.#announce(resumed ? "Training restored, paused." : "Training started.");
    this.#changed();
  }

  #activate(run: Run): void {
    if (!this.active || this.selected?.id === run.id) this.selected = run;
    this.active = run;
  }

  #finished(outcome: RunOutcome): void {
    const { active } = this;
    if (!active) return;
    const run = { ...active, outcome, history: [...this.#history] };
    this.runs = [...this.runs, run];
    if (this.selected?.id === run.id) this.selected = run;
    this.#ended();
    const { stopReason, detail } = outcome.result;
    if (stopReason === "diverged") this.notify(noteDivergence(detail));
    this.#announce(sayEnd(outcome));
    this.#changed();
    void this.#surroundings.store.saveRun(run).catch((error: unknown) => {
      this.notify({
        tone: "warning",
        title: "The run could not be stored",
        message: `${messageOf(error)}. It is lost when you leave; export what you need.`,
      });
    });
  }

  #failed(failure: Failure): void {
    if (this.selected?.id === this.active?.id) this.selected = this.runs.at(-1) ?? this.recorded[0];
    this.#ended();
    const notice = noteFailure(failure);
    this.#announce(`${notice.title}.`);
    this.notify(notice);
  }

  #ended(): void {
    this.phase = "idle";
    this.active = undefined;
    this.#pending = undefined;
    void this.#keep(undefined);
    if (!this.#restarting) return;
    this.#restarting = false;
    this.train();
  }

  async #keep(interrupted: Interrupted | undefined): Promise<void> {
    await this.#surroundings.store.saveInterrupted(interrupted).catch(() => undefined);
  }

  #announce(sentence: string | undefined): void {
    if (sentence !== undefined) this.#emit("announce", sentence);
  }

  #changed(): void {
    this.#emit("state", undefined);
  }

  #emit<Kind extends keyof SessionChanges>(kind: Kind, change: SessionChanges[Kind]): void {
    for (const listener of this.#listeners.get(kind) ?? []) listener(change as never);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
