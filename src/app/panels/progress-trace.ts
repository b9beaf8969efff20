import type { Progress } from "../../index";

export type Quantity = "rmse" | "loss";

export const quantities = ["rmse", "loss"] as const satisfies readonly Quantity[];

/** One quantity over the iterations, as charts take it. */
interface Lines {
  readonly raw: (number | null)[];
  readonly smoothed: (number | null)[];
  readonly validation: (number | null)[];
}

/** The history of one run turned into columns; goes on where it stopped when the history has grown. */
export class Trace {
  readonly smoothing: number;
  readonly iterations: number[] = [];
  readonly lines: Readonly<Record<Quantity, Lines>> = { rmse: empty(), loss: empty() };
  readonly #averages: Readonly<Record<Quantity, Average>>;

  /** @param smoothing see {@link Average} */
  constructor(smoothing: number) {
    this.smoothing = smoothing;
    this.#averages = { rmse: new Average(smoothing), loss: new Average(smoothing) };
  }

  /** Takes what is new in a history of which it has taken the beginning. */
  follow(history: readonly Progress[]): void {
    for (let i = this.iterations.length; i < history.length; i++) {
      const progress = history[i];
      this.iterations.push(progress.iteration);
      for (const quantity of quantities) {
        const { raw, smoothed, validation } = this.lines[quantity];
        raw.push(progress[quantity]);
        smoothed.push(this.#averages[quantity].add(progress[quantity]));
        validation.push(progress.validation?.[quantity] ?? null);
      }
    }
  }
}

const empty = (): Lines => ({ raw: [], smoothed: [], validation: [] });

/** An exponential moving average that begins at the first value instead of at zero. */
export class Average {
  readonly #kept: number;
  #sum = 0;
  #weight = 0;

  /** @param kept how much of the average the next value leaves: 0 smooths nothing, 0.99 over some hundred values */
  constructor(kept: number) {
    this.#kept = kept;
  }

  /** The average with this value; what is not finite is left out, and has none. */
  add(value: number): number | null {
    if (!Number.isFinite(value)) return null;
    this.#sum = this.#kept * this.#sum + (1 - this.#kept) * value;
    this.#weight = this.#kept * this.#weight + (1 - this.#kept);
    return this.#sum / this.#weight;
  }
}
