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
