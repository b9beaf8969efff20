import { maxStepsPerSubmit } from "./submit";
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

/** How many steps the next submit holds: as many as fit into the time, and never beyond a place where it must end. */
export class Pace {
  readonly #least: number;
  readonly #milliseconds: number;
  readonly #limits: readonly ((done: number) => number)[];
  #steps: number;

  /**
   * @param least steps of a submit, where no limit is nearer
   * @param milliseconds a submit should take
   * @param limits steps from so many done to the next place where a submit must end
   */
  constructor(least: number, milliseconds: number, limits: readonly ((done: number) => number)[]) {
    this.#least = Math.min(least, maxStepsPerSubmit);
    this.#milliseconds = milliseconds;
    this.#limits = limits;
    this.#steps = this.#least;
  }

  /** Only short submits are worth overlapping; long ones would only delay a stop. */
  get overlaps(): boolean {
    return this.#steps > this.#least;
  }

  steps(done: number): number {
    return Math.min(this.#steps, ...this.#limits.map((limit) => limit(done)));
  }

  measured(milliseconds: number): void {
    if (milliseconds < this.#milliseconds / 2) this.#steps = Math.min(maxStepsPerSubmit, this.#steps * 2);
    else if (milliseconds > this.#milliseconds * 2)
      this.#steps = Math.max(this.#least, Math.ceil(this.#steps / 2));
  }
}

/** Counts the seconds of a training, those in which it holds left out. */
export class Clock {
  #seconds: number;
  #since: number | undefined;

  /** Starts at once. @param seconds counted before */
  constructor(seconds: number) {
    this.#seconds = seconds;
    this.start();
  }

  get seconds(): number {
    return this.#seconds + (this.#since === undefined ? 0 : (performance.now() - this.#since) / 1000);
  }

  stop(): void {
    this.#seconds = this.seconds;
    this.#since = undefined;
  }

  /** Goes on after `stop`. */
  start(): void {
    this.#since = performance.now();
  }
}

/** Counts validations without a lower loss. */
export class Patience {
  readonly #limit: number;
  #best = Number.POSITIVE_INFINITY;
  #waited = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  exhausted(loss: number): boolean {
    if (loss < this.#best) {
      this.#best = loss;
      this.#waited = 0;
    } else this.#waited++;
    return this.#waited >= this.#limit;
  }
}
