/** What Ctrl-C (and SIGTERM) does to a training: the first time it stops it, the second time it ends all. */
import { constants } from "node:os";

/** One Ctrl-C can arrive twice: from the terminal, and passed on by npm. Nobody presses it twice this fast. */
const echoMilliseconds = 100;

/**
 * @param stop called at the first signal
 * @param abandon called before the process ends at the second
 */
export function onInterrupt(stop: () => void, abandon: () => void): void {
  let first: number | undefined;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      const now = performance.now();
      if (first === undefined) {
        first = now;
        stop();
      } else if (now - first > echoMilliseconds) {
        abandon();
        process.exit(128 + constants.signals[signal]);
      }
    });
}
