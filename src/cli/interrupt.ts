/** What Ctrl-C, SIGTERM and a closed terminal (SIGHUP) do. */
import { constants } from "node:os";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Signal = (typeof signals)[number];

let handle: ((signal: Signal) => void) | undefined;

/** Calls `next` at every signal from now on, instead of what was set before: there is no moment without. */
function onSignal(next: (signal: Signal) => void): void {
  const first = handle === undefined;
  handle = next;
  if (first) for (const signal of signals) process.on(signal, () => handle?.(signal));
}

/**
 * While nothing is under way that could be kept: a signal ends the process, which takes back the directories it made.
 * @param line said before
 */
export function endOnInterrupt(line: string): void {
  onSignal((signal) => {
    process.stderr.write(`${line}\n`);
    end(signal);
  });
}

/**
 * What is said at a signal before a training begins.
 * @param kept what earlier runs have left
 */
export const stoppedBefore = (kept = "nothing was written"): string =>
  `stopped before training began: ${kept}`;

/** One Ctrl-C can arrive twice: from the terminal, and passed on by npm. Nobody presses it twice this fast. */
const echoMilliseconds = 100;

/**
 * While training: the first signal stops it, the second ends all.
 * @param stop called at the first signal
 * @param abandon called before the process ends at the second
 * @returns the exit status of a process that a signal has ended, once there has been one; until another function here
 * takes them over
 */
export function stopOnInterrupt(stop: () => void, abandon: () => void): () => number | undefined {
  let first: number | undefined;
  let status: number | undefined;
  onSignal((signal) => {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      status = statusOf(signal);
      stop();
    } else if (now - first > echoMilliseconds) {
      abandon();
      end(signal);
    }
  });
  return () => status;
}

const statusOf = (signal: Signal): number => 128 + constants.signals[signal];

const end = (signal: Signal): never => process.exit(statusOf(signal));
