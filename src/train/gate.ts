/** Decides between two submits whether a training goes on, holds, or may make a few iterations more. */
export class Gate {
  /** Iterations that may still be submitted. */
  #allowed = Number.POSITIVE_INFINITY;
  #wake: () => void = () => undefined;

  /** @param lost what ends every wait, besides `wake` */
  constructor(lost: Promise<unknown>) {
    void lost.then(() => this.wake());
  }

  get closed(): boolean {
    return this.#allowed === 0;
  }

  pause(): void {
    this.#allowed = 0;
  }

  resume(): void {
    this.#allowed = Number.POSITIVE_INFINITY;
    this.wake();
  }

  /** Lets one iteration more through than was allowed; from full pace, one and no more. */
  step(): void {
    this.#allowed = Number.isFinite(this.#allowed) ? this.#allowed + 1 : 1;
    this.wake();
  }

  /** Takes as many of `steps` iterations as are allowed. */
  admit(steps: number): number {
    const admitted = Math.min(steps, this.#allowed);
    this.#allowed -= admitted;
    return admitted;
  }

  /** Resolves at the next `wake`; for one who waits alone. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Whoever waits looks again at what has changed. */
  wake(): void {
    this.#wake();
  }
}
