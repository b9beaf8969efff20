import type { Progress } from "../../index";
import type { Speed } from "../session/run";

/** Milliseconds between two reports: often enough for the eye, seldom enough for the page. */
const interval = 100;
/** Training seconds over which the present speed is taken. */
const window = 3;

/** Gathers iterations and reports them a few times a second, with the speed at which they come. */
export class Reports {
  readonly #report: (iterations: readonly Progress[], speed: Omit<Speed, "gpuMillisecondsPerStep">) => void;
  #waiting: Progress[] = [];
  /** The iterations of the last few seconds, the oldest first. */
  #recent: Pick<Progress, "iteration" | "seconds">[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param from what has been done before */
  constructor(
    from: Pick<Progress, "iteration" | "seconds">,
    report: (iterations: readonly Progress[], speed: Omit<Speed, "gpuMillisecondsPerStep">) => void,
  ) {
    this.#recent = [from];
    this.#report = report;
  }

  add(progress: Progress): void {
    this.#waiting.push(progress);
    this.#recent.push({ iteration: progress.iteration, seconds: progress.seconds });
    this.#timer ??= setTimeout(() => this.flush(), interval);
  }

  /** Reports what has been gathered, at once. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    this.#report(this.#waiting, this.#speed());
    this.#waiting = [];
  }

  #speed(): Omit<Speed, "gpuMillisecondsPerStep"> {
    const last = this.#recent[this.#recent.length - 1];
    const start = this.#recent.findIndex(({ seconds }) => seconds >= last.seconds - window);
    // One iteration longer than the window must still have one before it.
    this.#recent = this.#recent.slice(Math.max(0, Math.min(start, this.#recent.length - 2)));
    const [first] = this.#recent;
    const span = last.seconds - first.seconds;
    return {
      seconds: last.seconds,
      iterationsPerSecond: span > 0 ? (last.iteration - first.iteration) / span : 0,
    };
  }
}
