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
