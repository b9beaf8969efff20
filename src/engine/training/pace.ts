import { maxStepsPerSubmit } from "./submit";

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
