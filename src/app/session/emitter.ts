type Listener<Change> = (change: Change) => void;

/** Tells listeners of changes, by kind. */
export class Emitter<Changes> {
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
