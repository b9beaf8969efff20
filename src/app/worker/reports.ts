import type { Progress } from "../../engine";
import type { Speed } from "../session/run";

/** Milliseconds between two reports: often enough for the eye, seldom enough for the page. */
const interval = 100;
/** Training seconds over which the present speed is taken. */
const window = 3;

/** What of an iteration says how fast it went. */
type Pace = Pick<Progress, "iteration" | "seconds"> & Pick<Speed, "gpuMillisecondsPerStep">;

/** Gathers iterations and reports them a few times a second, with the speed at which they come. */
export class Reports {
  readonly #report: (iterations: readonly Progress[], speed: Speed) => void;
  #waiting: Progress[] = [];
  /** The iterations of the last few seconds, the oldest first. */
  #recent: Pace[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param from what has been done before */
  constructor(
    from: Pick<Progress, "iteration" | "seconds">,
    report: (iterations: readonly Progress[], speed: Speed) => void,
  ) {
    this.#recent = [from];
    this.#report = report;
  }

  /** @param gpuMillisecondsPerStep of the submit that the iteration was part of, where the adapter tells it */
  add(progress: Progress, gpuMillisecondsPerStep: number | undefined): void {
    const { iteration, seconds } = progress;
    this.#waiting.push(progress);
    this.#recent.push({
      iteration,
      seconds,
      ...(gpuMillisecondsPerStep !== undefined && { gpuMillisecondsPerStep }),
    });
    this.#timer ??= setTimeout(() => this.flush(), interval);
  }

  /** Reports what has been gathered, at once. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length === 0) return;
    this.#report(this.#waiting, this.speed);
    this.#waiting = [];
  }

  /** Over the last few seconds. */
  get speed(): Speed {
    const last = this.#recent[this.#recent.length - 1];
    const start = this.#recent.findIndex(({ seconds }) => seconds >= last.seconds - window);
    // One iteration longer than the window must still have one before it.
    this.#recent = this.#recent.slice(Math.max(0, Math.min(start, this.#recent.length - 2)));
    const [first] = this.#recent;
    const span = last.seconds - first.seconds;
    // Single submits stand out, when something else had the GPU: the median.
    const times = this.#recent.flatMap((each) => each.gpuMillisecondsPerStep ?? []).sort((a, b) => a - b);
    return {
      seconds: last.seconds,
      iterationsPerSecond: span > 0 ? (last.iteration - first.iteration) / span : 0,
      ...(times.length > 0 && { gpuMillisecondsPerStep: times[times.length >> 1] }),
    };
  }
}
