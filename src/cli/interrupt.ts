/** What Ctrl-C (and SIGTERM) does to a training: the first time it stops it, the second time it ends all. */
import { constants } from "node:os";

/**
 * @param stop called at the first signal
 * @param abandon called before the process ends at the second
 */
export function onInterrupt(stop: () => void, abandon: () => void): void {
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.on(signal, () => {
      if (stopping) {
        abandon();
        process.exit(128 + constants.signals[signal]);
      }
      stopping = true;
      stop();
    });
}
