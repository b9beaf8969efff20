/** Decides between two submits whether a training goes on, holds, or may make a few iterations more. */
export class Gate {
  /** Iterations that may still be submitted. */
  #allowed = Number.POSITIVE_INFINITY;
  #openings = 0;
  #wake: () => void = () => undefined;

  /** @param lost what ends every wait, besides `wake` */
  constructor(lost: Promise<unknown>) {
    void lost.then(() => this.wake());
  }

  get closed(): boolean {
    return this.#allowed === 0;
  }

  /** How often it has been opened: who waits at a closed gate sees whether it was open meanwhile. */
  get openings(): number {
    return this.#openings;
  }

  pause(): void {
    this.#allowed = 0;
  }

  resume(): void {
    this.#allowed = Number.POSITIVE_INFINITY;
    this.#openings++;
    this.wake();
  }

  /** Lets one iteration more through than was allowed; from full pace, one and no more. */
  step(): void {
    this.#allowed = Number.isFinite(this.#allowed) ? this.#allowed + 1 : 1;
    this.#openings++;
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
