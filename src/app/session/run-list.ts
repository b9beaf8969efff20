import type { Run } from "./run";
import type { Notice, SessionChanges, Store } from "./state";
import { mostRuns } from "./store";
import { noteBroken, noteNothingKept, noteRunNotKept } from "./words";

type Listener<Change> = (change: Change) => void;

/** Tells listeners of changes, by kind. */
class Emitter<Changes> {
  readonly #listeners = new Map<keyof Changes, Set<Listener<never>>>();

  /** Listens to one kind of change; returns a function that ends it. */
  on<Kind extends keyof Changes>(kind: Kind, listener: Listener<Changes[Kind]>): () => void {
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  protected emit<Kind extends keyof Changes>(kind: Kind, change: Changes[Kind]): void {
    for (const listener of this.#listeners.get(kind) ?? []) listener(change as never);
  }
}

/** The runs there are to see, which of them are shown, and what the visitor is told. */
export class RunList extends Emitter<SessionChanges> {
  notices: readonly Notice[] = [];
  /** Finished in this browser, oldest first. */
  runs: readonly Run[] = [];
  /** Runs that came with the page. */
  recorded: readonly Run[] = [];
  /** The run under way. */
  active: Run | undefined;
  /** The run that charts and tables show: the one under way, or a chosen one. */
  selected: Run | undefined;
  /** Runs drawn beside the selected one. */
  compared: ReadonlySet<string> = new Set();

  protected readonly store: Store;
  /** Numbers are not given twice, though runs are deleted. */
  #lastNumber = 0;

  constructor(store: Store) {
    super();
    this.store = store;
  }

  /** Every run there is to see, the recorded ones first, the one under way last. */
  get all(): readonly Run[] {
    return [...this.recorded, ...this.runs, ...(this.active ? [this.active] : [])];
  }

  select(id: string): void {
    this.selected = this.all.find((run) => run.id === id) ?? this.selected;
    this.update();
  }

  /** Draws a run beside the selected one, or no longer. */
  compare(id: string, wanted: boolean): void {
    const compared = new Set(this.compared);
    if (wanted) compared.add(id);
    else compared.delete(id);
    this.compared = compared;
    this.update();
  }

  async deleteRun(id: string): Promise<void> {
    this.runs = this.runs.filter((run) => run.id !== id);
    if (this.selected?.id === id) this.selected = this.active ?? this.lastRun;
    this.compare(id, false);
    await this.store.deleteRun(id).catch(() => undefined);
  }

  notify(notice: Notice): void {
    this.notices = [...this.notices.filter(({ title }) => title !== notice.title), notice];
    this.update();
  }

  dismiss(notice: Notice): void {
    this.notices = this.notices.filter((each) => each !== notice);
    this.update();
  }

  protected update(): void {
    this.emit("state", undefined);
  }

  protected get lastRun(): Run | undefined {
    return this.runs.at(-1) ?? this.recorded[0];
  }

  protected get nextNumber(): number {
    this.#lastNumber = 1 + Math.max(this.#lastNumber, ...this.runs.map(({ number }) => number));
    return this.#lastNumber;
  }

  /** Brings back the runs of earlier visits. */
  protected async restoreRuns(): Promise<void> {
    try {
      const { runs, broken } = await this.store.runs();
      this.runs = [...runs, ...this.runs];
      this.selected ??= this.runs.at(-1);
      if (broken > 0) this.notify(noteBroken(broken));
    } catch (error) {
      this.notify(noteNothingKept(error));
    }
  }

  /** What is known of the run under way has changed; it is shown unless another was chosen. */
  protected activate(run: Run): void {
    if (!this.active || this.selected?.id === run.id) this.selected = run;
    this.active = run;
  }

  protected add(run: Run): void {
    this.runs = [...this.runs, run].slice(-mostRuns);
    if (this.selected?.id === run.id) this.selected = run;
    this.store.saveRun(run).catch((error: unknown) => this.notify(noteRunNotKept(error)));
  }
}
