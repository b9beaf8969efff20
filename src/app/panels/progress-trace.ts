import type { Progress } from "../../engine";

export type Quantity = "rmse" | "loss";

export const quantities = ["rmse", "loss"] as const satisfies readonly Quantity[];

/** One quantity over the iterations, as charts take it. */
interface Lines {
  readonly raw: (number | null)[];
  readonly smoothed: (number | null)[];
  readonly validation: (number | null)[];
}

/** So many points or more are thinned: they show nothing on a screen that half of them does not. */
const manyPoints = 16_384;

/**
 * The history of one run turned into columns; goes on where it stopped when the history has grown. Of a long one only every
 * 2nd, 4th, 8th … iteration is kept, and each that was validated.
 */
export class Trace {
  readonly smoothing: number;
  readonly iterations: number[] = [];
  /** Iterations taken, those that were thinned out among them. */
  done = 0;
  #every = 1;
  #limit = manyPoints;
  readonly lines: Readonly<Record<Quantity, Lines>> = { rmse: empty(), loss: empty() };
  readonly #averages: Readonly<Record<Quantity, Average>>;

  /** @param smoothing see {@link Average} */
  constructor(smoothing: number) {
    this.smoothing = smoothing;
    this.#averages = { rmse: new Average(smoothing), loss: new Average(smoothing) };
  }

  /** Takes what is new in a history of which it has taken the beginning. */
  follow(history: readonly Progress[]): void {
    for (; this.done < history.length; this.done++) {
      const progress = history[this.done];
      const { iteration, validation } = progress;
      const kept = iteration % this.#every === 0 || validation !== undefined;
      if (kept) this.iterations.push(iteration);
      for (const quantity of quantities) {
        // What is left out counts in the average.
        const average = this.#averages[quantity].add(progress[quantity]);
        if (!kept) continue;
        const lines = this.lines[quantity];
        lines.raw.push(progress[quantity]);
        lines.smoothed.push(average);
        lines.validation.push(validation?.[quantity] ?? null);
      }
      if (this.iterations.length >= this.#limit) this.#thin();
    }
  }

  #thin(): void {
    this.#every *= 2;
    const validated = this.lines.rmse.validation.map((value) => value !== null);
    const kept = this.iterations.map((iteration, i) => iteration % this.#every === 0 || validated[i]);
    const { rmse, loss } = this.lines;
    const columns: (number | null)[][] = [this.iterations, ...Object.values(rmse), ...Object.values(loss)];
    for (const column of columns) keepOnly(column, kept);
    // Validations may be so many that little was left out.
    this.#limit = Math.max(manyPoints, 2 * this.iterations.length);
  }
}

/** In place, value by value: a column may be longer than a call may have arguments. */
function keepOnly(column: (number | null)[], kept: readonly boolean[]): void {
  let length = 0;
  for (const [i, value] of column.entries()) if (kept[i]) column[length++] = value;
  column.length = length;
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
