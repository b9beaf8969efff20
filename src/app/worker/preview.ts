import { type Curves, calculusFunctions, takeCurves } from "../../calculus";
import type { Network } from "../../engine";
import type { ShownPredictions } from "../session/run";

/** Milliseconds between two predictions at least. */
const interval = 200;
/** And of the time that passes, one part in so many may go into them: they keep training waiting. */
const share = 8;

/** Predicts a few test curves now and then while their network trains. */
export class Preview {
  readonly #network: Network;
  readonly #test: Curves;
  readonly #tell: (shown: ShownPredictions) => void;
  #rows: readonly number[];
  #under: Promise<void> | undefined;
  /** Asked for while one was under way. */
  #again = false;
  #next = 0;
  #closed = false;

  constructor(
    network: Network,
    test: Curves,
    rows: readonly number[] | undefined,
    tell: (shown: ShownPredictions) => void,
  ) {
    this.#network = network;
    this.#test = test;
    this.#rows = rows ?? firstOfEach(test);
    this.#tell = tell;
  }

  /** Other curves from now on; rows that are none are left out. */
  show(rows: readonly number[]): void {
    this.#rows = rows.filter((row) => Number.isInteger(row) && row >= 0 && row < this.#test.rows);
    this.refresh();
  }

  /** An iteration is done: predicts if it is time. */
  advance(): void {
    if (!this.#under && performance.now() >= this.#next) this.refresh();
  }

  /** Ends; resolves when the network is no longer used. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#under;
  }

  /** Predicts at once, or as soon as the one under way has come back. */
  refresh(): void {
    if (this.#closed) return;
    if (this.#under) {
      this.#again = true;
      return;
    }
    // What fails here fails in training as well, which tells it.
    this.#under = this.#predict()
      .catch(() => undefined)
      .then(() => {
        this.#under = undefined;
        if (this.#again) this.refresh();
      });
  }

  async #predict(): Promise<void> {
    this.#again = false;
    const begun = performance.now();
    const rows = this.#rows;
    if (rows.length === 0) return;
    const values = new Float32Array(await this.#network.predict(takeCurves(this.#test, rows).x));
    this.#next = performance.now() + Math.max(interval, (share - 1) * (performance.now() - begun));
    this.#tell({ rows, values });
  }
}

/** The first curve of each function. */
const firstOfEach = (test: Curves): number[] =>
  calculusFunctions.map((_, index) => test.functionIndex.indexOf(index)).filter((row) => row >= 0);
